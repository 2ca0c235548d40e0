import { describe, expect, it } from 'vitest'
import { seeded } from '../../src/cli/mood.ts'
import { press, STORES } from '../helpers.ts'
import { HOUR_MS, type Stage, setStage } from './stage.ts'

/** Things that happen in one life of a group. */
const OPS = 40
const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
const HOMES = [
  { store: 'embedded', platform: 'slack', seeds: SEEDS },
  { store: 'embedded', platform: 'teams', seeds: [11, 12, 13] },
  { store: 'postgres', platform: 'slack', seeds: [14, 15, 16] },
] as const
const LIVES = HOMES.filter(({ store }) => STORES.includes(store)).flatMap(({ seeds, ...home }) =>
  seeds.map((seed) => ({ ...home, seed })),
)

/**
 * A request as the test knows it: by whom, for whom, whether staff or the member closed it, and how
 * much had been seen when it was opened, the first time or again.
 */
type Asked = {
  member: string
  addressee: 'facilitators' | 'others'
  id: string
  isClosed: boolean
  since: number
}

/** The test's own idea of who is there, made of what it did. */
type Model = {
  asked: Asked[]
  away: Set<string>
  isBackupStaff: boolean
  hasSafety: boolean
  members: Set<string>
  hasEnded: boolean
}

type Life = { stage: Stage; model: Model; random: () => number }

const pick = <T>(random: () => number, from: readonly T[]): T | undefined =>
  from[Math.floor(random() * from.length)]

/** People of the way who are there, by the model; of accounts what the platform has said so far. */
async function thereFor({ stage, model }: Life, addressee: Asked['addressee']): Promise<string[]> {
  const { facilitator, backup, supervisor, safety } = stage
  const all = [
    ...(addressee === 'facilitators' ? [facilitator] : []),
    ...(addressee === 'facilitators' && model.isBackupStaff ? [backup] : []),
    supervisor,
    ...(model.hasSafety ? [safety] : []),
  ]
  const closed = await stage.world.db.account.findMany({
    where: { OR: [{ isDeactivated: true }, { unreachable: { not: null } }] },
    select: { externalId: true },
  })
  const gone = new Set(closed.map(({ externalId }) => externalId))
  return all.filter((person) => !model.away.has(person) && !gone.has(person))
}

async function ask(life: Life, to: Asked['addressee']): Promise<void> {
  const { stage, model, random } = life
  const member = pick(random, [...model.members])
  if (!member || model.hasEnded) return
  if (model.asked.some((one) => one.member === member && !one.isClosed)) return
  const before = new Set(await idsOf(stage))
  await stage.hands.closeForm(member)
  await stage.look(member, 'contact')
  if ((await thereFor(life, to)).length === 0) return
  const since = stage.hands.journal.seen.length
  await stage.ask(member, 'Please.', to)
  const id = (await idsOf(stage)).find((one) => !before.has(one))
  if (id) model.asked.push({ member, addressee: to, id, isClosed: false, since })
}

const idsOf = async ({ world }: Stage) =>
  (await world.db.contactRequest.findMany({ select: { id: true } })).map(({ id }) => id)

/** Somebody who was told of a request opens it and takes it, or closes it. */
async function see(life: Life, verb: 'contact.seen' | 'contact.tried'): Promise<void> {
  const { stage, model, random } = life
  const one = pick(
    random,
    model.asked.filter(({ isClosed }) => !isClosed),
  )
  if (!one) return
  const notice = stage.hands.journal.seen.findLast(
    ({ kind, payload }) => kind === 'contact-request' && JSON.stringify(payload).includes(one.id),
  )
  if (!notice) return
  await press(stage.hands, notice, 'contact.read')
  const card = stage.hands.journal.seen.findLast(
    ({ person, kind }) => person === notice.person && kind === 'contact',
  )
  if (card && JSON.stringify(card.payload).includes(one.id)) {
    const hasButton = JSON.stringify(card.payload).includes(verb)
    if (hasButton) await press(stage.hands, card, verb)
    if (hasButton && verb === 'contact.tried') one.isClosed = true
  }
  await stage.hands.closeForm(notice.person)
}

/** The member says that nobody came: it is open again. */
async function deny({ stage, model, random }: Life): Promise<void> {
  const one = pick(
    random,
    model.asked.filter(({ isClosed }) => isClosed),
  )
  const notice = stage.hands.journal.seen.findLast(
    ({ kind, payload }) =>
      kind === 'contact-closed' && JSON.stringify(payload).includes(one?.id ?? '-'),
  )
  if (!one || !notice) return
  const before = stage.hands.journal.seen.length
  await press(stage.hands, notice, 'contact.status')
  // Somebody who has left and is forgotten cannot open it any more.
  const card = stage.hands.journal.seen
    .slice(before)
    .find(({ person, kind }) => person === notice.person && kind === 'contact-status')
  if (card && JSON.stringify(card.payload).includes('contact.deny')) {
    one.since = stage.hands.journal.seen.length
    await press(stage.hands, card, 'contact.deny')
    one.isClosed = false
  }
  await stage.hands.closeForm(notice.person)
}

async function remove({ stage, model, random }: Life, isAsItWas: boolean): Promise<void> {
  const member = pick(random, [...model.members])
  if (!member || model.hasEnded || model.members.size < 2) return
  const members = [...model.members].filter((one) => one !== member)
  await stage.send(stage.facilitator, 'roster', { members })
  model.members.delete(member)
  if (!isAsItWas) return
  // As it was: the request went with the place.
  const account = await stage.world.db.account.findFirst({ where: { externalId: member } })
  await stage.world.db.contactRequest.deleteMany({ where: { personId: account?.personId ?? '' } })
}

async function leave({ stage, model, random }: Life): Promise<void> {
  const member = pick(random, [...model.members])
  if (!member || model.hasEnded || model.members.size < 2) return
  await stage.send(member, 'leave', {})
  model.members.delete(member)
}

async function toggleAway({ stage, model, random }: Life): Promise<void> {
  const person = pick(random, [stage.facilitator, stage.backup, stage.supervisor, stage.safety])
  if (!person || (person === stage.backup && !model.isBackupStaff)) return
  if (model.away.has(person)) {
    await stage.send(person, 'away', { until: '' })
    model.away.delete(person)
    return
  }
  const today = stage.world.clock.now().toISOString().slice(0, 10)
  await stage.send(person, 'away', { from: today, until: '2026-12-31' })
  model.away.add(person)
}

/** An admin names no safety contact, or names them again. */
async function toggleSafety({ stage, model }: Life): Promise<void> {
  model.hasSafety = !model.hasSafety
  await stage.send(stage.admin, 'admin settings', {
    safetyContact: model.hasSafety ? [stage.safety] : [],
  })
}

/** The stand-in leaves the staff, or is one of them again. */
async function toggleBackup({ stage, model }: Life): Promise<void> {
  model.isBackupStaff = !model.isBackupStaff
  await stage.send(stage.admin, 'admin staff', {
    [model.isBackupStaff ? 'staff' : 'leaving']: [stage.backup],
  })
}

async function end({ stage, model }: Life): Promise<void> {
  if (model.hasEnded) return
  await stage.hands.type(stage.facilitator, 'end')
  if (stage.hands.openForm(stage.facilitator)) {
    await stage.hands.submit(stage.facilitator, { days: '1' })
    await stage.hands.closeForm(stage.facilitator)
  }
  model.hasEnded = (await stage.world.db.group.count({ where: { endedAt: { not: null } } })) > 0
}

async function pass({ stage, random }: Life, hours: number): Promise<void> {
  const by = 1 + Math.floor(random() * hours)
  stage.world.clock.set(new Date(stage.world.clock.now().getTime() + by * HOUR_MS))
}

/** Requests that are neither closed nor before somebody who is there. */
async function unheard(life: Life): Promise<string[]> {
  const { stage, model } = life
  const open = await stage.world.db.contactRequest.findMany({ where: { closedAt: null } })
  const there = {
    facilitators: await thereFor(life, 'facilitators'),
    others: await thereFor(life, 'others'),
  }
  return model.asked
    .filter(({ isClosed }) => !isClosed)
    .filter(({ id, addressee, since }) => {
      if (!open.some((row) => row.id === id)) return true
      const told = stage.hands.journal.seen
        .slice(since)
        .filter(
          ({ kind, payload }) => kind === 'contact-request' && JSON.stringify(payload).includes(id),
        )
      const own = there[addressee]
      return own.length > 0 && !told.some(({ person }) => own.includes(person))
    })
    .map(({ id }) => id)
}

/** Lives one life; returns how often some request was unheard after what happened was done. */
async function live(
  { seed, store, platform }: (typeof LIVES)[number],
  isAsItWas = false,
): Promise<number> {
  const stage = await setStage(store, platform)
  const random = seeded(seed)
  const model: Model = {
    asked: [],
    away: new Set(),
    isBackupStaff: true,
    hasSafety: true,
    members: new Set(stage.members),
    hasEnded: false,
  }
  const life: Life = { stage, model, random }
  const ops: (() => Promise<void>)[] = [
    () => ask(life, 'facilitators'),
    () => ask(life, 'facilitators'),
    () => ask(life, 'others'),
    () => see(life, 'contact.seen'),
    () => see(life, 'contact.tried'),
    () => deny(life),
    () => remove(life, isAsItWas),
    () => leave(life),
    () => toggleAway(life),
    () => toggleAway(life),
    async () => (random() < 0.4 ? await toggleSafety(life) : undefined),
    async () => (random() < 0.4 ? await toggleBackup(life) : undefined),
    // The next message to somebody is refused for good; what they do themselves mends it.
    async () => {
      const { facilitator, backup, supervisor, safety } = stage
      const gone = pick(random, [facilitator, backup, supervisor, safety])
      if (gone && random() < 0.4) stage.closeAccount(gone)
    },
    // A pause of staff holds nothing.
    async () => void (await stage.send(stage.supervisor, 'pause', { weeks: '1' })),
    () => pass(life, 5),
    // The service was off.
    () => pass(life, 40),
    async () => (random() < 0.2 ? await end(life) : undefined),
  ]
  let found = 0
  for (let count = 0; count < OPS; count += 1) {
    await pick(random, ops)?.()
    await stage.world.app.drain()
    found += (await unheard(life)).length > 0 ? 1 : 0
  }
  expect(model.asked.length).toBeGreaterThan(0)
  await stage.world.end()
  return found
}

describe('in any order of asks, sees, removals, leaves, ends, pauses, absences, closed accounts, changed parts and downtimes', () => {
  it.each(LIVES)('no request is left unheard ($seed, $platform, $store)', async (one) => {
    expect(await live(one)).toBe(0)
  })

  it('as it was, with requests that went with their member’s place, some are (negative control)', async () => {
    let found = 0
    for (const one of LIVES) if (found === 0) found = await live(one, true)
    expect(found).toBeGreaterThan(0)
  })
})
