import type { Role } from '../domain/access.ts'
import { listInvitations } from '../store/ballot.ts'
import { type ContactRow, listContactsOf } from '../store/contact.ts'
import { listNext } from '../store/session-place.ts'
import { homeCard, type OpenCheckIn } from '../views/home.ts'
import { timeWithZone } from '../views/notice.ts'
import { type Context, command } from './command.ts'
import { listReadable } from './contact-path.ts'
import { linesFor } from './help-lines-for.ts'
import { noInput } from './input.ts'
import { goingOut } from './next.ts'

/** Shows what comes next, what is open, and what this person can do. */
export const home = command({
  verb: 'home',
  isTyped: true,
  isWholeLine: true,
  access: { who: 'anyone' },
  effect: 'read',
  input: noInput,
  run: async (context) => {
    const { texts, actor, memberships, now } = context
    const has = (role: Role) => memberships.some((membership) => membership.role === role)
    const led = memberships.filter(({ role }) => role === 'facilitator')
    const facts = {
      ...(await whatComes(context)),
      isStaff: actor.isStaff,
      isAdmin: actor.isAdmin,
      isFacilitator: has('facilitator'),
      isSupervisor: has('supervisor'),
      isMember: has('member'),
      mayAskForContact: memberships.some(
        ({ role, contactHours }) => role === 'member' && contactHours !== null,
      ),
      own: (await listContactsOf(context, actor.personId)).filter(isUnanswered),
      requests: actor.isStaff ? await listReadable(context) : [],
      lines: has('member') || memberships.length === 0 ? linesFor(context) : null,
      upcoming: (await goingOut(context, led)).slice(0, HOME_GOING_OUT),
      timeZone: led[0]?.timeZone ?? 'UTC',
      now,
    }
    return { reply: { type: 'card', card: homeCard(texts, facts) } }
  },
})

/** A member's own request that is open, or that they were asked about and did not answer. */
const isUnanswered = ({ closedAt, outcome, confirmedAt }: ContactRow): boolean =>
  closedAt === null || (outcome !== 'withdrawn' && confirmedAt === null)

/** Lines about what goes out next that the home card shows to facilitators. */
const HOME_GOING_OUT = 3

/**
 * Each group's next session, and the check-ins that are open for this person: alike for who
 * answered and who did not.
 */
async function whatComes(context: Context) {
  const { texts, actor, memberships, now } = context
  const groups: { alias: string; next: string | null }[] = []
  const open: OpenCheckIn[] = []
  const ids = memberships.map(({ id }) => id)
  const sessions = await listNext(context, ids, now, 1)
  const own = memberships.filter(({ role }) => role === 'member').map(({ id }) => id)
  const invitations = own.length > 0 ? await listInvitations(context, actor.personId, own) : []
  for (const { id: groupId, alias, timeZone } of memberships) {
    const session = sessions.find((one) => one.groupId === groupId)
    groups.push({
      alias,
      next: session ? timeWithZone(texts, session.startsAt, timeZone, now) : null,
    })
    for (const { id, closesAt } of invitations.filter((one) => one.groupId === groupId))
      if (closesAt > now)
        open.push({ id, alias, until: timeWithZone(texts, closesAt, timeZone, now) })
  }
  return { groups, open }
}
