import type { Texts } from '../content/load.ts'
import { LEAST_MEMBERS_AT_OPEN, MAX_MEMBERS, MAX_STAFF_IN_GROUP } from '../domain/limits.ts'
import { button, buttons, type Card, card, type Form, list, note, text } from './card.ts'
import { type Notice, notice } from './notice.ts'
/** The people of a group, as platform ids. */
export type RosterIds = {
  members: readonly string[]
  facilitators: readonly string[]
  supervisors: readonly string[]
}

/**
 * `unreachable` names those whom messages do not reach: a matter of the roster, never of answers.
 */
export function rosterForm(
  { t }: Texts,
  groupId: string,
  ids: RosterIds,
  facts: { unreachable: readonly string[]; version: string },
): Form {
  const { unreachable, version } = facts
  return {
    kind: 'roster-form',
    verb: 'roster.submit',
    id: groupId,
    version,
    title: t('roster.title'),
    submitLabel: t('button.save'),
    closeLabel: t('button.cancel'),
    intro:
      unreachable.length > 0
        ? [text(t('roster.notReached', { names: unreachable.join(', ') }))]
        : [],
    fields: [
      // One more than the limit may be chosen, so that the refusal can say what the limit is.
      {
        type: 'people',
        name: 'members',
        label: t('roster.members'),
        hint: t('roster.membersHint', { limit: MAX_MEMBERS }),
        value: ids.members,
        limit: 100,
      },
      {
        type: 'people',
        name: 'facilitators',
        label: t('roster.facilitators'),
        hint: t('roster.staffHint'),
        value: ids.facilitators,
        limit: MAX_STAFF_IN_GROUP,
      },
      {
        type: 'people',
        name: 'supervisors',
        label: t('roster.supervisors'),
        hint: t('roster.staffHint'),
        value: ids.supervisors,
        limit: MAX_STAFF_IN_GROUP,
      },
    ],
  }
}

export function rosterDone(
  { t }: Texts,
  facts: { id: string; alias: string; members: number; welcomed: number; unreachable: number },
): Card {
  return card('roster-done', t('roster.title'), [
    text(t('roster.done', { alias: facts.alias, members: facts.members })),
    text(t('roster.welcome', { count: facts.welcomed })),
    facts.unreachable > 0 && text(t('roster.unreachable', { count: facts.unreachable })),
    facts.unreachable > 0 && buttons(button(t('roster.who'), 'problems', facts.id)),
    facts.members < LEAST_MEMBERS_AT_OPEN &&
      note(t('roster.tooFew', { least: LEAST_MEMBERS_AT_OPEN })),
  ])
}

/** Somebody cannot be reached, or (count 0) the channel: a number, and where to see more. */
export function problemNotice(
  { t }: Texts,
  facts: { id: string; alias: string; count: number },
): Notice {
  const line =
    facts.count > 0
      ? t('problem.people', { alias: facts.alias, count: facts.count })
      : t('problem.channel', { alias: facts.alias })
  return notice('delivery-problem', line, button(t('button.open'), 'problems', facts.id))
}

/** Why a message did not arrive, and what to do about it, in words. */
export type Trouble = { who: string; why: string; what: string }

/** For facilitators: whom messages do not reach, and why. */
export function problemsCard(
  texts: Texts,
  facts: { groupId: string; alias: string; troubles: readonly Trouble[] },
): Card {
  const { t } = texts
  const lines = facts.troubles.map((trouble) => t('problem.line', trouble))
  return {
    ...card('problems', t('problem.title'), [
      text(t('problem.intro', { alias: facts.alias })),
      lines.length > 0 ? list(lines) : text(t('problem.none')),
      note(t('problem.note')),
    ]),
    notification: t('leadOn.content'),
  }
}
