import { parseArgs } from 'node:util'
import { z } from 'zod'
import { SetupError } from '../errors.ts'
import type { Seen } from '../simulator/workspace.ts'
import { startPassing } from './local.ts'
import { allSeen } from './seen.ts'
import { tell } from './story.ts'

const SLACK = 'https://slack.com/api/'
const EXAMPLE = 'npx groupwell check-blocks'
const TIMEOUT_MS = 10_000
/** Slack names no rate for it: slow enough that nobody minds. */
const EVERY_MS = 300

const answerSchema = z.object({
  ok: z.boolean(),
  error: z.string().optional(),
  errors: z
    .array(z.object({ pointer: z.string().optional(), message: z.string().optional() }))
    .optional(),
})

/**
 * `npx groupwell check-blocks`, for who maintains Groupwell and has a network: asks Slack itself
 * whether it takes what the demo's week sends, one of each kind (blocks.validate, a public method).
 */
export async function checkBlocks(args: readonly string[]): Promise<void> {
  const api = readOptions(args)
  const local = await startPassing('https://groupwell.example.org')
  const span = { from: new Date('2026-03-02T09:00:00Z'), until: new Date('2026-03-09T08:00:00Z') }
  const plot = {
    platform: 'slack' as const,
    alias: 'Tuesday group',
    timeZone: 'Europe/Berlin',
    firstDate: '2026-03-03',
    time: '17:30',
    answers: 7,
    summariesAt: [new Date('2026-03-06T10:00:00Z')],
  }
  await tell(local, [plot], { ...span, seed: 7 })
  const kinds = new Map(allSeen(local).map((seen) => [`${seen.kind} ${seen.audience}`, seen]))
  let refused = 0
  for (const [kind, seen] of kinds) {
    const complaints = await validate(api, seen)
    if (complaints.length > 0) refused += 1
    for (const complaint of complaints) process.stdout.write(`${kind}: ${complaint}\n`)
    if (api === SLACK) await new Promise((resolve) => setTimeout(resolve, EVERY_MS))
  }
  process.stdout.write(`Slack takes ${kinds.size - refused} of ${kinds.size} kinds.\n`)
  await local.stop()
  if (refused > 0) throw new SetupError(`${refused} kinds are refused`)
}

/** The complaints of Slack about something that was sent to it; empty: it takes it. */
async function validate(api: string, { payload }: Seen): Promise<string[]> {
  const sent = payload as { view?: unknown; blocks?: unknown }
  const [name, value] = sent.view ? (['view', sent.view] as const) : (['message', sent] as const)
  const response = await fetch(new URL('blocks.validate', api), {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ [name]: JSON.stringify(value) }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch((cause: unknown) => {
    throw new SetupError(`Slack did not answer. It is asked at ${api}.`, { cause })
  })
  const answer = answerSchema.parse(await response.json())
  if (answer.ok) return []
  const found = (answer.errors ?? []).map(
    ({ pointer = '', message = '' }) => `${message} (${pointer})`,
  )
  return found.length > 0 ? found : [answer.error ?? 'refused']
}

/** Throws SetupError that says what was expected. */
function readOptions(args: readonly string[]): string {
  try {
    const { values } = parseArgs({ args: [...args], options: { api: { type: 'string' } } })
    const api = values.api ?? SLACK
    if (!URL.canParse(api)) throw new Error(`--api ${api}: expected an address`)
    return api
  } catch (error) {
    throw new SetupError(`${(error as Error).message}. Example: ${EXAMPLE}`, { cause: error })
  }
}
