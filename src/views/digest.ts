import type { QuestionSet, Texts } from '../content/load.ts'
import type { Attention } from '../domain/digest.ts'
import { BANDS, type ResponseBand } from '../domain/disclosure.ts'
import { GROUPS_ON_PAGE, LINES_ON_PAGE } from '../domain/limits.ts'
import { stageOf } from '../domain/stage.ts'
import { formatDate } from '../domain/time.ts'
import type { DisclosedTotal } from '../domain/together.ts'
import { button, buttons, type Card, compact, heading, list, note, text } from './card.ts'
import { type Notice, notice } from './notice.ts'
import { type ResultShown, resultLines } from './result.ts'

export type DigestGroup = {
  alias: string
  /** It ended in the window. */
  hasEnded: boolean
  /** Whether results are not shown because their questions are no longer here. */
  areMissing: boolean
  held: number
  cancelled: number
  /** Of the latest session held in the window; null when none was. */
  sessionNumber: number | null
  sessionTotal: number
  results: readonly (ResultShown & { at: Date })[]
  droppedCheckIns: number
  /** Members whom staff took off the roster while a check-in was open, and in the last weeks. */
  removals: number
  removedLately: number
  /** Requests to be contacted that nobody has closed, the oldest first, and drills on their way. */
  open: readonly { createdAt: Date; isTaken: boolean; isDrill: boolean }[]
  /** All who lead it are away; null: somebody is there. */
  away: { until: Date; hasStandIn: boolean } | null
  drilledAt: Date | null
  takesRequests: boolean
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
  const button = {
    label: t('button.open'),
    verb: 'digest',
    id: digestId,
    opens: 'dialog',
    isPrimary: true,
  } as const
  return notice('digest-notice', t('digest.notice'), button)
}

/** One week over all groups of a supervisor, what needs attention first: no ranking. */
export function digestCard(
  texts: Texts,
  facts: {
    startsAt: Date
    endsAt: Date
    timeZone: string
    /** In the order in which they need attention. */
    groups: readonly DigestGroup[]
    totals: readonly Total[]
    areLinesOld: boolean
    /** Null: the last seven days. */
    digestId: string | null
    /** The page that is asked for, from 1. */
    page: number
    now: Date
  },
): Card {
  const { t } = texts
  const date = (at: Date) => formatDate(at, facts.timeZone, texts.language, facts.now)
  const pages = pagesOf(texts, facts.groups, date)
  const page = Math.min(pages.length, Math.max(1, facts.page))
  const isQuiet = facts.groups.every(
    ({ held, cancelled, results, attention, contacts, open, away, drilledAt, ...group }) =>
      held + cancelled + results.length + attention.length + contacts.promised + open.length ===
        0 &&
      away === null &&
      drilledAt === null &&
      group.removedLately === 0 &&
      !group.hasEnded &&
      !group.areMissing,
  )
  const undrilled = facts.groups.filter(
    ({ takesRequests, drilledAt, open }) =>
      takesRequests && drilledAt === null && !open.some(({ isDrill }) => isDrill),
  ).length
  return {
    kind: 'digest',
    title: t('digest.title'),
    notification: t('digest.notice'),
    blocks: compact([
      text(t('digest.window', { from: date(facts.startsAt), to: date(facts.endsAt) })),
      !isQuiet && pages.length > 1 && text(t('digest.page', { page, pages: pages.length })),
      facts.groups.length === 0 && text(t('digest.noGroups')),
      facts.groups.length > 0 && isQuiet && text(t('digest.quiet')),
      ...(isQuiet
        ? []
        : (pages[page - 1] ?? []).flatMap(({ alias, lines }) => [
            heading(alias),
            ...chunks(lines).map(list),
          ])),
      page === 1 && facts.totals.length > 0 && heading(t('digest.together')),
      page === 1 &&
        facts.totals.length > 0 &&
        list(facts.totals.flatMap((total) => totalLines(texts, total))),
      page === 1 && undrilled > 0 && text(t('digest.neverDrilled', { count: undrilled })),
      facts.areLinesOld && text(t('digest.oldLines')),
      facts.groups.some(tellsAMove) && note(t('digest.chance')),
      note(t('digest.cannotTell')),
      buttons(
        ...(!isQuiet && page < pages.length
          ? [{ ...button(t('digest.more'), 'digest', facts.digestId), draft: String(page + 1) }]
          : []),
        button(t('digest.when'), 'digest.settings', null),
      ),
    ]),
  }
}

const tellsAMove = ({ results }: DigestGroup): boolean =>
  results.some(
    ({ disclosed }) =>
      disclosed.kind === 'shown' &&
      disclosed.scales.some(({ change }) => change === 'higher' || change === 'lower'),
  )

type GroupText = { alias: string; lines: string[] }

/** The groups by pages: as many as one view shows whole, at least one on each. */
function pagesOf(
  texts: Texts,
  groups: readonly DigestGroup[],
  date: (at: Date) => string,
): GroupText[][] {
  const pages: GroupText[][] = [[]]
  let room = LINES_ON_PAGE
  for (const group of groups) {
    const lines = groupLines(texts, group, date)
    const current = pages.at(-1) ?? []
    if (current.length > 0 && (current.length === GROUPS_ON_PAGE || lines.length > room)) {
      pages.push([])
      room = LINES_ON_PAGE
    }
    pages.at(-1)?.push({ alias: group.alias, lines })
    room -= lines.length
  }
  return pages
}

/** A list that fits one block on every platform. */
const LINES_IN_BLOCK = 12
const chunks = (lines: readonly string[]): string[][] =>
  Array.from({ length: Math.ceil(lines.length / LINES_IN_BLOCK) }, (_, index) =>
    lines.slice(index * LINES_IN_BLOCK, (index + 1) * LINES_IN_BLOCK),
  )

function totalLines(texts: Texts, { set, disclosed }: Total): string[] {
  const titleOf = (scaleId: string) => {
    const scale = set.scales.find(({ id }) => id === scaleId)
    return scale ? texts.pick(scale.title) : scaleId
  }
  return disclosed.scales.map(({ scaleId, groups }) => {
    const bands = BANDS.filter((band) => groups[band] > 0)
    const counted = bands.map((band) => texts.t(`digest.groups.${band}`, { count: groups[band] }))
    return texts.t('summary.scale', { scale: titleOf(scaleId), band: counted.join(', ') })
  })
}

function groupLines(texts: Texts, group: DigestGroup, date: (at: Date) => string): string[] {
  const { t } = texts
  const lines = group.open
    .filter(({ isDrill }) => !isDrill)
    .map(({ createdAt, isTaken }) =>
      t(isTaken ? 'digest.contactTaken' : 'digest.contactWaits', { date: date(createdAt) }),
    )
  if (group.attention.includes('nobodyThere')) lines.push(t('digest.nobodyThere'))
  if (group.away)
    lines.push(
      t(group.away.hasStandIn ? 'digest.awayStandIn' : 'digest.away', {
        date: date(group.away.until),
      }),
    )
  if (group.flag) lines.push(t(`digest.flag.${group.flag}`))
  if (group.hasEnded) lines.push(t('digest.ended'))
  lines.push(t('digest.sessions', { held: group.held, cancelled: group.cancelled }))
  if (group.sessionNumber !== null)
    lines.push(
      t('digest.session', {
        number: group.sessionNumber,
        total: group.sessionTotal,
        stage: t(`stage.${stageOf(group.sessionNumber, group.sessionTotal)}`),
      }),
    )
  if (group.attendance)
    lines.push(t('digest.came', { band: t(`summary.answered.${group.attendance}`) }))
  for (const result of group.results) {
    const { at, set, disclosed } = result
    lines.push(t('digest.result', { set: texts.pick(set.title), date: date(at) }))
    if (disclosed.kind === 'tooFew') lines.push(t('digest.notShown'))
    else if (disclosed.kind === 'lost') lines.push(t('digest.lost'))
    else lines.push(...resultLines(texts, result))
  }
  if (group.areMissing) lines.push(t('summary.missing'))
  if (group.removals > 0) lines.push(t('digest.removals', { count: group.removals }))
  if (group.removedLately > 0) lines.push(t('digest.removedLately', { count: group.removedLately }))
  if (group.droppedCheckIns > 0) lines.push(t('digest.dropped'))
  if (group.contacts.promised > 0) lines.push(t('digest.contacts', group.contacts))
  const drill = group.open.find(({ isDrill }) => isDrill)
  if (drill) lines.push(t('digest.drillWaits', { date: date(drill.createdAt) }))
  else if (group.drilledAt) lines.push(t('digest.drilled', { date: date(group.drilledAt) }))
  if (group.undelivered > 0) lines.push(t('digest.undelivered', { count: group.undelivered }))
  for (const problem of ['cancelled', 'nobodyForContact', 'noBackup'] as const)
    if (group.attention.includes(problem)) lines.push(t(`digest.${problem}`))
  return lines
}
