import { NO_CONTACT_REASONS } from '../domain/contact.ts'
import { CONTACT_HOURS } from '../domain/limits.ts'
import { afterStaffedHours, parseWindows, type StaffedTime } from '../domain/staffed.ts'
import { DAY_MS } from '../domain/time.ts'
import { UserError } from '../errors.ts'
import type { FieldValue } from '../platform.ts'
import { saveContactSettings } from '../store/contact-settings.ts'
import { type ContactSettings, lockGroup } from '../store/group.ts'
import { listHelpers } from '../store/ladder.ts'
import type { DeliveryPlan } from '../store/outbox.ts'
import { ensurePeople } from '../store/people.ts'
import { findRole } from '../store/roster.ts'
import { WEEKDAYS } from '../views/contact-fields.ts'
import { contactSettingsDone, contactSettingsForm } from '../views/contact-settings.ts'
import { type Context, command, groupOf } from './command.ts'
import { lookAgain, promiseOf, together } from './contact-path.ts'
import { nameOf, settledOn, shownHere } from './elsewhere.ts'
import { echo, formInput, groupInput, peopleValue, textValue } from './input.ts'

/** A promise that takes longer than this is none. */
const LONGEST_PROMISE_DAYS = 14

/** Settles who is there for contact requests, and when. */
export const contactSettings = command({
  verb: 'contact.settings',
  opens: 'form',
  isTyped: true,
  access: { who: 'group', roles: ['facilitator'] },
  subject: 'group',
  effect: 'read',
  input: groupInput,
  run: async (context) => {
    const { texts } = context
    const { id, alias, backupId, contactHours, staffedTimes, noContactReason } = groupOf(context)
    const form = contactSettingsForm(texts, id, alias, {
      backup: await shownHere(context, backupId),
      hours: contactHours,
      times: staffedTimes,
      reason: noContactReason,
    })
    return { reply: { type: 'form', form } }
  },
})

export const contactSettingsSubmit = command({
  verb: 'contact.settings.submit',
  isTyped: false,
  access: { who: 'group', roles: ['facilitator'] },
  subject: 'group',
  effect: 'write',
  form: 'contact.settings',
  input: formInput,
  run: async (context, { values }) => {
    const { texts, actor, now, newId } = context
    const group = groupOf(context)
    await lockGroup(context, group.id)
    const settings = await readContactSettings(context, values, {
      groupId: group.id,
      timeZone: group.timeZone,
      backupId: group.backupId,
    })
    await saveContactSettings(context, group.id, settings)
    const facts = {
      alias: group.alias,
      promised: await promiseOf(context, { ...group, ...settings }, now),
      reason: settings.noContactReason,
      hasBackup: settings.backupId !== null,
      twice: await listTwice(context, group.id),
      timeZone: group.timeZone,
      now,
    }
    const { backupId } = settings
    const isNew = backupId !== null && backupId !== group.backupId && backupId !== actor.personId
    const told: DeliveryPlan[] = isNew
      ? [
          {
            key: `role-changed ${group.id} ${newId()}`,
            kind: 'role-changed',
            personId: backupId,
            groupId: group.id,
          },
        ]
      : []
    return {
      ...together([
        await lookAgain(context, [group.id]),
        {
          deliveries: told,
          audit: [{ action: 'contact.settings.changed', subjectId: group.id }],
        },
      ]),
      reply: { type: 'done', card: contactSettingsDone(texts, facts) },
    }
  },
})

/** Names of people who stand on more than one step of a group's way. */
async function listTwice(context: Context, groupId: string): Promise<string[]> {
  const helpers = await listHelpers(context, groupId, context.now)
  const people = Map.groupBy(helpers, ({ personId }) => personId)
  const twice = [...people].filter(([, steps]) => steps.length > 1).map(([personId]) => personId)
  return await Promise.all(twice.map((id) => nameOf(context, id)))
}

/**
 * Reads who is there, and when, from a form that has these fields (views/contact-fields.ts). Throws
 * UserError beside the field. `groupId` null: the group is only being made. `backupId`: the backup
 * so far.
 */
export async function readContactSettings(
  context: Context & { tx: Parameters<typeof ensurePeople>[0] },
  values: Record<string, FieldValue>,
  group: { groupId: string | null; timeZone: string; backupId: string | null },
): Promise<ContactSettings> {
  const { texts } = context
  const fields: Record<string, string> = {}
  const chosen = await readBackup(context, values, group.groupId, fields)
  const backup = await settledOn(context, chosen, group.backupId)
  const typed = textValue(values, 'contactHours')
  const hours = CONTACT_HOURS.find((one) => String(one) === typed) ?? null
  if (hours === null && typed !== 'none')
    fields.contactHours = texts.t('error.required', {
      example: texts.t('edit.contactWithin', { hours: 24 }),
    })
  const times: StaffedTime[] = []
  for (const weekday of WEEKDAYS) {
    const given = textValue(values, `staffed${weekday}`)
    const windows = parseWindows(given, weekday)
    if (windows) times.push(...windows)
    else fields[`staffed${weekday}`] = texts.t('staffed.bad', { got: echo(given) })
  }
  if (
    Object.keys(fields).length === 0 &&
    hours !== null &&
    takesTooLong(hours, times, group.timeZone)
  )
    fields.contactHours = texts.t('staffed.tooLong', { hours, days: LONGEST_PROMISE_DAYS })
  if (Object.keys(fields).length > 0) throw new UserError(Object.values(fields)[0] ?? '', fields)
  const reason = NO_CONTACT_REASONS.find((one) => one === textValue(values, 'noContact')) ?? null
  return {
    backupId: backup,
    contactHours: hours,
    staffedTimes: times,
    noContactReason: hours === null ? reason : null,
  }
}

/** Any Monday midnight would do: the longest way is from the end of the last window. */
function takesTooLong(hours: number, times: readonly StaffedTime[], timeZone: string): boolean {
  const longest = LONGEST_PROMISE_DAYS * DAY_MS
  const starts = Array.from({ length: 7 }, (_, day) => new Date(Date.UTC(2026, 0, 5 + day, 23)))
  try {
    return starts.some(
      (start) =>
        afterStaffedHours(start, hours, times, timeZone).getTime() - start.getTime() > longest,
    )
  } catch {
    return true
  }
}

async function readBackup(
  context: Context & { tx: Parameters<typeof ensurePeople>[0] },
  values: Record<string, FieldValue>,
  groupId: string | null,
  fields: Record<string, string>,
): Promise<string | null> {
  const { tx, texts, actor, connection, newId } = context
  const chosen = peopleValue(texts, values, 'backup').slice(0, 1)
  const [backup] = await ensurePeople(tx, connection, chosen, newId)
  if (!backup) return null
  const names = backup.name ?? texts.t('roster.someone')
  // The person who makes a group leads it.
  const role = groupId ? await findRole(context, groupId, backup.personId) : null
  const leads = role === 'facilitator' || (!groupId && backup.personId === actor.personId)
  if (role === 'member') fields.backup = texts.t('roster.both', { names })
  else if (leads) fields.backup = texts.t('edit.backupLeads', { names })
  else if (!backup.isStaff || backup.isDeactivated)
    fields.backup = texts.t('roster.notStaff', { names, count: 1 })
  return backup.personId
}
