import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import { PGlite } from '@electric-sql/pglite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

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
