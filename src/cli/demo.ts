import { parseArgs } from 'node:util'
import { SetupError } from '../errors.ts'
import { type Local, startPassing } from './local.ts'
import { printSeen } from './print.ts'
import { allSeen, nameOf } from './seen.ts'
import { type Plot, tell } from './story.ts'

const MEMBERS = 8
const ZONE = 'Europe/Berlin'

/**
 * `npm run demo`: one full week of two groups on a settable clock, everything that anybody saw,
 * then the end.
 */
export async function demo(args: readonly string[]): Promise<void> {
  const options = readOptions(args)
  const local = await startPassing()
  const span = { from: new Date('2026-03-02T09:00:00Z'), until: new Date('2026-03-09T08:00:00Z') }
  await tell(local, plotsOf(options.answers), { ...span, seed: options.seed })
  report(local, options.isJson)
  await local.stop()
}

type Options = { answers: { slack: number; teams: number }; seed: number; isJson: boolean }

/** Throws SetupError that says what was expected. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parse(args)
  const answers = { slack: MEMBERS - 1, teams: MEMBERS - 2 }
  for (const part of (values.answers ?? '').split(',').filter((text) => text !== '')) {
    const match = /^(slack|teams)=(\d+)$/.exec(part.trim())
    const count = Number(match?.[2])
    if (!match || count > MEMBERS)
      throw new SetupError(
        `--answers ${part}: expected slack=0 to slack=${MEMBERS} and teams=0 to teams=${MEMBERS}. Example: --answers slack=4,teams=6`,
      )
    answers[match[1] as 'slack' | 'teams'] = count
  }
  const seed = Number(values.seed ?? '7')
  if (!Number.isInteger(seed) || seed < 0)
    throw new SetupError(`--seed ${values.seed}: expected a whole number. Example: --seed 7`)
  return { answers, seed, isJson: values.json ?? false }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: { answers: { type: 'string' }, seed: { type: 'string' }, json: { type: 'boolean' } },
    })
  } catch (error) {
    throw new SetupError(
      `${(error as Error).message}. Example: npm run demo -- --answers slack=4,teams=6 --seed 7 --json`,
      { cause: error },
    )
  }
}

function plotsOf(answers: Options['answers']): Plot[] {
  const common = { timeZone: ZONE }
  return [
    {
      ...common,
      platform: 'slack',
      alias: 'Tuesday group',
      firstDate: '2026-03-03',
      time: '17:30',
      answers: answers.slack,
      summariesAt: [new Date('2026-03-05T19:00:00Z')],
    },
    {
      ...common,
      platform: 'teams',
      alias: 'Wednesday group',
      firstDate: '2026-03-04',
      time: '18:00',
      answers: answers.teams,
      summariesAt: [new Date('2026-03-06T19:30:00Z')],
    },
  ]
}

function report(local: Local, isJson: boolean): void {
  for (const seen of allSeen(local)) {
    const person = nameOf(local.casts, seen.platform, seen.person)
    const { at, platform, audience, kind, notification, text, payload } = seen
    const line = isJson
      ? JSON.stringify({ at, platform, audience, person, kind, notification, text, payload })
      : printSeen(seen, [person])
    process.stdout.write(`${line}\n`)
  }
}
