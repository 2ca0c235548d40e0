import type { Texts } from '../content/load.ts'
import { formatDate } from '../domain/time.ts'
import { type Card, card, type Form, note, text } from './card.ts'
import { elsewhereHint, type ShownPerson } from './elsewhere.ts'

export function awayForm(
  { t }: Texts,
  facts: { from: string; until: string; isAway: boolean; standIn: ShownPerson },
): Form {
  return {
    kind: 'away-form',
    verb: 'away.submit',
    id: null,
    title: t('away.title'),
    submitLabel: t('button.save'),
    closeLabel: t('button.cancel'),
    intro: [text(t('away.intro')), ...(facts.isAway ? [text(t('away.back'))] : [])],
    fields: [
      {
        type: 'text',
        name: 'from',
        label: t('away.from'),
        hint: t('schedule.untilHint'),
        value: facts.from,
        maxLength: 12,
      },
      {
        type: 'text',
        name: 'until',
        label: t('away.until'),
        hint: t('away.untilHint'),
        ...(facts.until === '' ? {} : { value: facts.until }),
        maxLength: 12,
        isOptional: true,
      },
      {
        type: 'people',
        name: 'standIn',
        label: t('away.standIn'),
        hint: elsewhereHint(t, facts.standIn, 'away.standInHint'),
        value: facts.standIn.externalId ? [facts.standIn.externalId] : [],
        limit: 1,
      },
    ],
  }
}

/** `absence` null: they are there. `standIn`: a name; null: nobody. */
export function awayDone(
  texts: Texts,
  facts: {
    absence: { from: Date; until: Date } | null
    standIn: string | null
    /** Groups in which nobody is there now. */
    empty: readonly string[]
    timeZone: string
    now: Date
  },
): Card {
  const { t } = texts
  const { absence } = facts
  if (!absence) return card('away-done', t('away.title'), [text(t('away.isBack'))])
  const date = (at: Date) => formatDate(at, facts.timeZone, texts.language, facts.now)
  return card('away-done', t('away.title'), [
    text(
      t('away.done', {
        from: date(absence.from),
        until: date(new Date(absence.until.getTime() - 1)),
      }),
    ),
    text(facts.standIn ? t('away.hasStandIn', { name: facts.standIn }) : t('away.noStandIn')),
    facts.empty.length > 0 && text(t('away.nobodyLeft', { groups: facts.empty.join(', ') })),
    note(t('away.note')),
  ])
}
