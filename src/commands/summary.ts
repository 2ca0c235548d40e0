import { DROP_REASONS } from '../domain/checkin.ts'
import { MOST_STATEMENTS, mayMembersSee } from '../domain/disclosure.ts'
import { LEAST_MEMBERS_AT_OPEN } from '../domain/limits.ts'
import { stageOf } from '../domain/stage.ts'
import { findingOf, openerFor } from '../domain/summary.ts'
import { DAY_MS, plus } from '../domain/time.ts'
import { listLatest, listOpen, nextPlanned } from '../store/checkin.ts'
import { listWaiting } from '../store/contact.ts'
import { listResults } from '../store/result.ts'
import { countAgreement } from '../store/roster.ts'
import { listEnded, listNext, type NextSession } from '../store/session.ts'
import { getUnit } from '../store/unit.ts'
import { listWins } from '../store/win.ts'
import { type GroupWork, type Latest, summaryCard } from '../views/summary.ts'
import { closingOf } from './closing.ts'
import { type Context, command, groupOf } from './command.ts'
import { groupInput } from './input.ts'
import { showResult } from './results.ts'

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
    const { tx, texts, actor, now, role } = context
    const group = groupOf(context)
    const latest = await latestOf(context)
    const [next] = await listNext(tx, actor.organisationId, [group.id], now, 1)
    const setIds = new Set(latest.flatMap((one) => (one.state === 'result' ? [one.shown.set.id] : [])))
    const facts = {
      groupId: group.id,
      alias: group.alias,
      timeZone: group.timeZone,
      latest,
      closing: await closingOf(context, next !== undefined, setIds),
      work: role === 'member' ? null : await workOf(context),
      opener: role === 'member' || !next ? null : openerOf(context, next, latest),
      mayPost:
        role === 'facilitator' &&
        latest.some((one) => one.state === 'result' && one.isShared && one.shown.disclosed.kind === 'shown'),
      nextSessionAt: next?.startsAt ?? null,
      agreement: role === 'member' ? null : await countAgreement(tx, actor.organisationId, group.id),
      now,
    }
    return {
      reply: {
        type: 'content',
        card: summaryCard(texts, facts),
      },
      audit: [{ action: 'summary.opened', subjectId: group.id }],
    }
  },
})

/** How far back sessions are told of. */
const WORK_DAYS = 28
/** Headcounts that are told: enough to see a trend. */
const HEADCOUNTS = 4

/** Sessions of the last four weeks, headcounts, and what waits for the facilitators. */
async function workOf(context: Context): Promise<GroupWork> {
  const { tx, actor, now, role } = context
  const { organisationId } = actor
  const { id } = groupOf(context)
  const ended = await listEnded(tx, organisationId, [id], { startsAt: plus(now, -WORK_DAYS * DAY_MS), endsAt: now })
  const held = ended.filter(({ state }) => state === 'planned')
  const contacts = await listWaiting(tx, organisationId, id)
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
    wins: role === 'facilitator' ? (await listWins(tx, organisationId, [id])).length : 0,
  }
}

function openerOf({ texts, content }: Context, next: NextSession, latest: readonly Latest[]): string | null {
  const shown = latest.flatMap((one) => (one.state === 'result' ? [one.shown] : []))
  const opener = openerFor(content.openers, stageOf(next.number, next.total), findingOf(shown), next.number)
  return opener && texts.pick(opener.text)
}

/** Sets that a summary shows; more is a report. */
const MOST_SETS = 3

/** The newest sets whose scales together fit one page; the others stand under "the last four". */
function fitting<R extends { questionSetId: string }>({ content }: Context, rows: readonly R[]): R[] {
  let room = MOST_STATEMENTS
  return rows.slice(0, MOST_SETS).filter(({ questionSetId }) => {
    room -= content.questionSets.get(questionSetId)?.scales.length ?? 1
    return room >= 0
  })
}

/** How far the group's latest check-in of each set has come. What was made for staff alone does not exist for members. */
async function latestOf(context: Context): Promise<Latest[]> {
  const { tx, actor, now } = context
  const group = groupOf(context)
  const openOne = (await listOpen(tx, actor.organisationId, group.id))[0] ?? null
  const planned = await nextPlanned(tx, actor.organisationId, group.id, now)
  const none: Latest = { state: 'none', nextCheckInAt: planned?.opensAt ?? null, openUntil: openOne?.closesAt ?? null }
  const rows = await listLatest(tx, actor.organisationId, group.id)
  const shown: Latest[] = []
  for (const row of fitting(context, rows)) {
    const latest = await stateOf(context, row)
    if (latest) shown.push(latest)
  }
  return shown.length > 0 ? shown : [none]
}

async function stateOf(context: Context, row: Awaited<ReturnType<typeof listLatest>>[number]): Promise<Latest | null> {
  const { tx, texts, content, actor, role } = context
  const { organisationId } = actor
  if (role === 'member' && !mayMembersSee(row.audience)) return null
  if (row.state === 'dropped') {
    const { at } = row
    const reason = DROP_REASONS.find((one) => one === row.reason) ?? 'tooFewMembers'
    return role === 'member' ? null : { state: 'dropped', at, reason, least: LEAST_MEMBERS_AT_OPEN }
  }
  const closedBefore = new Date(row.closesAt.getTime() + 1)
  const [newest, before] = await listResults(tx, organisationId, [row.groupId], closedBefore, 2, row.questionSetId)
  if (newest && newest.unitId === row.unitId)
    return {
      state: 'result',
      at: newest.sessionAt,
      shown: showResult(content, newest, before),
      wordsOf: newest.hasWords ? row.id : null,
      isShared: mayMembersSee(newest.audience),
    }
  const unit = row.unitId ? await getUnit(tx, organisationId, row.unitId) : null
  if (unit?.state !== 'open') return { state: 'counting' }
  const set = content.questionSet(unit.questionSetId, unit.questionSetVersion)
  return { state: 'waiting', at: row.at, title: texts.pick(set.title) }
}
