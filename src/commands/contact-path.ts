import {
  type Addressee,
  newWay,
  pathOf,
  RUNGS,
  type Rung,
  raisedRung,
  whoIsThere,
  whoMayRead,
} from '../domain/contact.ts'
import { lookAt } from '../domain/contact-look.ts'
import { drillAt } from '../domain/drill.ts'
import type { Due } from '../domain/occurrence.ts'
import { afterStaffedHours } from '../domain/staffed.ts'
import { hourOf } from '../domain/time.ts'
import { UserError } from '../errors.ts'
import {
  type ContactRow,
  changeContact,
  findContact,
  listOpenContacts,
  lockContact,
} from '../store/contact.ts'
import { markDrilled } from '../store/contact-settings.ts'
import type { Reader, Tenant } from '../store/engine/transaction.ts'
import { type GroupRow, getGroup } from '../store/group.ts'
import { listHelpers, listHelpersOf } from '../store/ladder.ts'
import { listLostNotes } from '../store/lost-notes.ts'
import { type DeliveryPlan, deliveryId } from '../store/outbox.ts'
import type { Base, Context, DueOutcome, Effects } from './command.ts'

/** Everybody whom a request can reach, and who has it. */
export async function helpersOf(
  tenant: Tenant<Reader>,
  { groupId, holderId, rung }: Pick<ContactRow, 'groupId' | 'holderId' | 'rung'>,
  now: Date,
) {
  return await listHelpers(tenant, groupId, now, holderId ? { personId: holderId, rung } : null)
}

/** A group's promise as of now: when somebody sees a request, and the steps that it goes. */
export type Promised = { dueAt: Date; paths: Readonly<Record<Addressee, readonly Rung[]>> }

/** Null: the group does not take requests. With two empty paths: nobody is there now. */
export async function promiseOf(
  tenant: Tenant<Reader>,
  group: Pick<GroupRow, 'id' | 'contactHours' | 'staffedTimes' | 'timeZone'>,
  now: Date,
): Promise<Promised | null> {
  if (group.contactHours === null) return null
  const helpers = await listHelpers(tenant, group.id, now)
  return {
    dueAt: afterStaffedHours(now, group.contactHours, group.staffedTimes, group.timeZone),
    paths: {
      facilitators: pathOf(helpers, newWay('facilitators')),
      others: pathOf(helpers, newWay('others')),
    },
  }
}

/**
 * Looks at an open request and does what is due: it goes up, is told, reminded of, and looked at
 * again. The caller has its lock.
 */
export async function lookAfter(
  base: Tenant & { now: Date },
  before: ContactRow,
): Promise<Effects> {
  const { now } = base
  const helpers = await helpersOf(base, before, now)
  const group = await getGroup(base, before.groupId)
  const row = before.isDrill ? await goOn(base, before, group, helpers) : before
  if (row === null) return {}
  const { timeZone, staffedTimes } = group
  const look = lookAt(row, helpers, { now, timeZone, staffedTimes })
  const { rung, rungAt, holderId } = look
  // Of a drill, those who have said that it came are not asked again.
  const reminded =
    row.isDrill && look.reminded.length > 0 ? whoIsThere(helpers, [rung]) : look.reminded
  const isHandedOn = holderId !== null && row.holderId !== null && holderId !== row.holderId
  if (rung !== row.rung || holderId !== row.holderId)
    await changeContact(base, row.id, { rung, rungAt, holderId })
  const about = { groupId: row.groupId, contactId: row.id }
  const lost = await listLostNotes(base, row.id)
  // Its holder is not there any more: everybody is told anew.
  const left = row.holderId !== null && holderId === null ? ` without ${row.holderId}` : ''
  const telling = (kind: DeliveryPlan['kind'], key: string, people: readonly string[]) =>
    people.map((personId): DeliveryPlan => ({ ...about, kind, key, personId }))
  return {
    deliveries: [
      // The stand-in of who had it is told anew, whatever they were told before.
      ...(isHandedOn
        ? telling('contact-request', `contact-passed ${row.id} ${row.holderId} ${look.day}`, [
            holderId,
          ])
        : []),
      // A note that came to nothing is not the last word: it goes out again at each look.
      ...look.told.flatMap((personId) => {
        if (isHandedOn && personId === holderId) return []
        const key = keyOfNote(base, lost, `contact ${row.id} ${row.round}${left}`, personId)
        return telling('contact-request', key, [personId])
      }),
      ...telling('contact-reminder', `contact-reminder ${row.id} ${look.day}`, reminded),
      ...(look.isAlone && !row.isDrill
        ? telling('contact-alone', `contact-alone ${row.id} ${row.round} ${look.day}`, [
            row.personId,
          ])
        : []),
    ],
    occurrences: [{ kind: 'contactDue', dueAt: look.nextAt, contactId: row.id }],
    audit: isHandedOn ? [{ action: 'contact.passed', subjectId: row.id }] : [],
  }
}

/** The key of somebody's note: the first of those that have not come to nothing. */
function keyOfNote(
  { organisationId }: Tenant,
  lost: ReadonlySet<string>,
  first: string,
  personId: string,
): string {
  let key = first
  for (let again = 1; lost.has(deliveryId(organisationId, key, personId)); again += 1)
    key = `${first} again ${again}`
  return key
}

/**
 * A drill goes on from a step that is not there any more; null: it is over, come through or, where
 * the group takes no requests now, broken off.
 */
async function goOn(
  base: Tenant & { now: Date },
  row: ContactRow,
  { endedAt, contactHours }: Pick<GroupRow, 'endedAt' | 'contactHours'>,
  helpers: Awaited<ReturnType<typeof helpersOf>>,
): Promise<ContactRow | null> {
  const { now } = base
  const isOff = endedAt !== null || contactHours === null
  const at = drillAt(helpers, row.rung)
  if (isOff || at === 'through') {
    const outcome = isOff ? 'tried' : 'reached'
    await changeContact(base, row.id, { closedAt: hourOf(now), outcome })
    if (!isOff) await markDrilled(base, row.groupId, now)
    return null
  }
  if (at === row.rung) return row
  const change = { rung: at, rungAt: now }
  await changeContact(base, row.id, change)
  return { ...row, ...change }
}

/** A look is due. */
export async function contactDue(
  base: Base,
  { contactId }: Due<'contactDue'>,
): Promise<DueOutcome> {
  const row = await lockContact(base, contactId)
  if (!row || row.closedAt) return { dropped: 'closed' }
  return { dropped: null, ...(await lookAfter(base, row)) }
}

/**
 * Something about the people of these groups has changed (undefined: of all): every open request of
 * theirs is looked at now.
 */
export async function lookAgain(
  base: Tenant & { now: Date },
  groupIds?: readonly string[],
): Promise<Effects> {
  const open = await listOpenContacts(base, { ...(groupIds ? { groupIds } : {}), withDrills: true })
  const all: Effects[] = []
  for (const { id, isDrill } of open) {
    // There may be one for every group: each has a transaction of its own.
    if (isDrill) all.push({ occurrences: [{ kind: 'contactDue', dueAt: base.now, contactId: id }] })
    const row = isDrill ? null : await lockContact(base, id)
    if (row && !row.closedAt) all.push(await lookAfter(base, row))
  }
  return together(all)
}

/**
 * Staff took people off their list who wait: their requests stay, and go past those who could have
 * done it to hide one. They do not close them either.
 */
export async function raisePast(
  base: Tenant & { now: Date },
  groupId: string,
  personIds: readonly string[],
): Promise<Effects> {
  if (personIds.length === 0) return {}
  const open = await listOpenContacts(base, { groupIds: [groupId] })
  const raised: Effects[] = []
  for (const { id, personId } of open) {
    if (!personIds.includes(personId)) continue
    const row = await lockContact(base, id)
    if (!row || row.closedAt) continue
    await changeContact(base, id, { isClosedAbove: true })
    if (RUNGS.indexOf(row.rung) >= RUNGS.indexOf('supervisors')) continue
    const rung = raisedRung(await helpersOf(base, row, base.now), row)
    await changeContact(base, id, { rung, rungAt: base.now })
    // The log says which group: beside a removal the request itself would name who asked.
    raised.push({ audit: [{ action: 'contact.raised', subjectId: groupId }] })
  }
  return together(raised)
}

/** Several things' effects as one. */
export const together = (all: readonly Effects[]): Effects => ({
  deliveries: all.flatMap(({ deliveries = [] }) => deliveries),
  occurrences: all.flatMap(({ occurrences = [] }) => occurrences),
  jobs: all.flatMap(({ jobs = [] }) => jobs),
  audit: all.flatMap(({ audit = [] }) => audit),
})

/**
 * A request that this person may read now: one that has come up to them. Throws UserError for
 * everybody else, and for one that is no more.
 */
export async function readable(
  context: Context,
  id: string,
): Promise<{ row: ContactRow; group: GroupRow }> {
  const { texts, actor, now, example } = context
  const row = await findContact(context, id)
  const helpers = row ? await helpersOf(context, row, now) : []
  if (!row || !whoMayRead(helpers, row).includes(actor.personId))
    throw new UserError(texts.t('contact.gone', { example: example('contact') }))
  return { row, group: await getGroup(context, row.groupId) }
}

/** Open requests that this person may read, the oldest first; of one group when it is named. */
export async function listReadable(context: Context, groupId?: string): Promise<ContactRow[]> {
  const { actor, now } = context
  const of = groupId ? { groupIds: [groupId] } : {}
  const open = await listOpenContacts(context, { ...of, withDrills: true })
  if (open.length === 0) return []
  const groups = [...new Set(open.map((row) => row.groupId))]
  const helpers = await listHelpersOf(context, groups, now)
  return open.filter((row) =>
    whoMayRead(helpers.get(row.groupId) ?? [], row).includes(actor.personId),
  )
}

/** Steps that an open request has reached, on which somebody is there now. */
export async function reachedSteps(context: Context, row: ContactRow): Promise<Rung[]> {
  const path = pathOf(await helpersOf(context, row, context.now), row)
  return path.filter((rung) => RUNGS.indexOf(rung) <= RUNGS.indexOf(row.rung))
}
