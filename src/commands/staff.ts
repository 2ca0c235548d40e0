import { UserError } from '../errors.ts'
import {
  countStaff,
  ensurePeopleByField,
  listClosedStaff,
  listStaffNames,
  type PersonRow,
  setStaff,
  withStaffRole,
} from '../store/people.ts'
import { staffDone, staffForm } from '../views/staff.ts'
import { type Context, command } from './command.ts'
import { lookAgain, together } from './contact-path.ts'
import { formInput, noInput, peopleValue } from './input.ts'

export const staffList = command({
  verb: 'admin.staff',
  opens: 'form',
  isTyped: true,
  access: { who: 'admin' },
  effect: 'read',
  input: noInput,
  run: async ({ tx, texts, connection }) => {
    const count = await countStaff(tx, connection)
    const names = count > MOST_NAMED ? null : await listStaffNames(tx, connection, MOST_NAMED)
    const named = names?.map((name) => nameOf(texts)({ name })) ?? null
    const closed = (await listClosedStaff(tx, connection)).map(nameOf(texts))
    return { reply: { type: 'form', form: staffForm(texts, { count, names: named, closed }) } }
  },
})

/** As many as somebody reads through. */
const MOST_NAMED = 30

/**
 * Makes people staff, and takes others off the list; everybody else stays as they are. Staff who
 * still lead or oversee a group stay until that is changed.
 */
export const staffListSubmit = command({
  verb: 'admin.staff.submit',
  isTyped: false,
  access: { who: 'admin' },
  effect: 'write',
  form: 'admin.staff',
  input: formInput,
  run: async (context, { values }) => {
    const { tx, texts, connection, now, newId } = context
    const fields = {
      chosen: peopleValue(texts, values, 'staff'),
      leaving: peopleValue(texts, values, 'leaving', { mayBeUnchecked: true }),
    }
    const people = await ensurePeopleByField(tx, connection, fields, newId)
    const { chosen } = people
    const closed = values.closed === 'off' ? await listClosedStaff(tx, connection) : []
    const leaving = [
      ...people.leaving,
      ...closed.filter(({ personId }) => !idsOf(people.leaving).includes(personId)),
    ]
    if (chosen.length + leaving.length === 0) fail(texts, 'staff.nobody', [])
    const unusable = chosen.filter((person) => person.isBot || person.isDeactivated)
    if (unusable.length > 0) fail(texts, 'roster.bot', unusable)
    const guests = chosen.filter((person) => person.isGuest)
    if (guests.length > 0) fail(texts, 'staff.guest', guests)
    const both = leaving.filter((one) => idsOf(chosen).includes(one.personId))
    if (both.length > 0) fail(texts, 'staff.both', both, 'leaving')
    const added = chosen.filter((person) => !person.isStaff)
    const removed = leaving.filter((person) => person.isStaff)
    const busyIds = await withStaffRole(context, idsOf(removed))
    const busy = removed.filter((person) => busyIds.includes(person.personId))
    if (busy.length > 0) fail(texts, 'staff.hasRole', busy, 'leaving')
    await setStaff(context, idsOf(removed), false)
    await setStaff(context, idsOf(added), true)
    const count = await countStaff(tx, connection)
    const named = (some: readonly PersonRow[]) => some.map(nameOf(texts))
    const unchanged = [
      ...chosen.filter(({ isStaff }) => isStaff),
      ...leaving.filter(({ isStaff }) => !isStaff),
    ]
    const facts = {
      added: named(added),
      removed: named(removed),
      unchanged: named(unchanged),
      count,
    }
    return {
      ...together([
        removed.length > 0 ? await lookAgain({ ...context, now }) : {},
        { audit: added.map((person) => audited('staff.added', person)) },
        { audit: removed.map((person) => audited('staff.removed', person)) },
      ]),
      reply: { type: 'done', card: staffDone(texts, facts) },
    }
  },
})

const nameOf =
  ({ t }: Context['texts']) =>
  ({ name }: { name: string | null }): string =>
    name ?? t('roster.someone')

const idsOf = (people: readonly PersonRow[]) => people.map(({ personId }) => personId)

const audited = (action: string, { personId }: PersonRow) => ({
  action,
  subjectId: personId,
  isPerson: true,
})

function fail(
  texts: Context['texts'],
  key: 'roster.bot' | 'staff.guest' | 'staff.hasRole' | 'staff.both' | 'staff.nobody',
  people: readonly PersonRow[],
  field: 'staff' | 'leaving' = 'staff',
): never {
  const names = people.map(nameOf(texts)).join(', ')
  const message = texts.t(key, { names, count: people.length })
  throw new UserError(message, { [field]: message })
}
