import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import { PGlite } from '@electric-sql/pglite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadContent } from '../../src/content/load.ts'
import { disclose, readDisclosed } from '../../src/domain/disclosure.ts'
import type { UnitResult } from '../../src/domain/unit.ts'

const LAST = '20261126163000_addresses_and_reasons'
const names = fs
  .readdirSync('prisma/migrations')
  .filter((name) => /^\d/.test(name))
  .sort()
const sqlOf = (name: string) => fs.readFileSync(`prisma/migrations/${name}/migration.sql`, 'utf8')

describe('the migration to addresses and reasons of our own', () => {
  let store: PGlite
  const [organisation, connection, person] = [randomUUID(), randomUUID(), randomUUID()]
  beforeAll(async () => {
    store = await PGlite.create()
    for (const name of names.slice(0, names.indexOf(LAST))) await store.exec(sqlOf(name))
    await store.exec(`
      insert into "Organisation" ("id", "name", "country", "createdAt") values ('${organisation}', 'Clinic', 'DE', now());
      insert into "Connection" ("organisationId", "id", "platform", "externalId", "name", "trouble")
        values ('${organisation}', '${connection}', 'slack', 'T1', 'One', 'token_revoked');
      insert into "Person" ("organisationId", "id") values ('${organisation}', '${person}');`)
    const account = async (externalId: string, more: string) =>
      await store.exec(`insert into "Account" ("organisationId", "id", "personId", "connectionId", "externalId",
        "directChannel", "conversation", "unreachable")
        values ('${organisation}', '${randomUUID()}', '${person}', '${connection}', '${externalId}', ${more})`)
    await account('U1', `'D1', null, 'user_disabled'`)
    await account(
      'U2',
      `null, '{"serviceUrl": "https://x", "conversationId": "a:1"}', 'BotNotInConversationRoster'`,
    )
    await account('U3', `null, null, 'some_new_word'`)
    for (const reason of ['channel_not_found', 'http_403', 'paused', 'tooLate'])
      await store.exec(`insert into "Delivery" ("organisationId", "id", "kind", "state", "reason", "plannedAt")
        values ('${organisation}', '${randomUUID()}', 'reminder', 'failed', '${reason}', now())`)
    await store.exec(sqlOf(LAST))
  })
  afterAll(() => store.close())
  const column = async (sql: string) =>
    (await store.query<{ value: unknown }>(sql)).rows.map(({ value }) => value)

  it('keeps where everybody can be written to', async () => {
    expect(await column('select "address" as value from "Account" order by "externalId"')).toEqual([
      { directChannel: 'D1' },
      { serviceUrl: 'https://x', conversationId: 'a:1' },
      null,
    ])
  })

  it('says the platforms’ words in ours, and leaves what it does not know', async () => {
    expect(
      await column('select "unreachable" as value from "Account" order by "externalId"'),
    ).toEqual(['accountClosed', 'blocked', 'some_new_word'])
    expect(await column('select "reason" as value from "Delivery" order by 1')).toEqual([
      'notInChannel',
      'notPermitted',
      'paused',
      'tooLate',
    ])
    expect(await column('select "trouble" as value from "Connection"')).toEqual(['tokenRefused'])
  })
})

describe('the migration to what is shown', () => {
  const NAME = '20261126200000_what_is_shown'
  const set = loadContent().questionSet('pulse', 2)
  const [organisation, group, person] = [randomUUID(), randomUUID(), randomUUID()]
  /** Mean, answers, members in the high band, invited, answered, the unit's own number. */
  const CASES = [
    [0.375, 8, 0, 8, 8, 6],
    [0.376, 8, 2, 9, 8, 6],
    [0.7, 12, 8, 15, 12, 6],
    [0.97, 12, 12, 12, 12, 6],
    [0.05, 11, 0, 14, 11, 6],
    [0.5, 11, 3, 28, 11, 6],
    [0.5, 11, 8, 30, 11, 12],
    [0.624, 30, 27, 30, 30, 6],
    [0.625, 6, 3, 15, 6, 6],
  ] as const
  const units = CASES.map(() => randomUUID())
  const unitOf = (index: number): UnitResult => {
    const [mean = 0, answers = 0, high = 0, invited = 0, answered = 0, k = 6] = CASES[index] ?? []
    const totalMilli = Math.round(mean * answers * 1000)
    const tallies = [{ subject: 'scale:climate', answers, totalMilli, low: 0, high }]
    const release = { invited, answered, tallies }
    return { state: 'released', k, rosterChanges: 0, isSteady: true, release }
  }
  let store: PGlite
  beforeAll(async () => {
    store = await PGlite.create()
    for (const name of names.slice(0, names.indexOf(NAME))) await store.exec(sqlOf(name))
    await store.exec(`
      insert into "Organisation" ("id", "name", "country", "createdAt", "auditLength", "auditHead") values ('${organisation}', 'Clinic', 'DE', now(), 1, '\\x01');
      insert into "Person" ("organisationId", "id") values ('${organisation}', '${person}');
      insert into "Group" ("organisationId", "id", "kind", "alias", "timeZone", "createdAt")
        values ('${organisation}', '${group}', 'therapeutic-support', 'G', 'UTC', '2026-01-01Z');
      insert into "RosterEntry" ("organisationId", "groupId", "personId", "role") values ('${organisation}', '${group}', '${person}', 'member');
      insert into "AuditEntry" ("organisationId", "number", "at", "actorId", "action", "subjectId", "hash")
        values ('${organisation}', 1, now(), '${person}', 'a', 'b', '\\x01');`)
    for (const [index, unit] of units.entries()) {
      const { k, release } = unitOf(index)
      const [tally] = release?.tallies ?? []
      await store.exec(`insert into "ReleaseUnit" ("organisationId", "id", "groupId", "questionSetId", "questionSetVersion", "k",
          "audience", "checkInCount", "publicKey", "rosterChanges", "state")
        values ('${organisation}', '${unit}', '${group}', 'pulse', 2, ${k}, 'shared', 1, '', 3, 'released');
        insert into "Release" ("organisationId", "unitId", "invited", "answered") values ('${organisation}', '${unit}', ${release?.invited}, ${release?.answered});
        insert into "Tally" ("organisationId", "unitId", "subject", "answers", "totalMilli", "low", "high")
        values ('${organisation}', '${unit}', 'scale:climate', ${tally?.answers}, ${tally?.totalMilli}, 0, ${tally?.high});`)
    }
    await store.exec(sqlOf(NAME))
  })
  afterAll(() => store.close())

  it.each(CASES.map((facts, index) => ({ facts, index })))(
    'keeps of a result what the gate shows of it, and no sum: $facts',
    async ({ index }) => {
      const { rows } = await store.query<{ shown: unknown }>(
        `select "shown" from "Release" where "unitId" = '${units[index]}'`,
      )
      const expected = disclose(set, unitOf(index), [])
      const found = readDisclosed('released', rows[0]?.shown)
      if (expected.kind !== 'shown' || found.kind !== 'shown') {
        expect(found).toEqual(expected)
        return
      }
      expect(found.response).toBe(expected.response)
      const [scale, other] = [found.scales[0], expected.scales[0]]
      // The migration's own words: it knew no level between, and none for answers far apart.
      const band = other?.band === 'middle' ? 'mixed' : other?.band
      expect({ ...scale, mean: null }).toEqual({ ...other, mean: null, band })
      if (other?.mean === null) expect(scale?.mean).toBeNull()
      else expect(scale?.mean).toBeCloseTo(other?.mean ?? 0, 6)
    },
  )

  it('keeps nobody out, and begins the audit log’s chain anew', async () => {
    const one = async (sql: string) => (await store.query<Record<string, unknown>>(sql)).rows[0]
    expect(await one('select "hasActed" from "Person"')).toEqual({ hasActed: true })
    expect(await one('select "joinedAt" from "RosterEntry"')).toEqual({
      joinedAt: new Date('2026-01-01T00:00:00Z'),
    })
    expect(
      await one(
        'select "auditForgotten" = "auditLength" as "isNew", "auditSeal" from "Organisation"',
      ),
    ).toEqual({ isNew: true, auditSeal: null })
    expect(await one('select "keyId", "actorId" from "AuditEntry"')).toEqual({
      keyId: 0,
      actorId: person,
    })
    expect(await one(`select to_regclass('"Tally"') as "table"`)).toEqual({ table: null })
  })
})
