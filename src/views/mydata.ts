import { LANGUAGES, type Texts } from '../content/load.ts'
import type { Role } from '../domain/access.ts'
import { formatDate } from '../domain/time.ts'
import { button, buttons, type Card, card, heading, link, list, note, text } from './card.ts'
import { countryName } from './rights.ts'

const languageName = (id: string): string =>
  LANGUAGES.find((language) => language.id === id)?.name ?? id

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
  /** `kind`: what the group is for, in the reader's language. */
  roles: readonly {
    alias: string
    kind: string
    role: Role
    agreedAt: Date | null
    hasEnded: boolean
  }[]
  /** Words that they accepted and when, also those that have changed since. */
  acceptances: readonly {
    alias: string
    on: Date
    goals: readonly string[]
    agreement: readonly string[]
  }[]
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
  /** Their own requests that are kept, with their words; empty: they wrote none. */
  contacts: readonly { id: string; createdAt: Date; closedAt: Date | null; words: string }[]
  /** Their own choices; null: as their platform tells. */
  language: string | null
  linesCountry: string | null
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
    /** Where a copy for machines can be had for a while; null: the service has no address. */
    copyUrl: string | null
    minutes: number
  },
): Card {
  const { t } = texts
  const unknown = t('mydata.unknown')
  const date = (at: Date) => formatDate(at, facts.timeZone, texts.language, facts.now)
  const place = ({ alias, kind, role, agreedAt, hasEnded }: MyData['roles'][number]) => {
    const base = t('mydata.role', { alias, kind, role: t(`mydata.role.${role}`) })
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
    data.language ? t('mydata.language', { language: languageName(data.language) }) : null,
    data.linesCountry
      ? t('mydata.linesCountry', { country: countryName(texts, data.linesCountry) })
      : null,
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
        ...data.contacts.map(({ createdAt, words }) =>
          words === ''
            ? t('mydata.contact', { date: date(createdAt) })
            : t('mydata.contactWords', { date: date(createdAt), words }),
        ),
        ...data.acceptances.map(({ alias, on }) => t('mydata.accepted', { alias, date: date(on) })),
        ...(data.wins > 0 ? [t('mydata.wins', { count: data.wins })] : []),
        ...(data.openCheckIns > 0 ? [t('mydata.box', { count: data.openCheckIns })] : []),
      ]),
      text(t('mydata.answers')),
      facts.copyUrl !== null && buttons(link(t('mydata.copy'), facts.copyUrl)),
      note(
        facts.copyUrl === null
          ? t('report.noAddress')
          : t('mydata.copyNote', { minutes: facts.minutes }),
      ),
      facts.mayBeForgotten
        ? buttons(button(t('forget.button'), 'forget.me', null))
        : note(t('mydata.leave', { example: facts.example })),
    ]),
    notification: t('leadOn.content'),
  }
}
