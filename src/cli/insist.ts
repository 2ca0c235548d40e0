import { LANGUAGES, loadContent } from '../content/load.ts'
import { type BotAnswer, type Hands, waitUntil } from '../simulator/workspace.ts'

/** Cards that say that something was not done. */
export const REFUSALS: readonly string[] = ['problem', 'form-errors']
/** Slack's own word where the answer took more than its three seconds. */
const TOO_LATE = 'operation_timeout'
/** So often somebody sends again what was too much at the time. */
export const MOST_TRIES = 5

let busyWords: readonly string[] | null = null

/** Whether these are the words for a change that was rolled back because the store was busy. */
export function isBusy(said: string): boolean {
  if (busyWords === null) {
    const { textsFor } = loadContent()
    busyWords = [
      TOO_LATE,
      ...LANGUAGES.flatMap(({ id }) => [
        textsFor(id).t('error.busy'),
        textsFor(id).t('error.sendAgain'),
      ]),
    ]
  }
  return busyWords.some((words) => said.includes(words))
}

/**
 * Has somebody do something, again while they are told that it took too long: on a slow machine
 * people try again, and a story goes on. Any other error of `act` is thrown.
 */
export async function insist(
  hands: Hands,
  person: string,
  act: () => Promise<BotAnswer>,
): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const before = hands.journal.seen.length
    const outcome = await act().then(
      (answer) => ({ problem: answer.problem ?? null, error: null }),
      (error: unknown) => ({ problem: null, error }),
    )
    const fresh = () => hands.journal.seen.slice(before).filter((seen) => seen.person === person)
    // Slack's form says “One moment” before three seconds are over; its answer comes later.
    await waitUntil(() => fresh().at(-1)?.kind !== 'working')
    const said = fresh().findLast(({ kind }) => REFUSALS.includes(kind))?.text
    if (tries < MOST_TRIES && isBusy(said ?? outcome.problem ?? '')) {
      await hands.closeForm(person)
      continue
    }
    if (outcome.error !== null) throw outcome.error
    return
  }
}
