import type { PersonRef } from '../platform.ts'
import { type AccountFields, type ConnectionRow, changesOf } from './access.ts'
import type { Reader, Writer } from './engine/transaction.ts'
import { Prisma } from './generated/client.ts'

/** Somebody of whom nobody has said anything. */
const NOTHING_KNOWN: Omit<AccountFields, 'personId'> = {
  language: null,
  timeZone: null,
  address: null,
  name: null,
  isBot: false,
  isDeactivated: false,
  isGuest: false,
  unreachable: null,
  isStaff: false,
  isAdmin: false,
  hasActed: false,
  ownLanguage: null,
  linesCountry: null,
}

/** An account that was named, as it is known now. */
type NamedAccount = AccountFields & { externalId: string }

/**
 * The accounts of many people at once, as others name them: made known on first sight, with what
 * the platform newly said of each. The statements do not grow with the people. Sorted by platform
 * id; somebody who is named twice is there once.
 */
export async function ensureAccounts(
  db: Writer,
  connection: ConnectionRow,
  refs: readonly PersonRef[],
  newId: () => string,
): Promise<NamedAccount[]> {
  const named = new Map(refs.map((ref) => [ref.externalId, ref]))
  const ids = [...named.keys()].sort((a, b) => a.localeCompare(b))
  if (ids.length === 0) return []
  let known = await findAccounts(db, connection.id, ids)
  const strangers = ids.filter((id) => !known.has(id))
  if (strangers.length > 0) {
    await makeAllKnown(
      db,
      connection,
      strangers.map((id) => named.get(id) as PersonRef),
      newId,
    )
    known = await findAccounts(db, connection.id, ids)
  }
  const read = (id: string) => {
    const account = known.get(id)
    const ref = named.get(id)
    if (!account || !ref) throw new Error('an account that was made is not there')
    return { account, changes: changesOf(account, ref) }
  }
  const isNews = ({ changes }: ReturnType<typeof read>) => Object.keys(changes).length > 0
  const changing = ids.filter((id) => isNews(read(id)))
  if (changing.length > 0) {
    // As they are under the lock: what others say of them meanwhile stays.
    for (const [id, row] of await findAccounts(db, connection.id, changing, true))
      known.set(id, row)
    const news = changing.map(read).filter(isNews)
    await writeChanges(
      db,
      connection.id,
      news.map(({ account, changes }) => ({ ...account, ...changes })),
    )
  }
  return ids.map(read).map(({ account, changes }) => ({ ...account, ...changes }))
}

async function findAccounts(
  db: Reader,
  connectionId: string,
  externalIds: readonly string[],
  isLocked = false,
): Promise<Map<string, NamedAccount>> {
  // In one order, so that two rosters which introduce the same people do not lock each other out.
  const lock = isLocked ? Prisma.sql`order by a."externalId" for update of a` : Prisma.empty
  const rows = await db.sql.rows<NamedAccount>`
    select a."externalId", a."personId"::text as "personId", a."language", a."timeZone",
      a."address", a."name", a."isBot", a."isDeactivated", a."isGuest", a."unreachable",
      p."isStaff", p."isAdmin", p."hasActed", p."language" as "ownLanguage", p."linesCountry"
    from "Account" a join "Person" p on p."organisationId" = a."organisationId"
      and p."id" = a."personId"
    where a."connectionId" = ${connectionId}::uuid
      and a."externalId" = any(${[...externalIds]}::text[]) ${lock}`
  return new Map(rows.map((row) => [row.externalId, row]))
}

/**
 * The same as for one (access.ts): ids that nothing leads to; a meeting makes each once. People and
 * accounts in one statement, with what the platform says of them.
 */
async function makeAllKnown(
  db: Writer,
  { organisationId, id: connectionId }: ConnectionRow,
  strangers: readonly PersonRef[],
  newId: () => string,
): Promise<void> {
  const made = strangers.map((ref) => {
    const { externalId } = ref
    const [personId, id] = [newId(), newId()]
    const told = { ...NOTHING_KNOWN, ...changesOf({ ...NOTHING_KNOWN, personId }, ref) }
    return { ...told, organisationId, connectionId, externalId, personId, id }
  })
  const rows = await db.sql.rows<{ personId: string }>`
    with given as materialized (
      select * from jsonb_populate_recordset(null::"Account", ${JSON.stringify(made)}::jsonb)),
    people as (insert into "Person" ("organisationId", "id")
      select "organisationId", "personId" from given)
    insert into "Account" ("organisationId", "id", "personId", "connectionId", "externalId", "name",
      "language", "timeZone", "isBot", "isDeactivated", "isGuest", "address")
    select "organisationId", "id", "personId", "connectionId", "externalId", "name", "language",
      "timeZone", "isBot", "isDeactivated", "isGuest", "address" from given
    on conflict do nothing returning "personId"::text as "personId"`
  if (rows.length === made.length) return
  await db.prisma.person.deleteMany({
    where: {
      organisationId,
      id: { in: made.map(({ personId }) => personId) },
      accounts: { none: {} },
    },
  })
}

/** Writes what is newly known of accounts; the caller holds them. */
async function writeChanges(
  db: Writer,
  connectionId: string,
  accounts: readonly NamedAccount[],
): Promise<void> {
  if (accounts.length === 0) return
  const told = accounts.map(
    ({ externalId, language, timeZone, name, isBot, isDeactivated, isGuest, address }) => ({
      externalId,
      language,
      timeZone,
      name,
      isBot,
      isDeactivated,
      isGuest,
      address,
    }),
  )
  await db.sql.run`
    update "Account" a set "language" = v."language", "timeZone" = v."timeZone",
      "name" = v."name", "isBot" = v."isBot", "isDeactivated" = v."isDeactivated",
      "isGuest" = v."isGuest", "address" = v."address"
    from jsonb_populate_recordset(null::"Account", ${JSON.stringify(told)}::jsonb) v
    where a."connectionId" = ${connectionId}::uuid and a."externalId" = v."externalId"`
}
