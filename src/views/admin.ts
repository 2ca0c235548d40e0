import type { Language, Texts } from '../content/load.ts'
import { MAX_LINE_OF_SETTINGS, MOST_ANSWERS_NEEDED } from '../domain/limits.ts'
import { LONGEST_RETENTION } from '../domain/retention.ts'
import { button, buttons, type Card, card, type Form, heading, list, note, text } from './card.ts'
import { elsewhereHint, type ShownPerson } from './elsewhere.ts'

/** Failures of the last days: in which words, how often, and what to do. */
export type FailedLine = { count: number; what: string; why: string; todo: string }

/** The health of deliveries, and where an admin goes on from. */
export function adminCard(
  texts: Texts,
  facts: {
    troubles: readonly string[]
    failed: readonly FailedLine[]
    days: number
    areLinesOld: boolean
    /** 'gone': the one who is named is not staff any more, or nothing reaches them. */
    safetyContact: 'there' | 'gone' | 'none'
  },
): Card {
  const { t } = texts
  return card('admin', t('admin.title'), [
    facts.safetyContact === 'none' && text(t('admin.noSafetyContact')),
    facts.safetyContact === 'gone' && text(t('admin.safetyContactGone')),
    heading(t('admin.connections')),
    list(facts.troubles.length > 0 ? facts.troubles : [t('admin.connectionsFine')]),
    heading(t('admin.failed', { days: facts.days })),
    list(
      facts.failed.length > 0
        ? facts.failed.map((line) => t('admin.failedLine', line))
        : [t('admin.failedNone')],
    ),
    facts.areLinesOld && text(t('admin.oldLines')),
    note(t('admin.note')),
    buttons(
      button(t('home.staff'), 'admin.staff', null),
      button(t('admin.settings'), 'admin.settings', null),
      button(t('lines.title'), 'admin.lines', null),
      button(t('drill.title'), 'admin.drill', null),
      button(t('home.privacy'), 'privacy', null, 'card'),
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
    safetyContact: ShownPerson
    responsible: string
    complaints: string
  },
): Form {
  const { t } = texts
  const { resultMonths, ledgerDays } = LONGEST_RETENTION
  return {
    kind: 'settings-form',
    verb: 'admin.settings.submit',
    id: null,
    title: t('admin.settings'),
    submitLabel: t('button.save'),
    closeLabel: t('button.cancel'),
    merges: {},
    intro: [text(t('settings.intro'))],
    fields: [
      {
        type: 'people',
        name: 'safetyContact',
        label: t('settings.safetyContact'),
        hint: elsewhereHint(t, facts.safetyContact, 'settings.safetyContactHint'),
        value: facts.safetyContact.externalId ? [facts.safetyContact.externalId] : [],
        limit: 1,
      },
      ...(['responsible', 'complaints'] as const).map((name) => ({
        type: 'text' as const,
        name,
        label: t(`settings.${name}`),
        hint: t(`settings.${name}Hint`),
        value: facts[name],
        maxLength: MAX_LINE_OF_SETTINGS,
        isOptional: true,
      })),
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
  facts: {
    resultMonths: number
    ledgerDays: number
    leastShared: number
    leastStaff: number
    safetyContact: string | null
  },
): Card {
  return card('settings-done', t('admin.settings'), [
    text(t('settings.done')),
    text(
      facts.safetyContact === null
        ? t('settings.noSafetyContact')
        : t('settings.safetyContactNow', { name: facts.safetyContact }),
    ),
    text(t('privacy.keptResults', { months: facts.resultMonths })),
    text(t('privacy.keptLedger', { days: facts.ledgerDays })),
    text(t('settings.leastDone', { shared: facts.leastShared, staff: facts.leastStaff })),
  ])
}
