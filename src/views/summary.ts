import type { Texts } from '../content/load.ts'
import { type DropReason, RELEASE_BUDGET } from '../domain/checkin.ts'
import { formatDate } from '../domain/time.ts'
import { type Block, button, buttons, type Card, compact, heading, note, text } from './card.ts'
import { type Closing, closingBlocks } from './closing.ts'
import { timeWithZone } from './notice.ts'
import { type ResultShown, resultLines } from './result.ts'

/**
 * One that the page shows. `wordsOf`: the check-in whose unit holds words of members; null when
 * there are none.
 */
type Result = ResultShown & { at: Date; wordsOf: string | null }

/** A check-in since then, as far as it has come. `none`: nothing has come to anything yet. */
export type Pending =
  | { state: 'none'; nextCheckInAt: Date | null; openUntil: Date | null }
  | { state: 'counting' }
  /** It closed; its unit publishes with the next one. */
  | { state: 'waiting'; at: Date; title: string }
  | { state: 'dropped'; at: Date; reason: DropReason; least: number }

export type SummaryFacts = {
  groupId: string
  alias: string
  timeZone: string
  /** Of each question set, the newest first. */
  results: readonly Result[]
  pending: readonly Pending[]
  /** Whether results are not shown because their questions are no longer here. */
  areMissing: boolean
  /** Sets whose results did not fit the page. */
  furtherSets: number
  /** Whether there is any result, here or further back. */
  hasMore: boolean
  /** The programme as a whole, once it is over. */
  closing: Closing | null
  nextSessionAt: Date | null
  /** For staff only; null for members. */
  agreement: { accepted: number; members: number } | null
  /** For staff only; null for members. */
  work: GroupWork | null
  /**
   * One thing to open the next session with, in the reader's language; null for members, and before
   * the first session.
   */
  opener: string | null
  /**
   * Whether the newest result may be posted to the group: a facilitator's, of a plan that shares.
   */
  mayPost: boolean
  now: Date
}

/**
 * Sessions of the last four weeks, and what waits for the facilitators. `headcounts`: the latest,
 * oldest first.
 */
export type GroupWork = {
  held: number
  cancelled: number
  headcounts: readonly number[]
  contacts: { count: number; oldestDays: number } | null
  wins: number
}

/** Eight lines or fewer about the group as a whole. */
export function summaryCard(texts: Texts, facts: SummaryFacts): Card {
  const { t } = texts
  const title = t('summary.title', { alias: facts.alias })
  return {
    kind: 'summary',
    title,
    notification: t('leadOn.content'),
    blocks: compact([
      ...(facts.closing ? closingBlocks(texts, facts.closing, facts) : []),
      ...facts.results.flatMap((result) => resultBlocks(texts, facts, result)),
      ...facts.pending.flatMap((pending) => pendingBlocks(texts, facts, pending)),
      facts.areMissing && text(t('summary.missing')),
      facts.furtherSets > 0 && text(t('summary.further', { count: facts.furtherSets })),
      facts.opener !== null && text(t('summary.suggest', { text: facts.opener })),
      ...(facts.work ? workBlocks(texts, facts.work, facts.closing === null) : []),
      facts.agreement &&
        facts.agreement.members > facts.agreement.accepted &&
        text(t('summary.agreed', facts.agreement)),
      facts.nextSessionAt &&
        text(
          t('summary.next', {
            time: timeWithZone(texts, facts.nextSessionAt, facts.timeZone, facts.now),
          }),
        ),
      note(t('summary.cannotTell')),
      facts.hasMore &&
        buttons(
          button(t('trend.four'), 'summary.four', facts.groupId),
          ...(facts.mayPost ? [button(t('summary.post'), 'summary.post', facts.groupId)] : []),
        ),
    ]),
  }
}

/** A programme that is over tells all of its sessions; the last four weeks' are in them. */
function workBlocks({ t }: Texts, work: GroupWork, withSessions: boolean): Block[] {
  const { held, cancelled, headcounts, contacts, wins } = work
  return compact([
    withSessions &&
      text(
        headcounts.length > 0
          ? t('summary.sessionsCame', { held, cancelled, came: headcounts.join(', ') })
          : t('summary.sessions', { held, cancelled }),
      ),
    contacts && text(t('summary.contacts', contacts)),
    wins > 0 && text(t('summary.wins', { count: wins })),
  ])
}

function pendingBlocks(texts: Texts, facts: SummaryFacts, latest: Pending): Block[] {
  const { t } = texts
  const date = (at: Date) => formatDate(at, facts.timeZone, texts.language, facts.now)
  const time = (at: Date) => timeWithZone(texts, at, facts.timeZone, facts.now)
  switch (latest.state) {
    case 'none':
      return compact([
        text(t('summary.none')),
        latest.openUntil !== null && text(t('summary.noneOpen', { time: time(latest.openUntil) })),
        latest.openUntil === null &&
          latest.nextCheckInAt &&
          text(t('summary.noneWhen', { time: time(latest.nextCheckInAt) })),
      ])
    case 'counting':
      return [text(t('summary.counting'))]
    case 'waiting':
      return [text(t('summary.waiting', { set: latest.title, date: date(latest.at) }))]
    case 'dropped':
      return [
        text(
          t(`summary.dropped.${latest.reason}`, {
            date: date(latest.at),
            least: latest.least,
            limit: RELEASE_BUDGET.releases,
          }),
        ),
      ]
  }
}

function resultBlocks(texts: Texts, facts: SummaryFacts, result: Result): Block[] {
  const { t } = texts
  const { at, set, wordsOf } = result
  const date = formatDate(at, facts.timeZone, texts.language, facts.now)
  // Changes that the closing tells from start to end are not told a second time against the one
  // before.
  const course = facts.closing?.courses.find((one) => one.set === set && one.to >= at)
  const told = new Set(course?.disclosed.scales.map(({ scaleId }) => scaleId))
  return compact([
    heading(t('summary.checkIn', { set: texts.pick(set.title), date })),
    ...resultLines(texts, result, told).map(text),
    wordsOf !== null && buttons(button(t('summary.words'), 'checkin.words', wordsOf)),
  ])
}
