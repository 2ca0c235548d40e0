import type { Texts } from '../content/load.ts'
import { answersNeeded, LEAST_WRITERS, type Thresholds } from '../domain/disclosure.ts'
import { AUDIT_YEARS, CONTACT_DAYS, WIN_DAYS, WORDS_DAYS } from '../domain/retention.ts'
import type { Example } from '../domain/verbs.ts'
import { type Card, heading, list, note, text } from './card.ts'

/** Says what is kept, for how long, and who sees what. */
export function privacyCard(
  texts: Texts,
  facts: {
    platform: string
    lines: string
    /** The organisation that answers for the data, whom to ask there, where to complain. */
    controller: { name: string; responsible: string | null; complaints: string | null }
    resultMonths: number
    ledgerDays: number
    thresholds: Thresholds
    example: Example
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
        t('privacy.collude'),
        t('privacy.operator'),
        t('privacy.platform', { platform: facts.platform }),
      ]),
      heading(t('privacy.kept')),
      list([
        t('privacy.keptAnswers'),
        t('privacy.sums'),
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
      heading(t('privacy.controller')),
      list([
        t('privacy.controllerIs', { name: facts.controller.name }),
        facts.controller.responsible ?? t('privacy.askStaff'),
        t('privacy.complain', { place: facts.controller.complaints ?? t('privacy.authority') }),
      ]),
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
