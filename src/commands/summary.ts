import { mayMembersSee } from '../domain/disclosure.ts'
import { LEAST_MEMBERS_AT_OPEN } from '../domain/limits.ts'
import { findLatest, listOpen, nextPlanned } from '../store/checkin.ts'
import { listResults } from '../store/release.ts'
import { countAgreement } from '../store/roster.ts'
import { listUpcoming } from '../store/session.ts'
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

/** How far the group's latest check-in has come. What was made for staff alone does not exist for members. */
async function latestOf(context: Context): Promise<Latest> {
  const { tx, content, actor, now, role } = context
  const group = groupOf(context)
  const openOne = (await listOpen(tx, actor.organisationId, group.id))[0] ?? null
  const planned = await nextPlanned(tx, actor.organisationId, group.id, now)
  const none: Latest = { state: 'none', nextCheckInAt: planned?.opensAt ?? null, openUntil: openOne?.closesAt ?? null }
  const last = await findLatest(tx, actor.organisationId, group.id)
  if (!last) return none
  if (last.state === 'dropped') {
    const reason = last.reason === 'overlap' ? 'overlap' : 'tooFewMembers'
    return role === 'member'
      ? none
      : { state: 'dropped', sessionAt: last.session.startsAt, reason, least: LEAST_MEMBERS_AT_OPEN }
  }
  const results = await listResults(tx, actor.organisationId, group.id, new Date(last.closesAt.getTime() + 1), 2)
  const [newest, before] = results
  if (!newest || newest.unitId !== last.unitId) return { state: 'counting' }
  if (role === 'member' && !mayMembersSee(newest.audience)) return none
  return { state: 'result', sessionAt: newest.sessionAt, shown: showResult(content, newest, before) }
}
