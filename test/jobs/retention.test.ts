import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { describe, expect, inject, it } from 'vitest'
import { DAY_MS, plus } from '../../src/domain/time.ts'
import { createRetention } from '../../src/jobs/retention.ts'
import { giveTurnBack } from '../../src/store/turn.ts'
import { atTheEnd } from '../ends.ts'
import { START, STORES, startWorld, type World } from '../helpers.ts'

/** Another organisation that keeps its ledger for so many days, with rows of these ages in days. */
async function organisation({ db }: World, ledgerDays: number, ages: readonly number[]) {
  const organisationId = randomUUID()
  const createdAt = plus(START, DAY_MS)
  await db.organisation.create({
    data: { id: organisationId, name: `${ledgerDays}`, country: 'DE', createdAt, ledgerDays },
  })
  const rows = ages.map((age) => ({ id: randomUUID(), endedAt: plus(START, -age * DAY_MS) }))
  await db.delivery.createMany({
    data: rows.map(({ id, endedAt }) => ({
      organisationId,
      id,
      kind: 'reminder',
      state: 'sent' as const,
      plannedAt: endedAt,
      endedAt,
    })),
  })
  return { organisationId, rows }
}

const ages = async ({ db }: World, organisationId: string) =>
  (await db.delivery.findMany({ where: { organisationId }, orderBy: { endedAt: 'desc' } })).map(
    ({ endedAt }) => Math.round((START.getTime() - (endedAt?.getTime() ?? 0)) / DAY_MS),
  )

async function forget(world: World): Promise<void> {
  await giveTurnBack(world.store)
  await createRetention(world.app.services).run()
}

describe.each(STORES)('deleting by age in all organisations at once (%s)', (store) => {
  it('goes by what each of them has set, however much there is', async () => {
    const world = await startWorld({ store })
    const short = await organisation(world, 7, [6, 8, 20, 31])
    const long = await organisation(world, 30, [6, 8, 20, 31])
    // Nobody keeps it for longer than thirty days, nor for less than one.
    const never = await organisation(world, 400, [29, 31])
    const atOnce = await organisation(world, 0, [0.5, 2])
    const much = await organisation(
      world,
      30,
      Array.from({ length: 1_200 }, () => 31),
    )
    await forget(world)
    expect(await ages(world, short.organisationId)).toEqual([6])
    expect(await ages(world, long.organisationId)).toEqual([6, 8, 20])
    expect(await ages(world, never.organisationId)).toEqual([29])
    expect(await ages(world, atOnce.organisationId)).toEqual([1])
    expect(await ages(world, much.organisationId)).toEqual([])
  })
})

describe.runIf(inject('hasPostgres'))('deleting by age beside others', () => {
  it('leaves a row that somebody is at, and waits for nobody', async () => {
    const world = await startWorld({ store: 'postgres' })
    const { organisationId, rows } = await organisation(world, 30, [31, 32, 33])
    const other = new pg.Client({ connectionString: world.databaseUrl ?? '' })
    await other.connect()
    atTheEnd(() => other.end())
    await other.query('begin')
    await other.query('update "Delivery" set "endedAt" = now() where "id" = $1', [rows[1]?.id])
    await forget(world)
    expect(await ages(world, organisationId)).toEqual([32])
    await other.query('commit')
    await forget(world)
    // Somebody made it new: it stays.
    expect(await world.db.delivery.count({ where: { organisationId } })).toBe(1)
  })

  it('goes on in the others where one organisation’s people cannot be forgotten', async () => {
    const lines: { event?: string }[] = []
    const world = await startWorld({
      store: 'postgres',
      onLogLine: (line) => lines.push(JSON.parse(line)),
    })
    const { organisationId } = await organisation(world, 30, [31])
    const [groupId, personId] = [randomUUID(), randomUUID()]
    await world.db.person.create({ data: { organisationId, id: personId } })
    await world.db.group.create({
      data: {
        organisationId,
        id: groupId,
        kind: 'rehabilitation',
        alias: 'G',
        timeZone: 'UTC',
        createdAt: START,
      },
    })
    const removal = { organisationId, id: randomUUID(), groupId, personId }
    await world.db.removal.create({ data: { ...removal, forgetOn: plus(START, -DAY_MS) } })
    await world.db.$executeRawUnsafe(`create function refuse() returns trigger language plpgsql as
      $$ begin raise exception 'not this one'; end $$`)
    await world.db.$executeRawUnsafe(
      'create trigger refuse before delete on "Removal" for each row execute function refuse()',
    )
    await forget(world)
    expect(await ages(world, organisationId)).toEqual([])
    expect(lines.filter(({ event }) => event === 'retention.again')).toHaveLength(1)
  })
})
