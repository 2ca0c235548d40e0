import type { Language, Texts } from '../content/load.ts'
import { MAX_HELP_LINES, MAX_LINE_CHARS, MOST_ANSWERS_NEEDED } from '../domain/limits.ts'
import { LONGEST_RETENTION } from '../domain/retention.ts'
import { button, buttons, type Card, card, type Form, heading, list, note, text } from './card.ts'

/** What failed in the last days: in which words, how often, and what to do. */
export type FailedLine = { count: number; what: string; why: string; todo: string }

/** The health of deliveries, and where an admin goes on from. */
export function adminCard(
  texts: Texts,
  facts: { troubles: readonly string[]; failed: readonly FailedLine[]; days: number; areLinesOld: boolean },
): Card {
  const { t } = texts
  return card('admin', t('admin.title'), [
    heading(t('admin.connections')),
    list(facts.troubles.length > 0 ? facts.troubles : [t('admin.connectionsFine')]),
    heading(t('admin.failed', { days: facts.days })),
    list(facts.failed.length > 0 ? facts.failed.map((line) => t('admin.failedLine', line)) : [t('admin.failedNone')]),
    facts.areLinesOld && text(t('admin.oldLines')),
    note(t('admin.note')),
    buttons(
      button(t('home.staff'), 'admin staff', null),
      button(t('admin.settings'), 'admin settings', null),
      button(t('lines.title'), 'admin lines', null),
      button(t('home.privacy'), 'privacy', null, 'message'),
    ),
  ])
}

export function settingsForm(
  texts: Texts,
  facts: {
    languages: readonly Language[]
    language: string
    holidays: string
    country: string
    resultMonths: number
    ledgerDays: number
    leastShared: number
    leastStaff: number
  },
): Form {
  const { t } = texts
  const { resultMonths, ledgerDays } = LONGEST_RETENTION
  return {
    kind: 'settings-form',
    verb: 'admin settings.submit',
    id: null,
    title: t('admin.settings'),
    submitLabel: t('button.save'),
    closeLabel: t('button.cancel'),
    intro: [text(t('settings.intro'))],
    fields: [
      {
        type: 'choice',
        name: 'language',
        label: t('settings.language'),
        hint: t('settings.languageHint'),
        options: facts.languages.map(({ id, name }) => ({ value: id, label: name })),
        value: facts.language,
      },
      {
        type: 'text',
        name: 'holidays',
        label: t('edit.holidays'),
        hint: t('settings.holidaysHint', { country: facts.country }),
        value: facts.holidays,
        maxLength: 12,
        isOptional: true,
      },
      {
        type: 'text',
        name: 'resultMonths',
        label: t('settings.resultMonths'),
        hint: t('settings.downwards', { from: 1, to: resultMonths }),
        value: String(facts.resultMonths),
        maxLength: 2,
      },
      {
        type: 'text',
        name: 'ledgerDays',
        label: t('settings.ledgerDays'),
        hint: t('settings.downwards', { from: 7, to: ledgerDays }),
        value: String(facts.ledgerDays),
        maxLength: 2,
      },
      ...(['leastShared', 'leastStaff'] as const).map((name) => ({
        type: 'text' as const,
        name,
        label: t(`settings.${name}`),
        hint: t('settings.upwards', { from: facts[name], to: MOST_ANSWERS_NEEDED }),
        value: String(facts[name]),
        maxLength: 2,
      })),
    ],
  }
}

export function settingsDone(
  { t }: Texts,
  facts: { resultMonths: number; ledgerDays: number; leastShared: number; leastStaff: number },
): Card {
  return card('settings-done', t('admin.settings'), [
    text(t('settings.done')),
    text(t('privacy.keptResults', { months: facts.resultMonths })),
    text(t('privacy.keptLedger', { days: facts.ledgerDays })),
    text(t('settings.leastDone', { shared: facts.leastShared, staff: facts.leastStaff })),
  ])
}

/** `now` is the line as people see it; empty fields bring the built-in lines back. */
export function helpLinesForm(
  { t }: Texts,
  facts: { now: string; emergency: string; lines: string; days: number },
): Form {
  return {
    kind: 'help-lines-form',
    verb: 'admin lines.submit',
    id: null,
    title: t('lines.title'),
    submitLabel: t('button.save'),
    closeLabel: t('button.cancel'),
    intro: [
      text(t('lines.intro')),
      text(t('lines.now', { lines: facts.now })),
      note(t('lines.check', { days: facts.days })),
    ],
    fields: [
      {
        type: 'text',
        name: 'emergency',
        label: t('lines.emergency'),
        hint: t('lines.emergencyHint'),
        value: facts.emergency,
        maxLength: 26,
        isOptional: true,
      },
      {
        type: 'text',
        name: 'lines',
        label: t('lines.lines'),
        hint: t('lines.linesHint'),
        value: facts.lines,
        maxLength: MAX_HELP_LINES * (MAX_LINE_CHARS + 1),
        isLong: true,
        isOptional: true,
      },
    ],
  }
}

export function helpLinesDone({ t }: Texts, facts: { lines: string; days: number }): Card {
  return card('help-lines-done', t('lines.title'), [
    text(t('lines.done')),
    text(facts.lines),
    note(t('lines.check', { days: facts.days })),
  ])
}

export function channelCard({ t }: Texts, facts: { state: 'set' | 'removed'; alias: string }): Card {
  return card('channel', t('channel.title'), [
    text(t(`channel.${facts.state}`, { alias: facts.alias })),
    facts.state === 'set' && text(t('channel.what')),
  ])
}
