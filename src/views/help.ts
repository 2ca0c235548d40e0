import type { TextKey, Texts } from '../content/load.ts'
import type { Example, Verb } from '../domain/verbs.ts'
import { type Button, buttons, type Card, heading, list, text } from './card.ts'

const EVERYONE: readonly [Verb, TextKey][] = [
  ['next', 'help.does.next'],
  ['agreement', 'help.does.agreement'],
  ['contact', 'help.does.contact'],
  ['lines', 'help.does.lines'],
  ['win', 'help.does.win'],
  ['pause', 'help.does.pause'],
  ['leave', 'help.does.leave'],
  ['mydata', 'help.does.mydata'],
  ['privacy', 'help.does.privacy'],
  ['help', 'help.does.help'],
]
const FACILITATORS: readonly [Verb, TextKey][] = [
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
  ['summary.export', 'help.does.summaryExport'],
  ['flag', 'help.does.flag'],
  ['channel', 'help.does.channel'],
  ['edit', 'help.does.edit'],
  ['contact.settings', 'help.does.contactSettings'],
  ['away', 'help.does.away'],
  ['end', 'help.does.end'],
]
const OTHERS: readonly [Verb, TextKey][] = [
  ['digest', 'help.does.digest'],
  ['digest.settings', 'help.does.digestSettings'],
  ['admin', 'help.does.admin'],
  ['admin.staff', 'help.does.adminStaff'],
  ['admin.settings', 'help.does.adminSettings'],
  ['admin.lines', 'help.does.adminLines'],
  ['admin.drill', 'help.does.adminDrill'],
]

/** Says what the commands do. `example` puts the platform's own prefix before a command. */
export function helpCard(texts: Texts, example: Example, helpLines: string): Card {
  const { t } = texts
  const lines = (commands: readonly [Verb, TextKey][]) =>
    list(
      commands.map(([command, does]) =>
        t('help.line', { command: example(command), does: t(does) }),
      ),
    )
  return {
    kind: 'help',
    title: t('help.title'),
    notification: t('help.title'),
    blocks: [
      text(t('help.intro')),
      text(t('help.notEmergency')),
      text(t('checkin.helpNow', { lines: helpLines })),
      heading(t('help.everyone')),
      lines(EVERYONE),
      heading(t('help.staff')),
      lines(FACILITATORS),
      heading(t('help.others')),
      lines(OTHERS),
    ],
  }
}

/**
 * Asks which group a command is for. `draft` is what was typed after it; it goes on with the
 * choice.
 */
export function pickerCard(
  texts: Texts,
  facts: {
    verb: Verb
    draft: string | undefined
    groups: readonly { id: string; alias: string }[]
  },
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
