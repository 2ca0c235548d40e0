import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { parseKeyring } from '../../src/ballot/keyring.ts'
import { appendAudit } from '../../src/store/audit.ts'
import { verifyAudit } from '../../src/store/audit-check.ts'
import { type Database, openDatabase } from '../../src/store/engine/database.ts'
import { createQueue, type Queue } from '../../src/store/engine/queue.ts'
import { fixedId } from '../../src/store/ids.ts'
import {
  claimOccurrences,
  finishOccurrence,
  lockOccurrence,
  planOccurrences,
} from '../../src/store/occurrence.ts'
import { claimRequest } from '../../src/store/request.ts'
import { atTheEnd, ownDir } from '../ends.ts'
import { SECRET, START, STORES } from '../helpers.ts'
import { freshDatabase } from '../postgres.ts'

const KEYRING = parseKeyring(SECRET)
const catalogues = new Map<string, string[]>()

/** Every column, index and constraint of the service's tables. */
async function catalogueOf({ db }: Database): Promise<string[]> {
  const rows = await db.prisma.$queryRaw<{ line: string }[]>`
    select format('column %s.%s %s %s', table_name, column_name, udt_name, is_nullable) as line from information_schema.columns where table_schema = 'public'
    union all select indexdef from pg_indexes where schemaname = 'public'
    union all select format('constraint %s %s', c.conname, pg_get_constraintdef(c.oid)) from pg_constraint c
      join pg_namespace n on n.oid = c.connamespace where n.nspname = 'public' and c.contype in ('f', 'p', 'u')
    order by 1`
  return rows.map(({ line }) => line)
}

describe.each(STORES.map((kind) => ({ kind })))('the $kind store', ({ kind }) => {
  let database: Database
  let queue: Queue
  const organisationId = randomUUID()
  const personId = randomUUID()

  beforeAll(async () => {
    const dir = ownDir()
    const server = kind === 'postgres' ? await freshDatabase() : null
    if (server) atTheEnd(server.drop)
    database = await openDatabase(
      server
        ? { kind: 'postgres', url: server.url }
        : { kind: 'embedded', directory: dir, mayUnpack: false },
    )
    atTheEnd(() => database.close())
    queue = createQueue(database, () => {})
    atTheEnd(() => queue.stop(1_000))
    await queue.start()
    await database.db.prisma.organisation.create({
      data: { id: organisationId, name: 'One', country: 'DE', createdAt: START },
    })
    await database.db.prisma.person.create({ data: { organisationId, id: personId } })
  })

  it('was made by the migrations, and they agree with schema.prisma', async () => {
    expect(database.applied.length).toBeGreaterThan(0)
    // The engine cannot read a server's catalogue through the driver (Postgres's "char" type), so
    // there the comparison is with the embedded store that it did read.
    if (kind === 'embedded') expect(await database.drift()).toBe('')
    catalogues.set(kind, await catalogueOf(database))
    if (kind === 'postgres') expect(catalogues.get('postgres')).toEqual(catalogues.get('embedded'))
  })

  it('finds what goes with a deleted row by an index, never by reading a whole table', async () => {
    // Reading by the first column of a key, the organisation, is reading the whole table in the
    // usual deployment.
    const unindexed = () => database.db.prisma.$queryRaw<{ columns: string }[]>`
      select format('%s %s', c.conrelid::regclass, array_agg(a.attname)) as "columns"
      from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = any(c.conkey)
      where c.contype = 'f' and c.confdeltype = 'c' and cardinality(c.conkey) > 1 and a.attname <> 'organisationId'
        and not exists (select 1 from pg_index i where i.indrelid = c.conrelid
          and (i.indkey[0] = a.attnum or (i.indkey[0] = any(c.conkey) and i.indkey[1] = a.attnum)))
      group by c.oid, c.conrelid`
    expect(await unindexed()).toEqual([])
    await database.db.prisma.$executeRaw`drop index "Delivery_sessionId_idx"`
    expect(await unindexed()).toEqual([{ columns: '"Delivery" {sessionId}' }])
    await database.db.prisma
      .$executeRaw`create index "Delivery_sessionId_idx" on "Delivery"("sessionId")`
  })

  it('sends a job if and only if its transaction commits', async () => {
    const job = (id: string) => ({ queue: 'release', id, data: { organisationId, id } }) as const
    const before = await queue.countUnfinished()
    const failing = database.transaction(async (tx) => {
      await queue.enqueue(tx, [job(randomUUID())])
      await tx.prisma.person.create({ data: { organisationId, id: personId } })
    })
    await expect(failing).rejects.toThrow(/Unique constraint/)
    expect(await queue.countUnfinished()).toBe(before)
    const id = randomUUID()
    await database.transaction((tx) => queue.enqueue(tx, [job(id)]))
    await database.transaction((tx) => queue.enqueue(tx, [job(id)]))
    expect(await queue.countUnfinished()).toBe(before + 1)
  })

  it('does the jobs of one kind while those of another take long', async () => {
    const { promise: over, resolve: end } = Promise.withResolvers<void>()
    const { promise: served, resolve: serve } = Promise.withResolvers<void>()
    const send = (name: 'release' | 'zoneData', count: number) =>
      database.transaction((tx) =>
        queue.enqueue(
          tx,
          Array.from({ length: count }, () => {
            const id = randomUUID()
            return { queue: name, id, data: { organisationId, id } }
          }),
        ),
      )
    await send('release', 20)
    let begun = 0
    const { promise: full, resolve: fill } = Promise.withResolvers<void>()
    await queue.work(
      'release',
      async () => {
        begun += 1
        // So many of them run at once, whatever the store.
        if (begun === 4) fill()
        await over
      },
      null,
    )
    await full
    await send('zoneData', 1)
    await queue.work('zoneData', async () => serve(), null)
    await served
    end()
  })

  it('gives what is due to one of two clocks that tick at once', async () => {
    const plans = Array.from({ length: 20 }, (_, index) => ({
      kind: 'digest' as const,
      dueAt: new Date(START.getTime() + index),
      personId,
    }))
    await database.transaction((tx) => planOccurrences({ tx, organisationId }, plans))
    await database.transaction((tx) => planOccurrences({ tx, organisationId }, plans))
    expect(await database.db.prisma.occurrence.count()).toBe(20)
    const later = new Date(START.getTime() + 9.5)
    const claimed = await Promise.all([
      claimOccurrences(database, queue, later),
      claimOccurrences(database, queue, later),
    ])
    expect(claimed[0] + claimed[1]).toBe(10)
    expect(await claimOccurrences(database, queue, later)).toBe(0)
  })

  it('gives it again when the lease ran out, and never once it is done', async () => {
    const row = await database.db.prisma.occurrence.findFirstOrThrow({
      where: { leasedUntil: { not: null } },
    })
    const where = { organisationId_id: { organisationId, id: row.id } }
    await database.db.prisma.occurrence.update({ where, data: { leasedUntil: new Date(0) } })
    expect(await claimOccurrences(database, queue, row.dueAt)).toBe(1)
    await database.transaction((tx) => finishOccurrence({ tx, organisationId }, row.id, null))
    expect(
      await database.transaction((tx) => lockOccurrence({ tx, organisationId }, row.id)),
    ).toBeNull()
    expect(await claimOccurrences(database, queue, row.dueAt)).toBe(0)
  })

  it('knows a repeated request', async () => {
    const digest = Buffer.alloc(32, 1)
    const claim = () =>
      database.transaction((tx) => claimRequest({ tx, organisationId }, digest, START))
    expect(await claim()).toBe(true)
    expect(await claim()).toBe(false)
  })

  it('keeps organisations apart: a row cannot point into another one', async () => {
    const other = randomUUID()
    await database.db.prisma.organisation.create({
      data: { id: other, name: 'Other', country: 'DE', createdAt: START },
    })
    const group = {
      organisationId: other,
      id: randomUUID(),
      kind: 'therapeutic-support',
      alias: 'A',
      timeZone: 'UTC',
      createdAt: START,
    }
    await database.db.prisma.group.create({ data: group })
    const foreign = database.db.prisma.rosterEntry.create({
      data: {
        organisationId: other,
        groupId: group.id,
        personId,
        role: 'member',
        joinedAt: new Date(0),
      },
    })
    await expect(foreign).rejects.toThrow(/Foreign key/)
  })

  it('carries the organisation in every foreign key', async () => {
    const keys = await database.db.prisma.$queryRaw<
      { name: string; columns: number; has: boolean }[]
    >`
      select c.conname::text as name, cardinality(c.conkey) as columns,
        exists (select 1 from unnest(c.conkey) k join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k where a.attname = 'organisationId') as has
      from pg_constraint c join pg_namespace n on n.oid = c.connamespace where c.contype = 'f' and n.nspname = 'public'`
    expect(keys.length).toBeGreaterThan(20)
    expect(keys.filter((key) => !key.has)).toEqual([])
  })

  it('chains the audit log, and finds a changed, a missing and a cut entry', async () => {
    const append = (action: string) =>
      database.transaction((tx) =>
        appendAudit(
          { tx, organisationId },
          KEYRING,
          [{ actorId: personId, action, subjectId: personId }],
          START,
        ),
      )
    for (const action of ['a', 'b', 'c', 'd']) await append(action)
    expect(await verifyAudit({ tx: database.db, organisationId }, KEYRING)).toMatchObject({
      length: 4,
      brokenAt: null,
      resealedAt: [],
    })
    const entry = (number: number) => ({ organisationId_number: { organisationId, number } })
    await database.db.prisma.auditEntry.update({ where: entry(2), data: { action: 'z' } })
    expect(await verifyAudit({ tx: database.db, organisationId }, KEYRING)).toMatchObject({
      brokenAt: 2,
    })
    await database.db.prisma.auditEntry.update({ where: entry(2), data: { action: 'b' } })
    await database.db.prisma.auditEntry.delete({ where: entry(4) })
    expect(await verifyAudit({ tx: database.db, organisationId }, KEYRING)).toMatchObject({
      brokenAt: 4,
    })
  })

  it('makes ids that stay the same for the same thing', () => {
    expect(fixedId('a', 1)).toBe(fixedId('a', 1))
    expect(fixedId('a', 1)).not.toBe(fixedId('a1'))
    expect(fixedId('a', 1)).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/,
    )
  })
})
