import { UserError } from '../errors.ts'
import {
  ensurePeople,
  listStaff,
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
    const staff = await listStaff(tx, connection)
    const form = staffForm(
      texts,
      staff.map((person) => person.externalId),
    )
    return { reply: { type: 'form', form } }
  },
})

/**
 * Makes the chosen people this connection's staff. Staff who still lead or oversee a group stay
 * until that is changed.
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
    const chosen = await ensurePeople(tx, connection, peopleValue(texts, values, 'staff'), newId)
    const unusable = chosen.filter((person) => person.isBot || person.isDeactivated)
    if (unusable.length > 0) fail(texts, 'roster.bot', unusable)
    const guests = chosen.filter((person) => person.isGuest)
    if (guests.length > 0) fail(texts, 'staff.guest', guests)
    const before = await listStaff(tx, connection)
    const removed = before.filter(
      (person) => !chosen.some(({ personId }) => personId === person.personId),
    )
    const busyIds = await withStaffRole(
      context,
      removed.map((person) => person.personId),
    )
    const busy = removed.filter((person) => busyIds.includes(person.personId))
    if (busy.length > 0) fail(texts, 'staff.hasRole', busy)
    await setStaff(
      context,
      removed.map((person) => person.personId),
      false,
    )
    await setStaff(
      context,
      chosen.map((person) => person.personId),
      true,
    )
    const added = chosen.filter((person) => !person.isStaff)
    return {
      ...together([
        removed.length > 0 ? await lookAgain({ ...context, now }) : {},
        { audit: added.map((person) => audited('staff.added', person)) },
        { audit: removed.map((person) => audited('staff.removed', person)) },
      ]),
      reply: { type: 'done', card: staffDone(texts, chosen.length) },
    }
  },
})

const audited = (action: string, { personId }: PersonRow) => ({
  action,
  subjectId: personId,
  isPerson: true,
})

function fail(
  texts: Context['texts'],
  key: 'roster.bot' | 'staff.guest' | 'staff.hasRole',
  people: readonly PersonRow[],
): never {
  const names = people.map((person) => person.name ?? texts.t('roster.someone')).join(', ')
  const message = texts.t(key, { names, count: people.length })
  throw new UserError(message, { staff: message })
}
