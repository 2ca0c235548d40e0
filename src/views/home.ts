import type { TextKey, Texts } from '../content/load.ts'
import { formatDate } from '../domain/time.ts'
import type { Verb } from '../domain/verbs.ts'
import { type Block, type Button, buttons, type Card, card, list, note, text } from './card.ts'
import { type Upcoming, upcomingBlocks } from './next.ts'

/**
 * A check-in that is open for a person: for everybody on its roster alike, whether they answered or
 * not.
 */
export type OpenCheckIn = { id: string; alias: string; until: string }

/** Requests that a home card shows; the others are in each group's own list. */
const MOST_REQUESTS = 5

/** The home card: what comes next, what is open, and what this person can do, by their places. */
export function homeCard(
  texts: Texts,
  facts: {
    groups: readonly { alias: string; next: string | null }[]
    open: readonly OpenCheckIn[]
    isStaff: boolean
    isAdmin: boolean
    isFacilitator: boolean
    isSupervisor: boolean
    isMember: boolean
    /** A member of a group that sees contact requests. */
    mayAskForContact: boolean
    /** Their own requests to be contacted that are not over for them. */
    own: readonly { id: string; createdAt: Date }[]
    /** Open requests that have come up to them, as staff. */
    requests: readonly { id: string; createdAt: Date; isDrill: boolean }[]
    /** Help lines; null: for staff, who find them elsewhere. */
    lines: string | null
    upcoming: readonly Upcoming[]
    timeZone: string
    now: Date
  },
): Card {
  const { t } = texts
  const button = (
    label: TextKey,
    verb: Verb,
    opens: 'dialog' | 'card',
    id: string | null = null,
  ): Button => ({ label: t(label), verb, id, opens })
  const date = (at: Date) => formatDate(at, facts.timeZone, texts.language, facts.now)
  const shown: (Button | false)[] = [
    facts.groups.length > 0 && button('home.next', 'next', 'card'),
    facts.groups.length > 0 && button('home.summary', 'summary', 'dialog'),
    facts.isSupervisor && button('home.digest', 'digest', 'dialog'),
    facts.isFacilitator && button('home.roster', 'roster', 'dialog'),
    facts.isFacilitator && button('home.schedule', 'schedule', 'dialog'),
    facts.isFacilitator && button('home.message', 'message', 'dialog'),
    facts.isFacilitator && button('home.attendance', 'attendance', 'dialog'),
    facts.isStaff && button('home.new', 'new', 'dialog'),
    facts.isFacilitator && button('away.title', 'away', 'dialog'),
    facts.isAdmin && button('home.admin', 'admin', 'card'),
    facts.mayAskForContact && button('contact.button', 'contact', 'dialog'),
    facts.isMember && button('home.win', 'win', 'dialog'),
    facts.isMember && button('home.pause', 'pause', 'dialog'),
    button('home.privacy', 'privacy', 'card'),
    button('button.help', 'help', 'card'),
  ]
  const groups = facts.groups.map(({ alias, next }) =>
    next === null ? t('next.none', { alias }) : t('home.group', { alias, time: next }),
  )
  const open = facts.open.flatMap(({ id, alias, until }): Block[] => [
    text(t('checkin.notice', { alias, time: until })),
    buttons({
      label: t('checkin.button'),
      verb: 'checkin.answer',
      id,
      opens: 'dialog',
      isPrimary: true,
    }),
  ])
  return card('home', t('home.title'), [
    text(t('home.hello')),
    groups.length > 0 ? list(groups) : text(t('home.noGroups')),
    ...facts.own.flatMap(({ id, createdAt }): Block[] => [
      text(t('home.asked', { date: date(createdAt) })),
      buttons(button('home.askedOpen', 'contact.status', 'dialog', id)),
    ]),
    ...facts.requests
      .slice(0, MOST_REQUESTS)
      .flatMap(({ id, createdAt, isDrill }): Block[] => [
        text(t(isDrill ? 'home.drill' : 'home.request', { date: date(createdAt) })),
        buttons({ ...button('home.requestOpen', 'contact.read', 'dialog', id), isPrimary: true }),
      ]),
    ...open,
    ...upcomingBlocks(texts, facts.upcoming, facts.timeZone, facts.now),
    facts.lines !== null && note(t('checkin.helpNow', { lines: facts.lines })),
    buttons(...shown.filter((item) => item !== false)),
  ])
}
