import { DROP_REASONS } from '../domain/checkin.ts'
import { mayMembersSee } from '../domain/disclosure.ts'
import { LEAST_MEMBERS_AT_OPEN } from '../domain/limits.ts'
import { listLatest, listOpen, nextPlanned } from '../store/checkin.ts'
import { listResults } from '../store/release.ts'
import { countAgreement } from '../store/roster.ts'
import { listUpcoming } from '../store/session.ts'
import { getUnit } from '../store/unit.ts'
import { type Latest, summaryCard } from '../views/summary.ts'
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
    const facts = {
      groupId: group.id,
      alias: group.alias,
      timeZone: group.timeZone,
      latest: await latestOf(context),
      nextSessionAt: (await listUpcoming(tx, actor.organisationId, group.id, now, 1))[0]?.startsAt ?? null,
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

/** Sets that a summary shows; more is a report. */
const MOST_SETS = 3

/** How far the group's latest check-in of each set has come. What was made for staff alone does not exist for members. */
async function latestOf(context: Context): Promise<Latest[]> {
  const { tx, actor, now } = context
  const group = groupOf(context)
  const openOne = (await listOpen(tx, actor.organisationId, group.id))[0] ?? null
  const planned = await nextPlanned(tx, actor.organisationId, group.id, now)
  const none: Latest = { state: 'none', nextCheckInAt: planned?.opensAt ?? null, openUntil: openOne?.closesAt ?? null }
  const rows = await listLatest(tx, actor.organisationId, group.id)
  const shown: Latest[] = []
  for (const row of rows.slice(0, MOST_SETS)) {
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
  const [newest, before] = await listResults(tx, organisationId, row.groupId, closedBefore, 2, row.questionSetId)
  if (newest && newest.unitId === row.unitId)
    return {
      state: 'result',
      at: newest.sessionAt,
      shown: showResult(content, newest, before),
      wordsOf: newest.hasWords ? row.id : null,
    }
  const unit = row.unitId ? await getUnit(tx, organisationId, row.unitId) : null
  if (unit?.state !== 'open') return { state: 'counting' }
  const set = content.questionSet(unit.questionSetId, unit.questionSetVersion)
  return { state: 'waiting', at: row.at, title: texts.pick(set.title) }
}
