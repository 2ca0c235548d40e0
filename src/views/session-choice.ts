import type { Texts } from '../content/load.ts'
import type { Option } from './card.ts'
import { timeWithZone } from './notice.ts'

/** Sessions that can be chosen. */
export type Choice = { id: string; startsAt: Date; isCancelled: boolean }

export function sessionOptions(
  texts: Texts,
  sessions: readonly Choice[],
  timeZone: string,
  now: Date,
): Option[] {
  return sessions.map(({ id, startsAt, isCancelled }) => {
    const time = timeWithZone(texts, startsAt, timeZone, now)
    return { value: id, label: isCancelled ? texts.t('session.cancelledOption', { time }) : time }
  })
}
