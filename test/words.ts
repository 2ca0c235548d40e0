import { run } from '../src/door/run.ts'
import type { Incoming } from '../src/platform.ts'
import { incoming, type World } from './helpers.ts'
import { addMembers } from './latecomers.ts'

/** The set that is asked; its two first questions are answered by `coping` and `mood`. */
export const WORDS_SET = 'days-and-mood'
const LATECOMERS = ['UNINTH', 'UTENTH', 'UELEVENTH', 'UTWELFTH'] as const
/** The group's eight members and the four who come. */
export const TWELVE: readonly string[] = [
  ...Array.from({ length: 8 }, (_, index) => `UMEMBER${index + 1}`),
  ...LATECOMERS,
]

/** Somebody of the Slack workspace asks for something. */
export type Ask = (
  verb: string,
  input: Incoming['input'],
  sender?: string,
  via?: Incoming['via'],
) => ReturnType<typeof run>

/** Four more members, and a check-in of all twelve that asks for words, opened by hand. */
export async function openWithWords(
  world: World,
  audience: 'shared' | 'staff',
  more: Record<string, string> = {},
): Promise<{ id: string; groupId: string; ask: Ask }> {
  const { db } = world
  await addMembers(world, 'slack', LATECOMERS)
  const group = await db.group.findFirstOrThrow()
  const ask: Ask = (verb, input, sender = 'UFACILITATOR', via = 'button') =>
    run(world.app.services, incoming(sender, { verb, via, input }))
  const values = { set: WORDS_SET, openHours: '24', audience, words: 'yes', ...more }
  const opened = JSON.stringify(
    await ask('checkin.now.submit', { id: group.id, values }, 'UFACILITATOR', 'form'),
  )
  if (!opened.includes('checkin-now-done')) throw new Error(`not opened: ${opened}`)
  await world.app.drain()
  const { id } = await db.checkIn.findFirstOrThrow({
    where: { state: 'open', questionSetId: WORDS_SET },
  })
  return { id, groupId: group.id, ask }
}
