import type { Language, Texts } from '../content/load.ts'
import { PAUSE_WEEKS } from '../domain/limits.ts'
import { CONTACT_OF_GONE_DAYS } from '../domain/retention.ts'
import { cityOf, formatDate } from '../domain/time.ts'
import type { OwnZone } from '../domain/zone.ts'
import { type Card, card, compact, type Field, type Form, note, text } from './card.ts'

/** A person's choices so far. `quiet` as typed. */
export type PauseDraft = {
  isPaused: boolean
  wantsReminders: boolean
  wantsCheckIns: boolean
  quietFrom: string
  quietUntil: string
  zone: OwnZone
  language: string | null
  languages: readonly Language[]
  linesCountry: string | null
  /** Countries and regions that there are help lines of. */
  countries: readonly string[]
}

/** The zone that hours count in, and how it is known. */
const ZONE_LINES = {
  platform: 'pause.zone',
  group: 'pause.zoneOfGroup',
  nobody: 'pause.zoneUnknown',
} as const
const zoneLine = ({ t }: Texts, { timeZone, isFrom }: OwnZone): string =>
  t(ZONE_LINES[isFrom], { city: cityOf(timeZone) })

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
    hint: `${t('pause.quietHint')} ${zoneLine(texts, draft.zone)}`,
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
      {
        type: 'choice',
        name: 'language',
        label: t('pause.language'),
        options: [
          { value: 'platform', label: t('pause.asPlatform') },
          ...draft.languages.map(({ id, name }) => ({ value: id, label: name })),
        ],
        value: draft.language ?? 'platform',
      },
      {
        type: 'choice',
        name: 'linesCountry',
        label: t('pause.linesCountry'),
        hint: t('pause.linesCountryHint'),
        options: [
          { value: 'zone', label: t('pause.byZone') },
          ...draft.countries
            .map((value) => ({ value, label: countryName(texts, value) }))
            .sort((a, b) => a.label.localeCompare(b.label, texts.language)),
        ],
        value: draft.linesCountry ?? 'zone',
      },
    ],
  }
}

/** A country's name in the reader's language; a region stands behind its country's. */
export function countryName({ language }: Texts, code: string): string {
  const names = new Intl.DisplayNames([language], { type: 'region', fallback: 'code' })
  const [country = code, region] = code.split('-')
  const name = names.of(country) ?? country
  return region ? `${name} (${REGIONS[code] ?? region})` : name
}

/** Regions with lines of their own, as they are called there. */
const REGIONS: Readonly<Record<string, string>> = {
  'GB-NIR': 'Northern Ireland',
  'CA-QC': 'Québec',
}

export function pauseDone(
  texts: Texts,
  facts: {
    pausedUntil: Date | null
    wantsReminders: boolean
    wantsCheckIns: boolean
    quiet: { from: string; until: string } | null
    timeZone: string
    isStaff: boolean
    lines: string
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
    facts.isStaff && note(t('pause.contacts')),
    note(t('checkin.helpNow', { lines: facts.lines })),
  ])
}

export function leaveForm(
  { t }: Texts,
  facts: {
    groupId: string
    alias: string
    isLast: boolean
    /** They asked to be contacted, and that is not closed. */
    isWaiting: boolean
  },
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
    fields: facts.isWaiting
      ? [
          {
            type: 'choice',
            name: 'request',
            label: t('leave.request'),
            options: [
              { value: 'keep', label: t('leave.requestKeep') },
              { value: 'withdraw', label: t('leave.requestWithdraw') },
            ],
            value: 'keep',
            isExpanded: true,
          },
        ]
      : [],
  }
}

export function forgetDone(
  { t }: Texts,
  facts: { isForgotten: boolean; isWaiting: boolean; lines: string },
): Card {
  const key = facts.isForgotten
    ? 'leave.doneForgotten'
    : facts.isWaiting
      ? 'leave.doneKept'
      : 'forget.staff'
  return card('forget-done', t(facts.isWaiting ? 'forget.kept' : 'forget.title'), [
    text(t(key, { days: CONTACT_OF_GONE_DAYS })),
    note(t('checkin.helpNow', { lines: facts.lines })),
  ])
}

export function leaveDone(
  { t }: Texts,
  facts: { alias: string; isForgotten: boolean; isKept?: boolean; lines: string },
): Card {
  return card('leave-done', t('leave.title'), [
    text(t('leave.done', { alias: facts.alias })),
    facts.isKept === true && text(t('leave.doneKept', { days: CONTACT_OF_GONE_DAYS })),
    facts.isForgotten && text(t('leave.doneForgotten')),
    note(t('checkin.helpNow', { lines: facts.lines })),
  ])
}
