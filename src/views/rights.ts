import type { Texts } from '../content/load.ts'
import type { Role } from '../domain/access.ts'
import { PAUSE_WEEKS } from '../domain/limits.ts'
import { formatDate } from '../domain/time.ts'
import {
  button,
  buttons,
  type Card,
  card,
  compact,
  type Field,
  type Form,
  heading,
  list,
  note,
  text,
} from './card.ts'

/** Everything that is stored about a person. Nulls: never said. */
export type MyData = {
  accounts: readonly {
    platform: string
    workspace: string
    id: string
    name: string | null
    language: string | null
    timeZone: string | null
  }[]
  isStaff: boolean
  isAdmin: boolean
  roles: readonly { alias: string; role: Role; agreedAt: Date | null; hasEnded: boolean }[]
  /** Lists that staff took them off, and until when that is known. */
  removals: readonly { alias: string; forgetOn: Date }[]
  wantsReminders: boolean
  wantsCheckIns: boolean
  pausedUntil: Date | null
  quiet: { from: string; until: string } | null
  deliveries: number
  auditEntries: number
  openCheckIns: number
  digests: number
  contacts: readonly { createdAt: Date }[]
  /** Wins that wait for a facilitator. */
  wins: number
}

export function mydataCard(
  texts: Texts,
  data: MyData,
  facts: {
    mayBeForgotten: boolean
    ledgerDays: number
    timeZone: string
    now: Date
    example: string
  },
): Card {
  const { t } = texts
  const unknown = t('mydata.unknown')
  const date = (at: Date) => formatDate(at, facts.timeZone, texts.language, facts.now)
  const place = ({ alias, role, agreedAt, hasEnded }: MyData['roles'][number]) => {
    const base = t('mydata.role', { alias, role: t(`mydata.role.${role}`) })
    const agreed =
      role === 'member'
        ? agreedAt
          ? t('mydata.agreed', { date: date(agreedAt) })
          : t('mydata.notAgreed')
        : null
    return [base, agreed, hasEnded ? t('mydata.ended') : null]
      .filter((part) => part !== null)
      .join(' ')
  }
  const wishes = [
    t(data.wantsReminders ? 'mydata.reminders' : 'mydata.noReminders'),
    t(data.wantsCheckIns ? 'mydata.checkIns' : 'mydata.noCheckIns'),
    data.pausedUntil ? t('mydata.paused', { date: date(data.pausedUntil) }) : null,
    data.quiet ? t('mydata.quiet', data.quiet) : null,
  ].filter((line) => line !== null)
  return {
    ...card('mydata', t('mydata.title'), [
      heading(t('mydata.accounts')),
      list(
        data.accounts.map((account) =>
          t('mydata.account', {
            ...account,
            name: account.name ?? unknown,
            language: account.language ?? unknown,
            timeZone: account.timeZone ?? unknown,
          }),
        ),
      ),
      heading(t('mydata.groups')),
      list([
        ...(data.roles.length > 0 ? data.roles.map(place) : [t('home.noGroups')]),
        ...data.removals.map(({ alias, forgetOn }) =>
          t('mydata.removed', { alias, date: date(forgetOn) }),
        ),
      ]),
      (data.isStaff || data.isAdmin) && text(t(data.isAdmin ? 'mydata.admin' : 'mydata.staff')),
      heading(t('mydata.wishes')),
      list(wishes),
      heading(t('mydata.traces')),
      list([
        t('mydata.deliveries', { count: data.deliveries, days: facts.ledgerDays }),
        t('mydata.audit', { count: data.auditEntries }),
        ...(data.digests > 0 ? [t('mydata.digests', { count: data.digests })] : []),
        ...data.contacts.map(({ createdAt }) => t('mydata.contact', { date: date(createdAt) })),
        ...(data.wins > 0 ? [t('mydata.wins', { count: data.wins })] : []),
        ...(data.openCheckIns > 0 ? [t('mydata.box', { count: data.openCheckIns })] : []),
      ]),
      text(t('mydata.answers')),
      facts.mayBeForgotten
        ? buttons(button(t('forget.button'), 'forget.me', null))
        : note(t('mydata.leave', { example: facts.example })),
    ]),
    notification: t('leadOn.content'),
  }
}

/** A person's choices so far. `quiet` as typed. */
export type PauseDraft = {
  isPaused: boolean
  wantsReminders: boolean
  wantsCheckIns: boolean
  quietFrom: string
  quietUntil: string
}

export function pauseForm(texts: Texts, draft: PauseDraft, pausedUntil: string | null): Form {
  const { t } = texts
  const yesNo = (name: 'reminders' | 'checkIns', value: boolean): Field => ({
    type: 'choice',
    name,
    label: t(`pause.${name}`),
    options: [
      { value: 'yes', label: t('answer.yes') },
      { value: 'no', label: t('answer.no') },
    ],
    value: value ? 'yes' : 'no',
  })
  const quiet = (name: 'quietFrom' | 'quietUntil', value: string): Field => ({
    type: 'text',
    name,
    label: t(`pause.${name}`),
    hint: t('pause.quietHint'),
    value,
    maxLength: 8,
    isOptional: true,
  })
  return {
    kind: 'pause-form',
    verb: 'pause.submit',
    id: null,
    title: t('pause.title'),
    submitLabel: t('button.save'),
    closeLabel: t('button.cancel'),
    intro: compact([
      text(t('pause.intro')),
      pausedUntil !== null && text(t('pause.now', { date: pausedUntil })),
    ]),
    fields: [
      {
        type: 'choice',
        name: 'weeks',
        label: t('pause.weeks'),
        options: [
          ...(draft.isPaused ? [{ value: 'keep', label: t('pause.keep') }] : []),
          { value: '0', label: t('pause.none') },
          ...PAUSE_WEEKS.map((weeks) => ({
            value: String(weeks),
            label: t('lead.weeks', { count: weeks }),
          })),
        ],
        value: draft.isPaused ? 'keep' : '0',
      },
      yesNo('reminders', draft.wantsReminders),
      yesNo('checkIns', draft.wantsCheckIns),
      quiet('quietFrom', draft.quietFrom),
      quiet('quietUntil', draft.quietUntil),
    ],
  }
}

export function pauseDone(
  texts: Texts,
  facts: {
    pausedUntil: Date | null
    wantsReminders: boolean
    wantsCheckIns: boolean
    quiet: { from: string; until: string } | null
    timeZone: string
    now: Date
  },
): Card {
  const { t } = texts
  const date =
    facts.pausedUntil && formatDate(facts.pausedUntil, facts.timeZone, texts.language, facts.now)
  return card('pause-done', t('pause.title'), [
    text(date ? t('mydata.paused', { date }) : t('pause.active')),
    text(t(facts.wantsReminders ? 'mydata.reminders' : 'mydata.noReminders')),
    text(t(facts.wantsCheckIns ? 'mydata.checkIns' : 'mydata.noCheckIns')),
    facts.quiet !== null && text(t('mydata.quiet', facts.quiet)),
    note(t('pause.always')),
  ])
}

export function leaveForm(
  { t }: Texts,
  facts: { groupId: string; alias: string; isLast: boolean },
): Form {
  return {
    kind: 'leave-form',
    verb: 'leave.submit',
    id: facts.groupId,
    title: t('leave.title'),
    submitLabel: t('leave.submit'),
    closeLabel: t('button.cancel'),
    intro: [
      text(t('leave.intro', { alias: facts.alias })),
      text(t('leave.answers')),
      text(t(facts.isLast ? 'leave.forgotten' : 'leave.otherGroups')),
      text(t('leave.told')),
    ],
    fields: [],
  }
}

export function forgetDone({ t }: Texts, facts: { isForgotten: boolean; lines: string }): Card {
  return card('forget-done', t('forget.title'), [
    text(t(facts.isForgotten ? 'leave.doneForgotten' : 'forget.staff')),
    note(t('checkin.helpNow', { lines: facts.lines })),
  ])
}

export function leaveDone(
  { t }: Texts,
  facts: { alias: string; isForgotten: boolean; lines: string },
): Card {
  return card('leave-done', t('leave.title'), [
    text(t('leave.done', { alias: facts.alias })),
    facts.isForgotten && text(t('leave.doneForgotten')),
    note(t('checkin.helpNow', { lines: facts.lines })),
  ])
}
