import fs from 'node:fs'
import { readStoreConfig } from '../config.ts'
import { loadContent } from '../content/load.ts'
import { addSiteSet, checkSet } from '../content/site-sets.ts'
import { SetupError } from '../errors.ts'

/**
 * `npx groupwell question-set add FILE`: checks a site's own set and keeps it for the next start.
 */
export async function questionSet(args: readonly string[]): Promise<void> {
  const [verb, file] = args
  if (verb !== 'add' || !file) {
    throw new SetupError(
      `groupwell question-set ${args.join(' ')}: expected add and a file. Example: npx groupwell question-set add our-set.json`,
    )
  }
  if (!fs.existsSync(file)) throw new SetupError(`${file}: no such file`)
  const set = checkSet(file, fs.readFileSync(file, 'utf8'))
  const directory =
    readStoreConfig(process.env).content.questionSetDir ?? '.groupwell/question-sets'
  const shipped = loadContent(directory).questionSets.get(set.id)
  if (shipped && shipped.version >= set.version) {
    throw new SetupError(
      `${file}: there is a set "${set.id}" of version ${shipped.version}. Expected another id, or a version above it.`,
    )
  }
  const kept = addSiteSet(directory, set)
  process.stdout.write(
    `${set.title.en}: ${set.questions.length} questions, at most every ${set.recallDays} days. Licence: ${set.licence}\nKept as ${kept}. Facilitators can choose it after the next start.\n`,
  )
}
