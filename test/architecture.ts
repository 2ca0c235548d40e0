import fs from 'node:fs'
import path from 'node:path'

/** From low to high: a folder or file may import only from lower ranks, and from its own folder. */
const RANKS: readonly (readonly string[])[] = [
  ['errors.ts', 'log.ts'],
  ['within.ts'],
  ['content'],
  ['domain'],
  ['views'],
  ['platform.ts', 'config.ts'],
  ['http.ts', 'rejections.ts'],
  ['ballot'],
  ['store'],
  ['commands'],
  ['door'],
  ['slack', 'teams', 'web', 'jobs'],
  ['connect.ts', 'playground.ts'],
  ['app.ts'],
  ['main.ts'],
  ['cli'],
]
/** Beside all the others: imports nothing of the service, and only cli imports it. */
const BESIDE = 'simulator'

type Source = { file: string; text: string; imports: string[] }
export type Finding = string

/** Reads every source file under a directory, generated code left out. */
export function readSources(root: string): Source[] {
  const files = fs
    .readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !file.includes('generated'))
  return files.sort().map((file) => {
    const text = fs.readFileSync(path.join(root, file), 'utf8')
    const specifiers = [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(
      (match) => match[1] ?? '',
    )
    const imports = specifiers.map((name) =>
      name.startsWith('.') ? path.posix.join(path.posix.dirname(file), name) : name,
    )
    return { file: file.split(path.sep).join('/'), text, imports }
  })
}

const unitOf = (file: string): string => file.split('/')[0] ?? file
const rankOf = (unit: string): number => RANKS.findIndex((rank) => rank.includes(unit))

/** Imports that go up or sideways, and anything that the simulator shares with the service. */
export function rankFindings(sources: readonly Source[]): Finding[] {
  return sources.flatMap(({ file, imports }) =>
    imports.flatMap((target) => {
      const from = unitOf(file)
      const to = unitOf(target)
      if (!/\.tsx?$/.test(target) || from === to) return []
      if (from === BESIDE) return [`${file} (simulator) imports ${target}`]
      if (to === BESIDE) return from === 'cli' ? [] : [`${file} imports the simulator`]
      if (rankOf(from) === -1 || rankOf(to) === -1) return [`${file} or ${target} has no rank`]
      return rankOf(to) < rankOf(from)
        ? []
        : [`${file} imports ${target}, which does not rank below it`]
    }),
  )
}

/** Circles of files, type imports included. */
export function circles(sources: readonly Source[]): Finding[] {
  const byFile = new Map(
    sources.map((source) => [
      source.file,
      source.imports.filter((target) => /\.tsx?$/.test(target)),
    ]),
  )
  const done = new Set<string>()
  const found: Finding[] = []
  const visit = (file: string, trail: readonly string[]): void => {
    if (trail.includes(file)) {
      found.push([...trail.slice(trail.indexOf(file)), file].join(' -> '))
      return
    }
    if (done.has(file)) return
    for (const target of byFile.get(file) ?? []) visit(target, [...trail, file])
    done.add(file)
  }
  for (const file of byFile.keys()) visit(file, [])
  return found
}

/**
 * Text that may stand only in certain places: what, where it is looked for, and where it is
 * allowed.
 */
export const INVARIANTS: readonly { name: string; pattern: RegExp; in: RegExp; except: RegExp }[] =
  [
    {
      name: 'domain and views never read the clock or randomness',
      pattern:
        /Date\.now\(|new Date\(\)|Math\.random|Temporal\.Now\.(?!zonedDateTimeISO\(name\))|randomUUID|node:crypto/,
      in: /^(domain|views)\//,
      except: /^$/,
    },
    {
      name: 'only store imports Prisma and pg-boss',
      pattern: /from '(@prisma\/|prisma|pg-boss|pg|@electric-sql|pglite)|generated\/client/,
      in: /./,
      except: /^store\//,
    },
    {
      name: 'outside the store its engine is known by its types alone, but where it is built',
      pattern: /^import (?!type )[^;]*\/engine\//,
      in: /./,
      except: /^(store\/|app\.ts|cli\/store\.ts)/,
    },
    {
      name: 'only store/ballot.ts touches the boxes',
      pattern: /prisma\.ballot\b|"Ballot"/,
      in: /./,
      except: /^(store\/ballot\.ts|cli\/database-view\.ts)/,
    },
    {
      name: 'only slack imports Bolt and the Slack client',
      pattern: /from '@slack\//,
      in: /./,
      except: /^slack\//,
    },
    {
      name: 'only teams/botbuilder.ts imports botbuilder',
      pattern: /from 'bot(builder|framework)/,
      in: /./,
      except: /^teams\/botbuilder\.ts$/,
    },
    {
      name: 'only teams/teams-apps.ts imports its successor',
      pattern: /from '@microsoft\/teams\./,
      in: /./,
      except: /^teams\/teams-apps\.ts$/,
    },
    {
      name: 'only ballot/open.ts decrypts ballots',
      pattern: /createRecipientContext|deserializePrivateKey/,
      in: /./,
      except: /^ballot\/open\.ts$/,
    },
    {
      name: 'only the child process opens ballots',
      pattern: /from '[^']*\/open\.ts'/,
      in: /./,
      except: /^ballot\/child\.ts$/,
    },
    {
      name: 'only the release path and the gate read tallies',
      pattern: /from '[^']*\/tally\.ts'/,
      in: /./,
      except:
        /^(ballot\/|domain\/(change|disclosure|figures|together|unit)\.ts|commands\/decide\.ts)/,
    },
    {
      name: 'only the gate makes figures of tallies',
      pattern: /from '[^']*\/figures\.ts'/,
      in: /./,
      except: /^domain\/(change|disclosure|together)\.ts$/,
    },
    {
      name: 'views take what the gate returns, never a stored result',
      pattern: /UnitResult|\bRelease\b/,
      in: /^views\//,
      except: /^$/,
    },
    {
      name: 'only config, main and cli read the environment',
      pattern: /process\.env/,
      in: /./,
      // The page's bundle names it to leave it out.
      except: /^(main\.ts|cli\/|simulator\/server\.ts|simulator\/page\/bundle\.ts)/,
    },
    {
      name: 'the network is touched by platforms alone',
      pattern: /\bfetch\(|node:http'/,
      in: /^(domain|views|content|store|ballot|commands|jobs)\//,
      except: /^$/,
    },
    {
      name: 'jobs are sent with the transaction',
      pattern: /boss\.(send|insert)\((?!.*db: within\(tx\))/,
      in: /./,
      except: /^$/,
    },
    {
      name: 'no code is written to be skipped',
      pattern: /TODO|FIXME|as any\b|@ts-ignore/,
      in: /./,
      except: /^$/,
    },
  ]

/** Sentences of comments that open with a question word, and how many sentences there are. */
export function openings(sources: readonly Source[]): { found: Finding[]; sentences: number } {
  const found: Finding[] = []
  let sentences = 0
  for (const { file, text } of sources)
    for (const [comment] of text.matchAll(/\/\*\*?[\s\S]*?\*\/|(?:^[ \t]*\/\/[^\n]*\n)+/gm)) {
      const words = comment
        .replace(/^\s*(\/\*\*?|\*\/|\*|\/\/\/?)/gm, ' ')
        .replace(/\*\/|\s+/g, ' ')
      for (const sentence of words.split(/(?<=[.:!?])\s+/)) {
        if (sentence.trim().length < 3) continue
        sentences += 1
        if (/^\s*(What|Who|Which|Whom|Whose)(ever)?\b/.test(sentence))
          found.push(`${file}: ${sentence.trim()}`)
      }
    }
  return { found, sentences }
}

/** Lines that are longer than one reads without moving the head; a text for people may be. */
export function wideLines(sources: readonly Source[], limit: number): Finding[] {
  return sources.flatMap(({ file, text }) =>
    text
      .split('\n')
      .filter((line) => line.length > limit && !/^\s*[\w:]*\s*[`'"(]|biome-ignore/.test(line))
      .map((line) => `${file}: ${line.trim().slice(0, 60)}`),
  )
}

export function invariantFindings(sources: readonly Source[]): Finding[] {
  return INVARIANTS.flatMap((rule) =>
    sources
      .filter(
        ({ file, text }) =>
          rule.in.test(file) &&
          !rule.except.test(file) &&
          text.split('\n').some((line) => !line.trim().startsWith('*') && rule.pattern.test(line)),
      )
      .map(({ file }) => `${file}: ${rule.name}`),
  )
}

/** Files that have grown past what one reads in one go. */
export function longFiles(sources: readonly Source[], limit: number): Finding[] {
  return sources
    .filter(({ text }) => text.split('\n').length > limit)
    .map(({ file, text }) => `${file}: ${text.split('\n').length} lines`)
}
