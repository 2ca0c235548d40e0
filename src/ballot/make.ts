import { spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import type { QuestionSet } from '../content/question-set.ts'
import type { Release } from '../domain/tally.ts'
import { releaseSchema } from '../domain/unit.ts'

/**
 * A unit for the child process to open. `box` is base64; `secret` is the application's, as in the
 * environment.
 */
export type OpenRequest = {
  unitId: string
  keyDirectory: string
  secret: string
  /** As the database has it: the key store's own number counts where that is greater. */
  k: number
  /** As the database has it; the unit is spoilt where the key store says otherwise. */
  audience: 'shared' | 'staff'
  questionSet: QuestionSet
  context: { questionSetId: string; questionSetVersion: number; asksText: boolean }
  boxes: { checkInId: string; memberId: string; box: string }[]
}

/**
 * Its result. `release` is null below k. `keyUnreadable` decides nothing: it is tried again.
 */
export type OpenOutcome =
  | { outcome: 'counted'; release: (Release & { texts: string[] }) | null }
  | { outcome: 'keyMissing' }
  | { outcome: 'keySpoilt' }
  | { outcome: 'unreadable' }
  | { outcome: 'keyUnreadable'; reason: string }

const outcomeSchema = z.discriminatedUnion('outcome', [
  z.object({
    outcome: z.literal('counted'),
    release: releaseSchema.extend({ texts: z.array(z.string()) }).nullable(),
  }),
  z.object({ outcome: z.literal('keyMissing') }),
  z.object({ outcome: z.literal('keySpoilt') }),
  z.object({ outcome: z.literal('keyUnreadable'), reason: z.string() }),
  z.object({ outcome: z.literal('unreadable') }),
])

/** Units that a process opens, one after the other: starting it takes as long as twenty. */
export const MOST_UNITS = 50
/**
 * Thirty ballots of a few check-ins take well under a second, so many units a few; past this the
 * machine is in trouble and the jobs are retried.
 */
const OPEN_TIMEOUT_MS = 30_000
const CHILD = fileURLToPath(new URL('./child.ts', import.meta.url))
/**
 * The folders of the code that the child runs: ours, and packages wherever Node looks for them from
 * here, links followed. Nothing else of this machine can be read but keys.
 */
function codeFolders(): string[] {
  const own = path.dirname(path.dirname(CHILD))
  const above = [own]
  for (let last = own; path.dirname(last) !== last; last = path.dirname(last))
    above.push(path.dirname(last))
  const packages = above.map((folder) => path.join(folder, 'node_modules'))
  const there = [own, ...packages].filter((folder) => fs.existsSync(folder))
  return [...new Set(there.flatMap((folder) => [folder, fs.realpathSync(folder)]))]
}

/** The same for one unit. */
export async function openUnit(request: OpenRequest): Promise<OpenOutcome> {
  const [outcome] = await openUnits([request])
  if (!outcome) throw new Error('the process that opens ballots gave no outcome')
  return outcome
}

/**
 * Opens and counts units, `MOST_UNITS` at most, in a child process that has an empty environment,
 * may read its own code and the keys, may write no file and may start no process. (Node 24 cannot
 * forbid it the network; from Node 25 on these same flags do.) Each is opened with its own key, by
 * itself; their outcomes come in the order asked for. Throws when the child fails: then nothing was
 * decided of any, and the jobs may run again.
 */
export async function openUnits(requests: readonly OpenRequest[]): Promise<OpenOutcome[]> {
  const keyDirectories = new Set(requests.map(({ keyDirectory }) => keyDirectory))
  const mayRead = [...codeFolders(), ...keyDirectories]
  const flags = ['--permission', ...mayRead.map((folder) => `--allow-fs-read=${folder}${path.sep}`)]
  const child = spawn(process.execPath, [...flags, CHILD], {
    env: {},
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: OPEN_TIMEOUT_MS,
    killSignal: 'SIGKILL',
  })
  const ended = new Promise<number | null>((resolve, reject) =>
    child.once('error', reject).once('close', resolve),
  )
  // A child that dies early closes the pipe; its exit code below says what happened.
  child.stdin.on('error', () => {})
  child.stdin.end(JSON.stringify(requests))
  const [output, complaint, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    ended,
  ])
  if (code !== 0)
    throw new Error(`the process that opens ballots ended with ${code}`, {
      cause: new Error(lastLine(complaint)),
    })
  return z.array(outcomeSchema).length(requests.length).parse(JSON.parse(output))
}

const lastLine = (complaint: string): string =>
  complaint
    .trim()
    .split('\n')
    .findLast((line) => line.includes('Error')) ?? 'no message'
