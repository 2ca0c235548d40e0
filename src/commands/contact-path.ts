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
import type { Due } from '../domain/occurrence.ts'
import { afterStaffedHours } from '../domain/staffed.ts'
import { UserError } from '../errors.ts'
import {
  type ContactRow,
  changeContact,
  findContact,
  listOpenContacts,
  lockContact,
} from '../store/contact.ts'
import type { Reader, Tenant } from '../store/engine/transaction.ts'
import { type GroupRow, getGroup } from '../store/group.ts'
import { listHelpers } from '../store/ladder.ts'
import { countLostNotes } from '../store/lost-notes.ts'
import type { DeliveryPlan } from '../store/outbox.ts'
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
export async function lookAfter(base: Tenant & { now: Date }, row: ContactRow): Promise<Effects> {
  const { now } = base
  const helpers = await helpersOf(base, row, now)
  const { timeZone, staffedTimes } = await getGroup(base, row.groupId)
  const look = lookAt(row, helpers, { now, timeZone, staffedTimes })
  const { rung, rungAt, holderId } = look
  // Of a drill, those who have said that it came are not asked again.
  const reminded =
    row.isDrill && look.reminded.length > 0 ? whoIsThere(helpers, [rung]) : look.reminded
  if (rung !== row.rung || holderId !== row.holderId)
    await changeContact(base, row.id, { rung, rungAt, holderId })
  const about = { groupId: row.groupId, contactId: row.id }
  const lost = await countLostNotes(base, row.id)
  // Its holder is not there any more: everybody is told anew.
  const left = row.holderId !== null && holderId === null ? ` without ${row.holderId}` : ''
  const telling = (kind: DeliveryPlan['kind'], key: string, people: readonly string[]) =>
    people.map((personId): DeliveryPlan => ({ ...about, kind, key, personId }))
  return {
    deliveries: [
      // A note that came to nothing is not the last word: it goes out again at each look.
      ...look.told.flatMap((personId) => {
        const again = lost.has(personId) ? ` again ${lost.get(personId)}` : ''
        return telling('contact-request', `contact ${row.id} ${row.round}${left}${again}`, [
          personId,
        ])
      }),
      ...telling('contact-reminder', `contact-reminder ${row.id} ${look.day}`, reminded),
      ...(look.isAlone && !row.isDrill
        ? telling('contact-alone', `contact-alone ${row.id} ${row.round} ${look.day}`, [
            row.personId,
          ])
        : []),
    ],
    occurrences: [{ kind: 'contactDue', dueAt: look.nextAt, contactId: row.id }],
  }
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
  for (const { id } of open) {
    const row = await lockContact(base, id)
    if (row && !row.closedAt) all.push(await lookAfter(base, row))
  }
  return together(all)
}

/**
 * Staff took people off their list who wait: their requests stay, and go past those who could have
 * done it to hide one.
 */
export async function raisePast(
  base: Tenant & { now: Date },
  groupId: string,
  personIds: readonly string[],
): Promise<Effects> {
  const open = await listOpenContacts(base, { groupIds: [groupId] })
  const raised: Effects[] = []
  for (const { id, personId } of open) {
    if (!personIds.includes(personId)) continue
    const row = await lockContact(base, id)
    if (!row || row.closedAt || RUNGS.indexOf(row.rung) >= RUNGS.indexOf('supervisors')) continue
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
  const open = await listOpenContacts(context, {
    ...(groupId ? { groupIds: [groupId] } : {}),
    withDrills: true,
  })
  const readable: ContactRow[] = []
  for (const row of open)
    if (whoMayRead(await helpersOf(context, row, now), row).includes(actor.personId))
      readable.push(row)
  return readable
}

/** Steps that an open request has reached, on which somebody is there now. */
export async function reachedSteps(context: Context, row: ContactRow): Promise<Rung[]> {
  const path = pathOf(await helpersOf(context, row, context.now), row)
  return path.filter((rung) => RUNGS.indexOf(rung) <= RUNGS.indexOf(row.rung))
}
