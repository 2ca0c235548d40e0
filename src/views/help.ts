import type { CrisisLines, TextKey, Texts } from '../content/load.ts'
import { LEAST_ANSWERS } from '../domain/disclosure.ts'
import { type Button, buttons, type Card, compact, heading, list, note, text } from './card.ts'

/** The help numbers of a country in one line: name and number each. An unknown country gets where to find them. */
export function helpLines({ t }: Texts, country: string, lines: CrisisLines): string {
  const known = lines[country]
  if (!known) return t('crisis.unknown')
  const numbers = known.lines.map(({ name, number }) => t('crisis.line', { name, number }))
  return [...numbers, t('crisis.emergency', { number: known.emergency })].join(' · ')
}

const EVERYONE: readonly [string, TextKey][] = [
  ['next', 'help.does.next'],
  ['privacy', 'help.does.privacy'],
  ['help', 'help.does.help'],
]
const STAFF: readonly [string, TextKey][] = [
  ['summary', 'help.does.summary'],
  ['digest', 'help.does.digest'],
  ['new', 'help.does.new'],
  ['roster', 'help.does.roster'],
  ['schedule', 'help.does.schedule'],
  ['admin staff', 'help.does.adminStaff'],
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
      lines(STAFF),
    ],
  }
}

/** What is kept, for how long, and who sees what. */
export function privacyCard(texts: Texts, facts: { platform: string; lines: string }): Card {
  const { t } = texts
  const least = { shared: LEAST_ANSWERS.shared, staff: LEAST_ANSWERS.staff }
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
        t('privacy.keptResults', least),
        t('privacy.keptPerson'),
        t('privacy.noDeletion'),
      ]),
      note(t('privacy.notEmergency', { lines: facts.lines })),
    ],
  }
}

/** The home card: what this person can do next, by their places. */
export function homeCard(
  texts: Texts,
  facts: {
    groups: readonly string[]
    isStaff: boolean
    isAdmin: boolean
    isFacilitator: boolean
    isSupervisor: boolean
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
    facts.isStaff && button('home.new', 'new', 'dialog'),
    facts.isAdmin && button('home.staff', 'admin staff', 'dialog'),
    button('home.privacy', 'privacy', 'message'),
    button('button.help', 'help', 'message'),
  ]
  const groups = facts.groups.length > 0 ? t('home.groups', { groups: facts.groups.join(', ') }) : t('home.noGroups')
  return {
    kind: 'home',
    title: t('home.title'),
    notification: t('home.title'),
    blocks: compact([text(t('home.hello')), text(groups), buttons(...shown.filter((item) => item !== false))]),
  }
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
