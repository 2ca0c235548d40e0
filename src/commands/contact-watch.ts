import { unheardOn } from '../domain/contact.ts'
import { DAY_MS, plus } from '../domain/time.ts'
import { listOpenContacts } from '../store/contact.ts'
import { listHelpersOf, listPromising } from '../store/ladder.ts'
import { hasDrillDue } from '../store/organisation.ts'
import type { DeliveryPlan } from '../store/outbox.ts'
import { listAdmins } from '../store/people.ts'
import { listRoster } from '../store/roster.ts'
import { type Base, type Effects, step } from './command.ts'
import { lookAgain } from './contact-path.ts'
import { beginDrills, DRILL_EVERY_DAYS } from './drill.ts'

const PARTS = {
  requests: (base: Base) => lookAgain(base),
  nobody: tellOfNobody,
  drills: drillOfTheMonth,
} as const
type Watched = keyof typeof PARTS
/** The parts of a watch, each a transaction of its own. */
export const WATCHES = ['requests', 'nobody', 'drills'] as const satisfies readonly Watched[]

/**
 * Looks after what must not be forgotten: every open request, whether or not a look is planned;
 * groups that promise and in which nobody is there; drills that come each month.
 */
export const contactWatch = step<Watched, null>({
  verb: 'contact.watch',
  access: { who: 'system' },
  run: async (base, part) => ({ ...(await PARTS[part](base)), result: null }),
})

/**
 * Admins and the supervisors hear once a day of each group in which a request meets nobody. Of one
 * that goes past the facilitators neither they nor their backup hear, whatever else they are.
 */
async function tellOfNobody(base: Base): Promise<Effects> {
  const { now } = base
  const day = Math.floor(now.getTime() / DAY_MS)
  const waiting = Map.groupBy(await listOpenContacts(base), ({ groupId }) => groupId)
  const offered = new Set((await listPromising(base)).map(({ id }) => id))
  const ids = [...new Set([...offered, ...waiting.keys()])]
  const helpers = await listHelpersOf(base, ids, now)
  const deliveries: DeliveryPlan[] = []
  for (const groupId of ids) {
    const own = helpers.get(groupId) ?? []
    const unheard = unheardOn(own, offered.has(groupId), waiting.get(groupId) ?? [])
    if (unheard.length === 0) continue
    const supervisors = (await listRoster(base, groupId))
      .filter(({ role }) => role === 'supervisor')
      .map(({ personId }) => personId)
    const avoided = unheard.includes('facilitators')
      ? new Set<string>()
      : new Set((waiting.get(groupId) ?? []).flatMap(({ avoidedIds }) => avoidedIds))
    for (const personId of new Set([...(await listAdmins(base)), ...supervisors]))
      if (!avoided.has(personId))
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
