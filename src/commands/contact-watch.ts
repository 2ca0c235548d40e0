import { pathOf } from '../domain/contact.ts'
import { DAY_MS, plus } from '../domain/time.ts'
import { listOpenContacts } from '../store/contact.ts'
import { listHelpersOf, listPromising } from '../store/ladder.ts'
import { hasDrillDue } from '../store/organisation.ts'
import type { DeliveryPlan } from '../store/outbox.ts'
import { listAdmins } from '../store/people.ts'
import { listRoster } from '../store/roster.ts'
import { type Base, type Effects, step } from './command.ts'
import { lookAgain, together } from './contact-path.ts'
import { beginDrills, DRILL_EVERY_DAYS } from './drill.ts'

/**
 * Looks after what must not be forgotten: every open request, whether or not a look is planned;
 * groups that promise and in which nobody is there; drills that come each month.
 */
export const contactWatch = step<null, null>({
  verb: 'contact.watch',
  access: { who: 'system' },
  run: async (base) => ({
    ...together([await lookAgain(base), await tellOfNobody(base), await drillOfTheMonth(base)]),
    result: null,
  }),
})

/** Admins and the supervisors hear once a day of each group in which nobody is there. */
async function tellOfNobody(base: Base): Promise<Effects> {
  const { now } = base
  const day = Math.floor(now.getTime() / DAY_MS)
  const waiting = await listOpenContacts(base)
  const running = await listPromising(base)
  const ids = new Set([...running.map(({ id }) => id), ...waiting.map(({ groupId }) => groupId)])
  const deliveries: DeliveryPlan[] = []
  const helpers = await listHelpersOf(base, [...ids], now)
  for (const groupId of ids) {
    if (pathOf(helpers.get(groupId) ?? [], 'facilitators').length > 0) continue
    const supervisors = (await listRoster(base, groupId))
      .filter(({ role }) => role === 'supervisor')
      .map(({ personId }) => personId)
    for (const personId of new Set([...(await listAdmins(base)), ...supervisors]))
      deliveries.push({
        key: `contact-nobody ${groupId} ${day}`,
        kind: 'contact-nobody',
        personId,
        groupId,
        expiresAt: plus(now, DAY_MS),
      })
  }
  return { deliveries }
}

async function drillOfTheMonth(base: Base): Promise<Effects> {
  if (!(await hasDrillDue(base, plus(base.now, -DRILL_EVERY_DAYS * DAY_MS)))) return {}
  const [admin] = await listAdmins(base)
  return admin ? (await beginDrills(base, admin)).effects : {}
}
