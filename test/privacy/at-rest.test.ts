import { createHash, createHmac } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { run } from '../../src/door/run.ts'
import { lastSeen } from '../../src/simulator/workspace.ts'
import {
  answer,
  CLOSES,
  dump,
  fill,
  incoming,
  moveTo,
  open,
  press,
  SECRET,
  SESSION,
  STORES,
  setUpGroup,
  startWorld,
  type World,
} from '../helpers.ts'
import { addMembers } from '../latecomers.ts'
import { sumsOf } from '../released.ts'
import { openWithWords, TWELVE } from '../words.ts'

/**
 * Somebody who may read the database and nothing else: a read-only login, a dump, a backup. They know the
 * workspace's list of people, as every colleague does.
 */
const DAY_MS = 86_400_000
const week = (at: Date, count: number) => new Date(at.getTime() + count * 7 * DAY_MS)

/** Two releases around the leave of one of seven, every answer known to the test. */
async function aroundALeave(store: (typeof STORES)[number]): Promise<World> {
  const world = await startWorld({ store })
  await setUpGroup(world)
  const { members } = world.casts.slack
  await moveTo(world, SESSION.endsAt)
  for (const [index, member] of members.slice(0, 7).entries())
    await answer(world, 'slack', member, index === 6 ? '5' : '2')
  await moveTo(world, CLOSES)
  await fill(world.slack, members[6] ?? '', 'leave', {})
  await moveTo(world, week(SESSION.endsAt, 1))
  for (const member of members.slice(0, 6)) await answer(world, 'slack', member, '2')
  await moveTo(world, week(CLOSES, 1))
  return world
}

/** Every number that stands in rows about results, wherever it stands. */
async function figuresOf({ db }: World): Promise<number[]> {
  const rows = await dump(db)
  const about = ['Release', 'ReleaseUnit', 'CheckIn', 'Tally'].flatMap((table) => rows[table] ?? [])
  const found: number[] = []
  const walk = (value: unknown): void => {
    if (typeof value === 'number') found.push(value)
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(walk)
  }
  for (const row of about) walk(JSON.parse(row))
  return found
}

/** All that the store holds of a scale: what the page says. */
const KEPT = [
  'against',
  'band',
  'change',
  'highTenths',
  'isAssumed',
  'isOutside',
  'level',
  'mean',
  'scaleId',
]

describe.each(STORES)('a read-only login after two releases around a leave (%s)', (store) => {
  it('finds no sum, and no two figures that differ by the leaver’s answer', async () => {
    const world = await aroundALeave(store)
    const figures = await figuresOf(world)
    // The two exact sums are 2.5 and 1.5, in thousandths: the leaver's 1 is their difference.
    for (const sum of [2_500, 1_500, 2.5, 1.5, 357, 250]) expect(figures).not.toContain(sum)
    const shown = await world.db.release.findMany({ select: { shown: true } })
    const scales = shown.flatMap(
      ({ shown: one }) => (one as { scales: Record<string, unknown>[] }).scales,
    )
    // All that is there of each: a band, and the words that were on the page.
    expect(scales).toHaveLength(2)
    for (const scale of scales) {
      expect(Object.keys(scale).sort()).toEqual(KEPT)
      expect([scale.mean, scale.highTenths]).toEqual([null, null])
    }
    const sealed = await world.db.sealedSums.findMany()
    expect(new Set(sealed.map((row) => row.sealed.length))).toEqual(new Set([2_078]))
    console.info(`at rest (${store}): ${figures.length} numbers about two results, 0 of the sums`)
  })

  it('would find them if tallies were kept (negative control)', async () => {
    const world = await aroundALeave(store)
    const [first] = await world.db.release.findMany()
    if (!first) throw new Error('nothing was released')
    const { organisationId, unitId } = first
    await world.db.release.update({
      where: { organisationId_unitId: { organisationId, unitId } },
      data: { shown: { kind: 'tooFew', totalMilli: 2_500 } },
    })
    expect(await figuresOf(world)).toContain(2_500)
  })

  it('is left with sealed sums of few units, each until a day', async () => {
    const world = await aroundALeave(store)
    const days = async () =>
      (await world.db.sealedSums.findMany({ orderBy: { destroyOn: 'asc' } })).map(({ destroyOn }) =>
        destroyOn.toISOString().slice(0, 10),
      )
    // The second is kept half a year, the programme's first for as long as one may last.
    expect(await days()).toEqual(['2026-09-10', '2027-03-05'])
    await moveTo(world, new Date('2026-09-10T12:00:00Z'))
    expect(await days()).toEqual(['2027-03-05'])
  })
})

describe.each(STORES)('words beside answers (%s)', (store) => {
  it('are not in the sealed sums, and however long they are, the result comes', async () => {
    const world = await startWorld({ store })
    await setUpGroup(world)
    const { id, ask } = await openWithWords(world, 'shared')
    const words = (index: number) => `Zephyr ${index} ${'ñ'.repeat(270)}`.slice(0, 280)
    for (const [index, member] of TWELVE.slice(0, 10).entries())
      await ask(
        'checkin.submit',
        { id, values: { coping: '3', mood: '3', ownWords: words(index) } },
        member,
        'form',
      )
    const { closesAt } = await world.db.checkIn.findFirstOrThrow({ where: { id } })
    await moveTo(world, closesAt)
    const unit = await world.db.releaseUnit.findFirstOrThrow({ where: { state: 'released' } })
    expect(JSON.stringify(await sumsOf(world.db, SECRET, unit.id))).not.toContain('Zephyr')
    expect(await world.db.releaseText.count()).toBe(10)
  })
})

describe.each(STORES)('sealed sums that somebody changed (%s)', (store) => {
  it('hold up no result: the next one is compared with nothing', async () => {
    const world = await startWorld({ store })
    await setUpGroup(world)
    const { members } = world.casts.slack
    const play = async (count: number) => {
      await moveTo(world, week(SESSION.endsAt, count))
      for (const member of members) await answer(world, 'slack', member, '4')
      await moveTo(world, week(CLOSES, count))
    }
    await play(0)
    await world.db.sealedSums.updateMany({ data: { sealed: Buffer.alloc(2_078, 1) } })
    await play(1)
    const shown = await world.db.release.findMany({ select: { shown: true } })
    expect(
      shown.map((one) => (one.shown as { scales: { change: unknown }[] }).scales[0]?.change),
    ).toEqual([null, null])
  })
})

describe.each(STORES)('a dump and the list of everybody’s platform ids (%s)', (store) => {
  it('meet nowhere once somebody is forgotten, also in the audit log', async () => {
    const world = await startWorld({ store })
    await setUpGroup(world)
    const { members, facilitator } = world.casts.slack
    const [leaver = ''] = members
    const { personId } = await world.db.account.findFirstOrThrow({ where: { externalId: leaver } })
    await world.slack.type(leaver, 'summary')
    await world.slack.closeForm(leaver)
    await fill(world.slack, leaver, 'leave', {})
    const rows = Object.values(await dump(world.db)).flat()
    const text = rows.join('\n')
    const connection = await world.db.connection.findFirstOrThrow({ where: { platform: 'slack' } })
    // Hashes without a key of what a colleague can look up.
    for (const known of [
      leaver,
      personId,
      createHash('sha256').update(leaver).digest('hex'),
      createHash('sha256').update(['person', connection.id, leaver].join('\n')).digest('hex'),
      createHash('sha256').update(['account', connection.id, leaver].join('\n')).digest('hex'),
      createHmac('sha256', '').update(leaver).digest('hex'),
    ])
      for (const part of [known, known.slice(0, 8)]) expect(text).not.toContain(part)
    // Their entries keep their places, without them.
    const entries = await world.db.auditEntry.findMany({
      where: { action: { in: ['roster.added.member', 'roster.left.member'] } },
      orderBy: { number: 'asc' },
    })
    const mine = entries.filter(({ actorId, subjectId }) => actorId === null || subjectId === null)
    expect(mine.map(({ action }) => action)).toEqual(['roster.added.member', 'roster.left.member'])
    expect(await world.db.auditEntry.count({ where: { action: 'summary.opened' } })).toBe(0)
    // Two entries of one person have nothing in common that only they have.
    const tags = mine.flatMap(({ actorTag, subjectTag }) => [actorTag, subjectTag])
    expect(new Set(tags.map((tag) => Buffer.from(tag ?? []).toString('hex'))).size).toBe(
      tags.length,
    )
    // Somebody who is still there is found, by the row that says so (control).
    expect(text).toContain(facilitator)
  })

  it('tell nothing by ids: two stores give the same person others', async () => {
    const [one, other] = [await startWorld({ store }), await startWorld({ store })]
    const idOf = async ({ db }: World) =>
      (await db.account.findFirstOrThrow({ where: { externalId: 'UADMIN' } })).personId
    expect(await idOf(one)).not.toBe(await idOf(other))
  })
})

describe.each(STORES)('wins against their writer (%s)', (store) => {
  type Row = { id: string; size: number; xmin: string }
  const winsOf = (world: World) =>
    world.db.$queryRaw<Row[]>`
      select "id"::text as "id", length("sealed") as "size", xmin::text as "xmin" from "Win" order by "id"`

  it('are rewritten all together, whoever is taken off: sizes and transactions tell none apart', async () => {
    const world = await startWorld({ store })
    await setUpGroup(world)
    await addMembers(world, 'slack', ['UNINTH', 'UTENTH', 'UELEVENTH', 'UTWELFTH'])
    const { members, facilitator } = world.casts.slack
    for (const [index, words] of ['I slept through the night.', 'Tea.', 'I called.'].entries()) {
      const who = members[index] ?? ''
      await open(world.slack, who, 'win')
      await world.slack.submit(who, { text: words })
      await world.slack.closeForm(who)
    }
    const before = await winsOf(world)
    expect(new Set(before.map(({ size }) => size)).size).toBe(1)
    expect(new Set(before.map(({ xmin }) => xmin)).size).toBe(1)
    const input = {
      id: (await world.db.group.findFirstOrThrow()).id,
      values: {
        members: [...members.slice(1), 'UNINTH', 'UTENTH', 'UELEVENTH', 'UTWELFTH'].map(
          (externalId) => ({ externalId }),
        ),
        facilitators: [{ externalId: facilitator }],
        supervisors: [],
      },
    }
    await run(
      world.app.services,
      incoming(facilitator, { verb: 'roster.submit', via: 'form', input }),
    )
    const after = await winsOf(world)
    expect(new Set(after.map(({ size, xmin }) => `${size} ${xmin}`)).size).toBe(1)
    for (const [index, row] of after.entries()) expect(row.xmin).not.toBe(before[index]?.xmin)
    // Posting one writes the message, and in the same transaction no row that names its writer.
    await open(world.slack, facilitator, 'win')
    await press(world.slack, lastSeen(world.slack.journal, facilitator, 'wins'), 'win.post')
    await world.slack.submit(facilitator, {
      date: '2026-03-03',
      time: '10:00',
      repeat: 'once',
      target: 'members',
    })
    const message = await world.db.message.findFirstOrThrow()
    const people = await world.db.account.findMany({ where: { externalId: { in: [...members] } } })
    const [{ xmin }] = (await world.db.$queryRaw`
      select xmin::text as "xmin" from "Message" where "id" = ${message.id}::uuid`) as [
      { xmin: string },
    ]
    for (const table of Object.keys(await dump(world.db))) {
      const rows = await world.db.$queryRawUnsafe<{ row: string }[]>(
        `select to_jsonb(t)::text as row from "${table}" t where xmin::text = '${xmin}'`,
      )
      for (const { row } of rows)
        for (const { personId, externalId } of people) {
          expect(row).not.toContain(personId)
          expect(row).not.toContain(externalId)
        }
    }
    expect(await winsOf(world)).toHaveLength(2)
    console.info(`wins (${store}): 3 rows of one size, all of one transaction before and after`)
  })
})

describe.each(STORES)('times (%s)', (store) => {
  it('of contact requests are full hours, and the boxes are wrapped anew with them', async () => {
    const world = await startWorld({ store })
    await setUpGroup(world)
    const { members, facilitator } = world.casts.slack
    await fill(world.slack, facilitator, 'contact settings', { contactHours: '24' })
    await moveTo(world, SESSION.endsAt)
    await answer(world, 'slack', members[0] ?? '', '4')
    await moveTo(world, new Date(SESSION.endsAt.getTime() + 17 * 60_000 + 345))
    await fill(world.slack, members[1] ?? '', 'contact', { text: 'Please call.' })
    const request = await world.db.contactRequest.findFirstOrThrow()
    expect(request.createdAt).toEqual(SESSION.endsAt)
    const told = await world.db.delivery.findMany({ where: { contactId: request.id } })
    expect(told.length).toBeGreaterThan(0)
    for (const { plannedAt } of told) expect(plannedAt).toEqual(SESSION.endsAt)
    // Nobody can tell by transactions whether the asker had answered: all are of the same one.
    const [row] = await world.db.$queryRaw<{ boxes: string[]; own: string }[]>`
      select (select array_agg(distinct b.xmin::text) from "Ballot" b) as boxes,
        (select r.xmin::text from "ContactRequest" r) as own`
    expect(row?.boxes).toEqual([row?.own])
    const served = await world.db.$queryRaw<{ at: string }[]>`select "at"::text from "Receipt"`
    for (const { at } of served) expect(at).toMatch(/^\d{4}-\d{2}-\d{2}$/)
  })
})

describe('the embedded store’s files after a release', () => {
  it('hold no box any more, in no log file', async () => {
    const world = await startWorld({ hasOwnFiles: true })
    await setUpGroup(world)
    await moveTo(world, SESSION.endsAt)
    const boxes = new Set<string>()
    for (const member of world.casts.slack.members) {
      await answer(world, 'slack', member, '4')
      for (const { box } of await world.db.ballot.findMany())
        boxes.add(Buffer.from(box.subarray(20, 60)).toString('latin1'))
    }
    const filesOf = (dir: string): string[] =>
      fs.readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
        const file = path.join(dir, entry.name)
        return entry.isDirectory() ? filesOf(file) : [file]
      })
    const count = () => {
      const contents = filesOf(world.dataDir()).map((file) => fs.readFileSync(file, 'latin1'))
      return [...boxes].filter((box) => contents.some((text) => text.includes(box))).length
    }
    await world.db.$executeRawUnsafe('checkpoint')
    const during = count()
    await moveTo(world, CLOSES)
    const after = count()
    console.info(
      `at rest: ${during} of ${boxes.size} boxes on disk while open, ${after} after the release`,
    )
    // They are found while they are there (control).
    expect(during).toBeGreaterThan(8)
    expect(after).toBe(0)
  })
})
