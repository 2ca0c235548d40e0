import type { CrisisLines, OwnLines, TextKey, Texts } from '../content/load.ts'
import { answersNeeded, LEAST_WRITERS, type Thresholds } from '../domain/disclosure.ts'
import { AUDIT_YEARS, CONTACT_DAYS, WIN_DAYS, WORDS_DAYS } from '../domain/retention.ts'
import { type Block, type Button, buttons, type Card, card, heading, list, note, text } from './card.ts'
import { type Upcoming, upcomingBlocks } from './reminder.ts'

/**
 * The help numbers in one line, name and number each: the organisation's own, or else its country's. Where both are missing,
 * where to find them.
 */
export function helpLines(
  { t, pick }: Texts,
  organisation: { country: string; crisisLines: OwnLines | null },
  lines: CrisisLines,
): string {
  const { country, crisisLines: own } = organisation
  // A region's lines before its country's.
  const known = own ?? lines[country] ?? lines[country.slice(0, 2)]
  if (!known) return t('crisis.unknown')
  const numbers = known.lines.map(({ name, number }) =>
    t('crisis.line', { name: typeof name === 'string' ? name : pick(name), number }),
  )
  return [...numbers, t('crisis.emergency', { number: known.emergency })].join(' · ')
}

const EVERYONE: readonly [string, TextKey][] = [
  ['next', 'help.does.next'],
  ['agreement', 'help.does.agreement'],
  ['contact', 'help.does.contact'],
  ['win', 'help.does.win'],
  ['pause', 'help.does.pause'],
  ['leave', 'help.does.leave'],
  ['mydata', 'help.does.mydata'],
  ['privacy', 'help.does.privacy'],
  ['help', 'help.does.help'],
]
const FACILITATORS: readonly [string, TextKey][] = [
  ['new', 'help.does.new'],
  ['roster', 'help.does.roster'],
  ['agreement', 'help.does.agreementEdit'],
  ['schedule', 'help.does.schedule'],
  ['cancel', 'help.does.cancel'],
  ['move', 'help.does.move'],
  ['remind', 'help.does.remind'],
  ['message', 'help.does.message'],
  ['checkin', 'help.does.checkin'],
  ['attendance', 'help.does.attendance'],
  ['summary', 'help.does.summary'],
  ['summary export', 'help.does.summaryExport'],
  ['flag', 'help.does.flag'],
  ['channel', 'help.does.channel'],
  ['edit', 'help.does.edit'],
  ['end', 'help.does.end'],
]
const OTHERS: readonly [string, TextKey][] = [
  ['digest', 'help.does.digest'],
  ['digest settings', 'help.does.digestSettings'],
  ['admin', 'help.does.admin'],
  ['admin staff', 'help.does.adminStaff'],
  ['admin settings', 'help.does.adminSettings'],
  ['admin lines', 'help.does.adminLines'],
]

/** What the commands do. `example` puts the platform's own prefix before a command. */
export function helpCard(texts: Texts, example: (command: string) => string): Card {
  const { t } = texts
  const lines = (commands: readonly [string, TextKey][]) =>
    list(commands.map(([command, does]) => t('help.line', { command: example(command), does: t(does) })))
  return {
    kind: 'help',
    title: t('help.title'),
    notification: t('help.title'),
    blocks: [
      text(t('help.intro')),
      text(t('help.notEmergency')),
      heading(t('help.everyone')),
      lines(EVERYONE),
      heading(t('help.staff')),
      lines(FACILITATORS),
      heading(t('help.others')),
      lines(OTHERS),
    ],
  }
}

/** What is kept, for how long, and who sees what. */
export function privacyCard(
  texts: Texts,
  facts: {
    platform: string
    lines: string
    resultMonths: number
    ledgerDays: number
    thresholds: Thresholds
    example(command: string): string
  },
): Card {
  const { t } = texts
  const least = {
    shared: answersNeeded('shared', facts.thresholds, null),
    staff: answersNeeded('staff', facts.thresholds, null),
  }
  return {
    kind: 'privacy',
    title: t('privacy.title'),
    notification: t('privacy.title'),
    blocks: [
      text(t('privacy.promise')),
      list([
        t('privacy.sealed'),
        t('privacy.counted'),
        t('privacy.enough', least),
        t('privacy.same'),
        t('privacy.pool'),
        t('privacy.operator'),
        t('privacy.platform', { platform: facts.platform }),
      ]),
      heading(t('privacy.kept')),
      list([
        t('privacy.keptAnswers'),
        t('privacy.sums', least),
        t('privacy.keptResults', { months: facts.resultMonths }),
        t('privacy.keptPerson'),
        t('privacy.keptContact', { days: CONTACT_DAYS }),
        t('privacy.keptWords', { least: LEAST_WRITERS, days: WORDS_DAYS }),
        t('privacy.keptWins', { days: WIN_DAYS }),
        t('privacy.keptLedger', { days: facts.ledgerDays }),
        t('privacy.keptAudit', { years: AUDIT_YEARS }),
        t('privacy.keptEnd'),
      ]),
      heading(t('privacy.sees')),
      list([t('privacy.seesMembers'), t('privacy.seesStaff'), t('privacy.seesAdmin')]),
      heading(t('privacy.rights')),
      list(
        (['mydata', 'pause', 'leave'] as const).map((command) =>
          t('help.line', { command: facts.example(command), does: t(`help.does.${command}`) }),
        ),
      ),
      note(t('privacy.notEmergency', { lines: facts.lines })),
    ],
  }
}

/** A check-in that is open for a person: for everybody on its roster alike, whether they answered or not. */
export type OpenCheckIn = { id: string; alias: string; until: string }

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
    upcoming: readonly Upcoming[]
    timeZone: string
    now: Date
  },
): Card {
  const { t } = texts
  const button = (label: TextKey, verb: string, opens: Button['opens']): Button => ({
    label: t(label),
    verb,
    id: null,
    opens,
  })
  const shown: (Button | false)[] = [
    facts.groups.length > 0 && button('home.next', 'next', 'message'),
    facts.groups.length > 0 && button('home.summary', 'summary', 'dialog'),
    facts.isSupervisor && button('home.digest', 'digest', 'dialog'),
    facts.isFacilitator && button('home.roster', 'roster', 'dialog'),
    facts.isFacilitator && button('home.schedule', 'schedule', 'dialog'),
    facts.isFacilitator && button('home.message', 'message', 'dialog'),
    facts.isFacilitator && button('home.attendance', 'attendance', 'dialog'),
    facts.isStaff && button('home.new', 'new', 'dialog'),
    facts.isAdmin && button('home.admin', 'admin', 'message'),
    facts.mayAskForContact && button('contact.button', 'contact', 'dialog'),
    facts.isMember && button('home.win', 'win', 'dialog'),
    facts.isMember && button('home.pause', 'pause', 'dialog'),
    button('home.privacy', 'privacy', 'message'),
    button('button.help', 'help', 'message'),
  ]
  const groups = facts.groups.map(({ alias, next }) =>
    next === null ? t('next.none', { alias }) : t('home.group', { alias, time: next }),
  )
  const open = facts.open.flatMap(({ id, alias, until }): Block[] => [
    text(t('checkin.notice', { alias, time: until })),
    buttons({ label: t('checkin.button'), verb: 'checkin.answer', id, opens: 'dialog', isPrimary: true }),
  ])
  return card('home', t('home.title'), [
    text(t('home.hello')),
    groups.length > 0 ? list(groups) : text(t('home.noGroups')),
    ...open,
    ...upcomingBlocks(texts, facts.upcoming, facts.timeZone, facts.now),
    buttons(...shown.filter((item) => item !== false)),
  ])
}

/** Asks which group a command is for. `draft` is what was typed after it; it goes on with the choice. */
export function pickerCard(
  texts: Texts,
  facts: { verb: string; draft: string | undefined; groups: readonly { id: string; alias: string }[] },
): Card {
  const title = texts.t('picker.title')
  const draft = facts.draft === undefined ? {} : { draft: facts.draft }
  const choices = facts.groups.map(
    ({ id, alias }): Button => ({ label: alias, verb: facts.verb, id, opens: 'dialog', ...draft }),
  )
  return {
    kind: 'picker',
    title,
    notification: title,
    blocks: [text(texts.t('picker.text')), buttons(...choices)],
  }
}
