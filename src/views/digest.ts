import type { Language, QuestionSet, Texts } from '../content/load.ts'
import type { Attention } from '../domain/digest.ts'
import type { Disclosed, DisclosedTotal, ResponseBand } from '../domain/disclosure.ts'
import { stageOf } from '../domain/stage.ts'
import { formatDate } from '../domain/time.ts'
import { button, buttons, type Card, card, compact, type Form, heading, list, note, text } from './card.ts'
import { type Notice, notice, timeWithZone } from './notice.ts'
import { scaleLines } from './summary.ts'

export type DigestGroup = {
  alias: string
  held: number
  cancelled: number
  /** Of the latest session held in the window; null when none was. */
  sessionNumber: number | null
  sessionTotal: number
  results: readonly { set: QuestionSet; disclosed: Disclosed }[]
  droppedCheckIns: number
  /** Null: no headcount was given. */
  attendance: ResponseBand | null
  flag: 'talk' | 'cofacilitation' | null
  contacts: { promised: number; inTime: number }
  undelivered: number
  attention: readonly Attention[]
}

/** One question set over all groups that were asked it. */
export type Total = { set: QuestionSet; disclosed: DisclosedTotal }

export function digestNotice({ t }: Texts, digestId: string): Notice {
  const button = { label: t('button.open'), verb: 'digest', id: digestId, opens: 'dialog', isPrimary: true } as const
  return notice('digest-notice', t('digest.notice'), button)
}

/** One week over all groups of a supervisor, what needs attention first: no ranking. */
export function digestCard(
  texts: Texts,
  facts: {
    startsAt: Date
    endsAt: Date
    timeZone: string
    groups: readonly DigestGroup[]
    totals: readonly Total[]
    areLinesOld: boolean
    /** Null: the last seven days. */
    digestId: string | null
    page: number
    pages: number
    now: Date
  },
): Card {
  const { t } = texts
  const date = (at: Date) => formatDate(at, facts.timeZone, texts.language, facts.now)
  const isQuiet = facts.groups.every(
    (group) => group.held + group.cancelled + group.results.length + group.attention.length === 0,
  )
  return {
    kind: 'digest',
    title: t('digest.title'),
    notification: t('digest.notice'),
    blocks: compact([
      text(t('digest.window', { from: date(facts.startsAt), to: date(facts.endsAt) })),
      facts.pages > 1 && text(t('digest.page', { page: facts.page, pages: facts.pages })),
      facts.groups.length === 0 && text(t('digest.noGroups')),
      facts.groups.length > 0 && isQuiet && text(t('digest.quiet')),
      ...(isQuiet ? [] : facts.groups.flatMap((group) => [heading(group.alias), list(groupLines(texts, group))])),
      facts.page === 1 && facts.totals.length > 0 && heading(t('digest.together')),
      facts.page === 1 && facts.totals.length > 0 && list(facts.totals.flatMap((total) => totalLines(texts, total))),
      facts.areLinesOld && text(t('digest.oldLines')),
      note(t('digest.cannotTell')),
      buttons(
        ...(facts.page < facts.pages
          ? [{ ...button(t('digest.more'), 'digest', facts.digestId), draft: String(facts.page + 1) }]
          : []),
        button(t('digest.when'), 'digest settings', null),
      ),
    ]),
  }
}

function totalLines(texts: Texts, { set, disclosed }: Total): string[] {
  const titleOf = (scaleId: string) => {
    const scale = set.scales.find(({ id }) => id === scaleId)
    return scale ? texts.pick(scale.title) : scaleId
  }
  return disclosed.scales.map(({ scaleId, band }) =>
    texts.t('summary.scale', { scale: titleOf(scaleId), band: texts.t(`summary.band.${band}`) }),
  )
}

function groupLines(texts: Texts, group: DigestGroup): string[] {
  const { t } = texts
  const lines = group.flag ? [t(`digest.flag.${group.flag}`)] : []
  lines.push(t('digest.sessions', { held: group.held, cancelled: group.cancelled }))
  if (group.sessionNumber !== null)
    lines.push(
      t('digest.session', {
        number: group.sessionNumber,
        total: group.sessionTotal,
        stage: t(`stage.${stageOf(group.sessionNumber, group.sessionTotal)}`),
      }),
    )
  if (group.attendance) lines.push(t('digest.came', { band: t(`summary.answered.${group.attendance}`) }))
  for (const { set, disclosed } of group.results) {
    if (disclosed.kind === 'tooFew') lines.push(t('digest.notShown'))
    else if (disclosed.kind === 'lost') lines.push(t('digest.lost'))
    else {
      lines.push(t('summary.answered', { band: t(`summary.answered.${disclosed.response}`) }))
      lines.push(...disclosed.scales.flatMap((scale) => scaleLines(texts, set, scale)))
    }
  }
  if (group.droppedCheckIns > 0) lines.push(t('digest.dropped'))
  if (group.contacts.promised > 0) lines.push(t('digest.contacts', group.contacts))
  if (group.undelivered > 0) lines.push(t('digest.undelivered', { count: group.undelivered }))
  for (const problem of ['cancelled', 'nobodyForContact', 'noBackup'] as const)
    if (group.attention.includes(problem)) lines.push(t(`digest.${problem}`))
  return lines
}

/** A null language is the platform's. */
export function digestSettingsForm(
  texts: Texts,
  plan: { weekday: number; localTime: string; timeZone: string; language: string | null },
  languages: readonly Language[],
): Form {
  const { t } = texts
  const dayName = new Intl.DateTimeFormat(texts.language, { weekday: 'long', timeZone: 'UTC' })
  return {
    kind: 'digest-settings-form',
    verb: 'digest settings.submit',
    id: null,
    title: t('digest.when'),
    submitLabel: t('button.save'),
    closeLabel: t('button.cancel'),
    intro: [text(t('digest.whenIntro'))],
    fields: [
      {
        type: 'choice',
        name: 'weekday',
        label: t('digest.weekday'),
        // 5 January 1970 was a Monday.
        options: Array.from({ length: 7 }, (_, index) => ({
          value: String(index + 1),
          label: dayName.format(new Date((4 + index) * 24 * 3_600_000)),
        })),
        value: String(plan.weekday),
      },
      {
        type: 'text',
        name: 'time',
        label: t('digest.time'),
        hint: t('digest.timeHint'),
        value: plan.localTime,
        maxLength: 5,
      },
      {
        type: 'text',
        name: 'timeZone',
        label: t('digest.zone'),
        hint: t('digest.zoneHint'),
        value: plan.timeZone,
        maxLength: 60,
      },
      {
        type: 'choice',
        name: 'language',
        label: t('digest.language'),
        options: [
          { value: 'own', label: t('digest.languageOwn') },
          ...languages.map(({ id, name }) => ({ value: id, label: name })),
        ],
        value: plan.language ?? 'own',
      },
    ],
  }
}

export function digestSettingsDone(texts: Texts, facts: { dueAt: Date; timeZone: string; now: Date }): Card {
  const time = timeWithZone(texts, facts.dueAt, facts.timeZone, facts.now)
  return card('digest-settings-done', texts.t('digest.when'), [text(texts.t('digest.whenDone', { time }))])
}

/** `now` is what stands; null: nothing. */
export function flagForm(
  { t }: Texts,
  facts: { groupId: string; alias: string; flags: readonly ('talk' | 'cofacilitation')[]; now: string | null },
): Form {
  return {
    kind: 'flag-form',
    verb: 'flag.submit',
    id: facts.groupId,
    title: t('flag.title'),
    submitLabel: t('button.save'),
    closeLabel: t('button.cancel'),
    intro: [text(t('flag.intro', { alias: facts.alias }))],
    fields: [
      {
        type: 'choice',
        name: 'flag',
        label: t('flag.label'),
        options: [
          ...facts.flags.map((value) => ({ value, label: t(`flag.${value}`) })),
          { value: 'none', label: t('flag.none') },
        ],
        value: facts.now ?? 'none',
        isExpanded: true,
      },
    ],
  }
}

export function flagDone({ t }: Texts, flag: 'talk' | 'cofacilitation' | null): Card {
  return card('flag-done', t('flag.title'), [text(flag ? t('flag.done', { text: t(`flag.${flag}`) }) : t('flag.gone'))])
}
