import { type Kind, pickList, type Texts } from '../content/load.ts'
import { LEAST_MEMBERS_AT_OPEN, MAX_ALIAS_CHARS, MAX_MEMBERS, MAX_STAFF, MAX_STAFF_IN_GROUP } from '../domain/limits.ts'
import { type Button, buttons, type Card, compact, type Form, heading, list, note, text } from './card.ts'
import { type Notice, notice } from './notice.ts'

/** The admin's list of who may run groups. `staff` are platform ids. */
export function staffForm({ t }: Texts, staff: readonly string[]): Form {
  return {
    kind: 'staff-form',
    verb: 'admin staff.submit',
    id: null,
    title: t('staff.title'),
    submitLabel: t('button.save'),
    closeLabel: t('button.cancel'),
    intro: [text(t('staff.intro'))],
    fields: [
      {
        type: 'people',
        name: 'staff',
        label: t('staff.people'),
        hint: t('staff.hint'),
        value: staff,
        limit: MAX_STAFF,
      },
    ],
  }
}

export function staffDone({ t }: Texts, count: number): Card {
  const title = t('staff.title')
  return { kind: 'staff-done', title, notification: title, blocks: [text(t('staff.done', { count }))] }
}

export function newGroupForm(texts: Texts, facts: { kinds: readonly Kind[]; timeZone: string; alias: string }): Form {
  const { t } = texts
  return {
    kind: 'new-form',
    verb: 'new.submit',
    id: null,
    title: t('new.title'),
    submitLabel: t('button.save'),
    closeLabel: t('button.cancel'),
    intro: [],
    fields: [
      {
        type: 'choice',
        name: 'kind',
        label: t('new.kind'),
        hint: t('new.kindHint'),
        options: facts.kinds.map((kind) => ({ value: kind.id, label: texts.pick(kind.title) })),
        ...(facts.kinds[0] ? { value: facts.kinds[0].id } : {}),
      },
      {
        type: 'text',
        name: 'alias',
        label: t('new.alias'),
        hint: t('new.aliasHint'),
        value: facts.alias,
        maxLength: MAX_ALIAS_CHARS,
      },
      {
        type: 'text',
        name: 'timeZone',
        label: t('new.timeZone'),
        hint: t('new.timeZoneHint'),
        value: facts.timeZone,
        maxLength: 60,
      },
    ],
  }
}

export function newGroupDone({ t }: Texts, facts: { id: string; alias: string; kind: Kind }): Card {
  const button = (label: 'home.roster' | 'home.schedule', verb: string): Button => ({
    label: t(label),
    verb,
    id: facts.id,
    opens: 'dialog',
  })
  return {
    kind: 'new-done',
    title: t('new.title'),
    notification: t('new.title'),
    blocks: [
      text(t('new.done', { alias: facts.alias })),
      text(t('new.next')),
      note(t('new.size', { ...facts.kind.sizeHint, least: LEAST_MEMBERS_AT_OPEN })),
      buttons(button('home.roster', 'roster'), button('home.schedule', 'schedule')),
    ],
  }
}

/** Who is in a group, as platform ids. */
export type RosterIds = { members: readonly string[]; facilitators: readonly string[]; supervisors: readonly string[] }

export function rosterForm({ t }: Texts, groupId: string, ids: RosterIds): Form {
  return {
    kind: 'roster-form',
    verb: 'roster.submit',
    id: groupId,
    title: t('roster.title'),
    submitLabel: t('button.save'),
    closeLabel: t('button.cancel'),
    intro: [],
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
  facts: { alias: string; members: number; welcomed: number; unreachable: number },
): Card {
  const title = t('roster.title')
  return {
    kind: 'roster-done',
    title,
    notification: title,
    blocks: compact([
      text(t('roster.done', { alias: facts.alias, members: facts.members })),
      text(t('roster.welcome', { count: facts.welcomed })),
      facts.unreachable > 0 && text(t('roster.unreachable', { count: facts.unreachable })),
      facts.members < LEAST_MEMBERS_AT_OPEN && note(t('roster.tooFew', { least: LEAST_MEMBERS_AT_OPEN })),
    ]),
  }
}

export function welcomeNotice({ t }: Texts, group: { id: string; alias: string }): Notice {
  const button: Button = { label: t('button.open'), verb: 'welcome', id: group.id, opens: 'dialog', isPrimary: true }
  return notice('welcome', t('welcome.notice', { alias: group.alias }), button)
}

/** The goals and the agreement. */
export function welcomeForm(texts: Texts, facts: { groupId: string; alias: string; kind: Kind }): Form {
  const { t } = texts
  return {
    kind: 'welcome-form',
    verb: 'welcome.accept',
    id: facts.groupId,
    title: t('welcome.title'),
    submitLabel: t('welcome.accept'),
    closeLabel: t('button.close'),
    intro: [
      text(t('welcome.intro', { alias: facts.alias })),
      heading(t('welcome.goals')),
      list(pickList(texts, facts.kind.goals)),
      heading(t('welcome.agreement')),
      list(pickList(texts, facts.kind.agreement)),
      text(t('welcome.what')),
      text(t('welcome.promise')),
      text(t('welcome.optional')),
    ],
    fields: [],
  }
}

export function welcomeDone({ t }: Texts): Card {
  const title = t('welcome.title')
  return { kind: 'welcome-done', title, notification: title, blocks: [text(t('welcome.done'))] }
}
