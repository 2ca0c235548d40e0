import { sealText } from '../ballot/secret-text.ts'
import { newWay, pathOf, RUNGS, whoIsThere } from '../domain/contact.ts'
import { DAY_MS, hourOf, plus } from '../domain/time.ts'
import {
  breakOffDrills,
  type ContactRow,
  changeContact,
  createDrills,
  type NewContact,
} from '../store/contact.ts'
import { markDrilled } from '../store/contact-settings.ts'
import type { GroupRow } from '../store/group.ts'
import { listHelpersOf, listPromising } from '../store/ladder.ts'
import { saveDrills } from '../store/organisation.ts'
import { drillDone, drillForm, drillSeen } from '../views/drill.ts'
import { type Base, command, type Effects, type Result, type WriteContext } from './command.ts'
import { helpersOf, lookAfter, together } from './contact-path.ts'
import { formInput, noInput, textValue } from './input.ts'

/** A drill stays on a step until somebody there says that it came. */
const DRILL_DAYS = 60
/** From one to the next, where they come by themselves. */
export const DRILL_EVERY_DAYS = 30

/** A test request for every group that promises to see one: does it come through? */
export const drill = command({
  verb: 'admin.drill',
  opens: 'form',
  isTyped: true,
  access: { who: 'admin' },
  effect: 'read',
  input: noInput,
  run: async ({ texts, organisation }) => ({
    reply: { type: 'form', form: drillForm(texts, organisation.hasDrills) },
  }),
})

export const drillSubmit = command({
  verb: 'admin.drill.submit',
  isTyped: false,
  access: { who: 'admin' },
  effect: 'write',
  changesSettings: true,
  form: 'admin.drill',
  input: formInput,
  run: async (context, { values }) => {
    const { texts, actor, organisation } = context
    const chosen = textValue(values, 'drill')
    // One now changes nothing about the monthly ones.
    const hasDrills = chosen === 'monthly' || (chosen === 'once' && organisation.hasDrills)
    await saveDrills(context, hasDrills)
    const begun =
      chosen === 'none'
        ? { groups: 0, empty: [], effects: {} }
        : await beginDrills(context, actor.personId)
    return {
      ...together([
        begun.effects,
        { audit: [{ action: 'drill.changed', subjectId: actor.organisationId }] },
      ]),
      reply: {
        type: 'done',
        card: drillDone(texts, chosen === 'none' ? null : { ...begun, hasDrills }),
      },
    }
  },
})

/**
 * Begins a drill in each running group that promises to see requests: each goes out in a
 * transaction of its own. One that is still on its way ends. `empty`: groups in which nobody is
 * there, by name.
 */
export async function beginDrills(
  base: Base,
  adminId: string,
): Promise<{ groups: number; empty: string[]; effects: Effects }> {
  const { now, newId, ballotKeys } = base
  const createdAt = hourOf(now)
  await breakOffDrills(base, createdAt)
  const groups = await listPromising(base)
  const ids = groups.map(({ id }) => id)
  const helpers = await listHelpersOf(base, ids, now)
  const empty: string[] = []
  const drills: NewContact[] = []
  for (const { id: groupId, alias } of groups) {
    const [rung] = pathOf(helpers.get(groupId) ?? [], newWay('facilitators'))
    if (!rung) {
      empty.push(alias)
      continue
    }
    const id = newId()
    drills.push({
      id,
      groupId,
      personId: adminId,
      text: sealText(ballotKeys.keyring, id, ''),
      createdAt,
      dueAt: plus(createdAt, DRILL_DAYS * DAY_MS),
      addressee: 'facilitators',
      avoidedIds: [],
      rung,
      isDrill: true,
    })
  }
  await createDrills(base, drills)
  const occurrences = drills.map(({ id }) => ({
    kind: 'contactDue' as const,
    dueAt: now,
    contactId: id,
  }))
  return { groups: drills.length, empty, effects: { occurrences } }
}

/** Somebody on the step says that it came: it goes on to the next, or has come through. */
export async function goOnWithDrill(
  context: WriteContext,
  row: ContactRow,
  group: GroupRow,
): Promise<Result> {
  const { texts, actor, now } = context
  const helpers = await helpersOf(context, row, now)
  const isTheirs = whoIsThere(helpers, [row.rung]).includes(actor.personId)
  if (!isTheirs) return { reply: { type: 'content', card: drillSeen(texts, group.alias, 'waits') } }
  const next = pathOf(helpers, row).find((rung) => RUNGS.indexOf(rung) > RUNGS.indexOf(row.rung))
  const change = next
    ? { rung: next, rungAt: now }
    : { closedAt: hourOf(now), outcome: 'reached' as const }
  await changeContact(context, row.id, change)
  if (!next) await markDrilled(context, group.id, now)
  const effects = next ? await lookAfter(context, { ...row, ...change }) : {}
  return {
    ...together([effects, { audit: [{ action: 'drill.seen', subjectId: row.id }] }]),
    reply: { type: 'content', card: drillSeen(texts, group.alias, next ? 'thanks' : 'through') },
  }
}
