import type { CrisisLines, OwnLines, Texts } from '../content/load.ts'
import { MAX_HELP_LINES, MAX_LINE_CHARS } from '../domain/limits.ts'
import { type Card, card, type Form, note, text } from './card.ts'

/** `now` is the line as people see it; empty fields bring the built-in lines back. */
export function helpLinesForm(
  { t }: Texts,
  facts: { now: string; emergency: string; lines: string; days: number },
): Form {
  return {
    kind: 'help-lines-form',
    verb: 'admin.lines.submit',
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

/**
 * The help numbers in one line, name and number each: the organisation's own, or else its
 * country's. Where both are missing, where to find them.
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
