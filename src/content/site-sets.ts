import fs from 'node:fs'
import path from 'node:path'
import type { z } from 'zod'
import { messageOf, SetupError } from '../errors.ts'
import { type QuestionSet, questionSetSchema, riskQuestion } from './question-set.ts'

/**
 * Checks a set that a site wrote. Throws SetupError that names every mistake, or the question for
 * which it can never be used: one that asks about harm, in answers that nobody reads one by one.
 */
export function checkSet(file: string, json: string): QuestionSet {
  const parsed = questionSetSchema.safeParse(parse(file, json))
  if (!parsed.success)
    throw new SetupError(parsed.error.issues.map((issue) => complaint(file, issue)).join('\n'))
  const risk = riskQuestion(parsed.data)
  if (risk !== null) {
    throw new SetupError(
      `${file}: question "${risk}" asks about harm (isRisk). Nobody reads check-ins one by one, so nobody could answer it. Such a set cannot be used here: leave the question out, as the PHQ-8 does with the PHQ-9's ninth.`,
    )
  }
  return parsed.data
}

function parse(file: string, json: string): unknown {
  try {
    return JSON.parse(json)
  } catch (error) {
    throw new SetupError(`${file}: expected JSON. ${messageOf(error)}`)
  }
}

const complaint = (file: string, { path: where, message }: z.core.$ZodIssue): string =>
  `${file}: ${where.length > 0 ? `${where.join('.')}: ` : ''}${message}. docs/question-sets.md shows a whole file.`

/**
 * The sets that a site added; none when the directory is not there. Throws SetupError for a file
 * that does not fit.
 */
export function readSiteSets(directory: string): QuestionSet[] {
  if (!fs.existsSync(directory)) return []
  const files = fs
    .readdirSync(directory)
    .filter((name) => name.endsWith('.json'))
    .sort()
  return files.map((name) =>
    checkSet(path.join(directory, name), fs.readFileSync(path.join(directory, name), 'utf8')),
  )
}

/**
 * Keeps a checked set for the next start; returns where. Throws SetupError when this version of it
 * is there already.
 */
export function addSiteSet(directory: string, set: QuestionSet): string {
  const file = path.join(directory, `${set.id}-${set.version}.json`)
  fs.mkdirSync(directory, { recursive: true })
  try {
    fs.writeFileSync(file, `${JSON.stringify(set, null, 2)}\n`, { flag: 'wx' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    throw new SetupError(
      `${file}: version ${set.version} of "${set.id}" is there already. Answers were perhaps given with it: raise "version" instead.`,
    )
  }
  return file
}
