import type { QuestionSet, Texts } from '../content/load.ts'
import type { Disclosed, DisclosedTotal } from '../domain/disclosure.ts'
import { formatDate } from '../domain/time.ts'
import { type Card, compact, heading, list, note, text } from './card.ts'
import { type Notice, notice } from './notice.ts'
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
}

/** One question set over all groups that were asked it. */
export type Total = { set: QuestionSet; disclosed: DisclosedTotal }

export function digestNotice({ t }: Texts, digestId: string): Notice {
  const button = { label: t('button.open'), verb: 'digest', id: digestId, opens: 'dialog', isPrimary: true } as const
  return notice('digest-notice', t('digest.notice'), button)
}

/** One week over all groups of a supervisor, in the order of their names: no ranking. */
export function digestCard(
  texts: Texts,
  facts: {
    startsAt: Date
    endsAt: Date
    timeZone: string
    groups: readonly DigestGroup[]
    totals: readonly Total[]
    now: Date
  },
): Card {
  const { t } = texts
  const date = (at: Date) => formatDate(at, facts.timeZone, texts.language, facts.now)
  const isQuiet = facts.groups.every(
    (group) => group.held + group.cancelled + group.results.length + group.droppedCheckIns === 0,
  )
  return {
    kind: 'digest',
    title: t('digest.title'),
    notification: t('digest.notice'),
    blocks: compact([
      text(t('digest.window', { from: date(facts.startsAt), to: date(facts.endsAt) })),
      facts.groups.length === 0 && text(t('digest.noGroups')),
      facts.groups.length > 0 && isQuiet && text(t('digest.quiet')),
      ...(isQuiet ? [] : facts.groups.flatMap((group) => [heading(group.alias), list(groupLines(texts, group))])),
      facts.totals.length > 0 && heading(t('digest.together')),
      facts.totals.length > 0 && list(facts.totals.flatMap((total) => totalLines(texts, total))),
      note(t('digest.cannotTell')),
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
  const lines = [t('digest.sessions', { held: group.held, cancelled: group.cancelled })]
  if (group.sessionNumber !== null)
    lines.push(t('digest.session', { number: group.sessionNumber, total: group.sessionTotal }))
  for (const { set, disclosed } of group.results) {
    if (disclosed.kind === 'tooFew') lines.push(t('digest.notShown'))
    else if (disclosed.kind === 'lost') lines.push(t('digest.lost'))
    else {
      lines.push(t('summary.answered', { band: t(`summary.answered.${disclosed.response}`) }))
      lines.push(...disclosed.scales.flatMap((scale) => scaleLines(texts, set, scale)))
    }
  }
  if (group.droppedCheckIns > 0) lines.push(t('digest.dropped'))
  return lines
}
