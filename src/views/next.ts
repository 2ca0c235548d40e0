import type { TextKey, Texts } from '../content/load.ts'
import type { Stage } from '../domain/stage.ts'
import { button, buttons, type Card, card, compact, heading, list, note, text } from './card.ts'
import { timeWithZone } from './notice.ts'

/** One thing that goes out next, and when. */
export type Upcoming = { at: Date; what: TextKey; alias: string }

export function upcomingBlocks(
  texts: Texts,
  upcoming: readonly Upcoming[],
  timeZone: string,
  now: Date,
) {
  if (upcoming.length === 0) return []
  const lines = upcoming.map(({ at, what, alias }) =>
    texts.t('next.goesOut', {
      time: timeWithZone(texts, at, timeZone, now),
      what: texts.t(what),
      alias,
    }),
  )
  return [text(texts.t('next.goesOutTitle')), list(lines)]
}

/** A group in the list of what comes next. `stage` is for facilitators; null for others. */
export type NextGroup = {
  id: string
  alias: string
  timeZone: string
  startsAt: readonly Date[]
  reminders: string
  stage: { number: number; total: number; stage: Stage; prompt: string } | null
}

/** The next sessions of a person's groups; for facilitators also what goes out, and when. */
export function nextCard(
  texts: Texts,
  facts: {
    groups: readonly NextGroup[]
    upcoming: readonly Upcoming[]
    example: string
    isFacilitator: boolean
    hasCalendar: boolean
    timeZone: string
    now: Date
  },
): Card {
  const { t } = texts
  const blocks = facts.groups.flatMap((group) =>
    group.startsAt.length === 0
      ? [text(t('next.none', { alias: group.alias }))]
      : compact([
          heading(group.alias),
          list(group.startsAt.map((at) => timeWithZone(texts, at, group.timeZone, facts.now))),
          group.stage &&
            text(t('next.stage', { ...group.stage, stage: t(`stage.${group.stage.stage}`) })),
          group.stage && text(group.stage.prompt),
          note(t('next.reminders', { times: group.reminders })),
          facts.hasCalendar && buttons(button(t('calendar.button'), 'calendar', group.id, 'card')),
        ]),
  )
  const hasSession = facts.groups.some((group) => group.startsAt.length > 0)
  return card('next', t('next.title'), [
    ...blocks,
    ...upcomingBlocks(texts, facts.upcoming, facts.timeZone, facts.now),
    !hasSession && facts.isFacilitator && note(t('next.hint', { example: facts.example })),
  ])
}
