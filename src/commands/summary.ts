import { MOST_STATEMENTS } from '../domain/change.ts'
import { DROP_REASONS } from '../domain/checkin.ts'
import { mayMembersSee } from '../domain/disclosure.ts'
import { LEAST_MEMBERS_AT_OPEN } from '../domain/limits.ts'
import { stageOf } from '../domain/stage.ts'
import { findingOf, openerFor } from '../domain/summary.ts'
import { DAY_MS, plus } from '../domain/time.ts'
import { UserError } from '../errors.ts'
import { listLatest, listOpen, nextPlanned } from '../store/checkin.ts'
import { countAgreement } from '../store/roster.ts'
import { listEnded } from '../store/session.ts'
import { listNext, type NextSession } from '../store/session-place.ts'
import { getUnit } from '../store/unit.ts'
import { listWins } from '../store/win.ts'
import { type GroupWork, type Pending, summaryCard } from '../views/summary.ts'
import { resultText } from '../views/trend.ts'
import { closingOf } from './closing.ts'
import { type Context, command, groupOf } from './command.ts'
import { listReadable } from './contact-path.ts'
import { groupInput } from './input.ts'
import { offerAsMessage } from './message-draft.ts'
import { newestOfEach, postable, resultsOf, type ShownResult } from './results.ts'

/** The group as a whole, through the gate. Members see the same result where the plan shares it. */
export const summary = command({
  verb: 'summary',
  opens: 'content',
  isTyped: true,
  access: { who: 'group', roles: ['member', 'facilitator', 'supervisor'] },
  subject: 'group',
  worksAfterEnd: true,
  effect: 'audited',
  input: groupInput,
  run: async (context) => {
    const { texts, now, role } = context
    const group = groupOf(context)
    const isStaff = role !== 'member'
    const { results, areMissing } = await resultsOf(context)
    const newest = newestOfEach(results)
    const shown = fitting(newest)
    const [next] = await listNext(context, [group.id], now, 1)
    const mayPost = role === 'facilitator' && group.endedAt === null && postable(results) !== null
    const facts = {
      groupId: group.id,
      alias: group.alias,
      timeZone: group.timeZone,
      closing: next ? null : await closingOf(context, results, shown),
      results: shown.map(({ row, ...result }) => ({
        ...result,
        at: row.sessionAt,
        wordsOf: row.hasWords ? row.lastCheckInId : null,
      })),
      pending: await pendingOf(context, newest, areMissing),
      areMissing,
      furtherSets: newest.length - shown.length,
      hasMore: results.length > 0,
      work: isStaff ? await workOf(context) : null,
      opener: isStaff && next ? openerOf(context, next, shown) : null,
      mayPost,
      nextSessionAt: next?.startsAt ?? null,
      agreement: isStaff ? await countAgreement(context, group.id) : null,
      now,
    }
    return {
      reply: { type: 'content', card: summaryCard(texts, facts) },
      audit: context.role === 'member' ? [] : [{ action: 'summary.opened', subjectId: group.id }],
    }
  },
})

/** How far back sessions are told of. */
const WORK_DAYS = 28
/** Headcounts that are told: enough to see a trend. */
const HEADCOUNTS = 4

/** Sessions of the last four weeks, headcounts, and what waits for the facilitators. */
async function workOf(context: Context): Promise<GroupWork> {
  const { now, role } = context
  const { id } = groupOf(context)
  const ended = await listEnded(context, [id], {
    startsAt: plus(now, -WORK_DAYS * DAY_MS),
    endsAt: now,
  })
  const held = ended.filter(({ state }) => state === 'planned')
  const contacts = (await listReadable(context, id)).filter(({ isDrill }) => !isDrill)
  const oldest = contacts[0]
  return {
    held: held.length,
    cancelled: ended.length - held.length,
    headcounts: held.flatMap(({ headcount }) => headcount ?? []).slice(-HEADCOUNTS),
    contacts: oldest
      ? {
          count: contacts.length,
          oldestDays: Math.floor((now.getTime() - oldest.createdAt.getTime()) / DAY_MS),
        }
      : null,
    // Only facilitators decide on them.
    wins: role === 'facilitator' ? (await listWins(context, [id])).length : 0,
  }
}

function openerOf(
  { texts, content }: Context,
  next: NextSession,
  shown: readonly ShownResult[],
): string | null {
  const opener = openerFor(
    content.openers,
    stageOf(next.number, next.total),
    findingOf(shown),
    next.number,
  )
  return opener && texts.pick(opener.text)
}

/** Sets that a summary shows; more is a report. */
const MOST_SETS = 3

/**
 * The newest results whose scales together fit one page; the others stand under "the last four".
 */
function fitting(newest: readonly ShownResult[]): ShownResult[] {
  let room = MOST_STATEMENTS
  const shown: ShownResult[] = []
  for (const result of newest) {
    const needed = result.set.scales.length
    if (needed > room || shown.length === MOST_SETS) continue
    room -= needed
    shown.push(result)
  }
  return shown
}

/**
 * Check-ins since then that have no result yet or get none. Those for staff alone do not exist for
 * members.
 */
async function pendingOf(
  context: Context,
  newest: readonly ShownResult[],
  areMissing: boolean,
): Promise<Pending[]> {
  const { now, role } = context
  const { id } = groupOf(context)
  const rows = await listLatest(context, id)
  const pending: Pending[] = []
  for (const row of rows.filter(({ audience }) => role !== 'member' || mayMembersSee(audience))) {
    const one = newest.some((result) => result.row.unitId === row.unitId)
      ? null
      : await stateOf(context, row)
    if (one) pending.push(one)
  }
  if (pending.length > 0 || newest.length > 0 || areMissing) return pending.slice(0, MOST_SETS)
  const openOne = (await listOpen(context, id))[0] ?? null
  const planned = await nextPlanned(context, id, now)
  return [
    {
      state: 'none',
      nextCheckInAt: planned?.opensAt ?? null,
      openUntil: openOne?.closesAt ?? null,
    },
  ]
}

type LatestRow = Awaited<ReturnType<typeof listLatest>>[number]

async function stateOf(context: Context, row: LatestRow): Promise<Pending | null> {
  const { texts, content, role } = context
  const { at } = row
  if (row.state === 'dropped') {
    const reason = DROP_REASONS.find((one) => one === row.reason) ?? 'tooFewMembers'
    return role === 'member' ? null : { state: 'dropped', at, reason, least: LEAST_MEMBERS_AT_OPEN }
  }
  const unit = row.unitId ? await getUnit(context, row.unitId) : null
  const set = content.questionSets.get(row.questionSetId)
  if (unit?.state === 'open' && set) return { state: 'waiting', at, title: texts.pick(set.title) }
  // A finished unit whose questions are no longer here is told by itself.
  return unit?.state === 'open' || unit?.state === 'closing' ? { state: 'counting' } : null
}

/** The newest result that members see, as a message to the group. */
export const summaryPost = command({
  verb: 'summary.post',
  opens: 'form',
  isTyped: false,
  access: { who: 'group', roles: ['facilitator'] },
  subject: 'group',
  effect: 'read',
  input: groupInput,
  run: async (context) => {
    const { texts, now } = context
    const { id, timeZone } = groupOf(context)
    const { results } = await resultsOf(context)
    const result = postable(results)
    if (!result) throw new UserError(texts.t('summary.nothingToPost'))
    const text = resultText(texts, { ...result, timeZone, now })
    return { reply: offerAsMessage(context, { verb: 'message.submit', id, text }) }
  },
})
