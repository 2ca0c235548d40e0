import type pg from 'pg'

/** So many organisations, each with its groups, and so many rows of the ledger in all. */
export type Size = { organisations: number; ledger: number }

const GROUPS = 20
const MEMBERS = 10
const SESSIONS = 12
const HELD = 8
const AUDIT = 50

/**
 * Organisations with a year's groups: half their sessions held and checked, results kept, reminders
 * ahead, and a ledger of the last eight days. Everything is made inside the server, without its
 * indexes, in about a tenth of the time that the service would take. `now` is the product clock.
 */
export async function fillStore(
  client: pg.Client,
  { organisations, ledger }: Size,
  now: Date,
): Promise<void> {
  const at = `timestamptz '${now.toISOString()}'`
  const id = (kind: string, ...parts: string[]) => `md5(concat_ws(' ', '${kind}', ${parts}))::uuid`
  const perGroup = Math.round(ledger / (organisations * GROUPS))
  const statements = [
    // Foreign keys hold by how the rows are made.
    `set session_replication_role = replica`,
    `set synchronous_commit = off`,
    `insert into "Organisation" ("id", "name", "country", "createdAt", "resultMonths", "ledgerDays",
        "zoneData")
      select ${id('o', 'o')}, 'Organisation ' || o, 'DE', ${at} + interval '1 second', 12 - o % 12,
        30 - o % 8, '${process.versions.tz}'
      from generate_series(1, ${organisations}) o`,
    `insert into "Connection" ("organisationId", "id", "platform", "externalId", "name")
      select ${id('o', 'o')}, ${id('c', 'o')}, 'slack', 'TLARGE' || o, 'Workspace ' || o
      from generate_series(1, ${organisations}) o`,
    `insert into "Person" ("organisationId", "id", "isStaff")
      select ${id('o', 'o')}, ${id('p', 'o', 'g', 'm')}, m = 0
      from generate_series(1, ${organisations}) o, generate_series(1, ${GROUPS}) g,
        generate_series(0, ${MEMBERS}) m`,
    `insert into "Account" ("organisationId", "id", "personId", "connectionId", "externalId")
      select ${id('o', 'o')}, ${id('a', 'o', 'g', 'm')}, ${id('p', 'o', 'g', 'm')}, ${id('c', 'o')},
        concat('U', o, 'G', g, 'M', m)
      from generate_series(1, ${organisations}) o, generate_series(1, ${GROUPS}) g,
        generate_series(0, ${MEMBERS}) m`,
    `insert into "Group" ("organisationId", "id", "kind", "alias", "timeZone", "createdAt")
      select ${id('o', 'o')}, ${id('g', 'o', 'g')}, 'chronic-illness-support', 'Group ' || g,
        'Europe/Berlin', ${at}
      from generate_series(1, ${organisations}) o, generate_series(1, ${GROUPS}) g`,
    `insert into "RosterEntry" ("organisationId", "groupId", "personId", "role", "joinedAt")
      select ${id('o', 'o')}, ${id('g', 'o', 'g')}, ${id('p', 'o', 'g', 'm')},
        case when m = 0 then 'facilitator' else 'member' end::"Role", ${at}
      from generate_series(1, ${organisations}) o, generate_series(1, ${GROUPS}) g,
        generate_series(0, ${MEMBERS}) m`,
    `insert into "Schedule" ("organisationId", "id", "groupId", "rule", "localStart", "timeZone",
        "durationMinutes", "exceptions")
      select ${id('o', 'o')}, ${id('h', 'o', 'g')}, ${id('g', 'o', 'g')},
        'FREQ=WEEKLY;COUNT=${SESSIONS}', '2026-01-06T17:30', 'Europe/Berlin', 90, '{}'
      from generate_series(1, ${organisations}) o, generate_series(1, ${GROUPS}) g`,
    `insert into "Session" ("organisationId", "id", "groupId", "scheduleId", "originalLocalStart",
        "startsAt", "endsAt", "headcount")
      select ${id('o', 'o')}, ${id('s', 'o', 'g', 's')}, ${id('g', 'o', 'g')}, ${id('h', 'o', 'g')},
        'session ' || s, starts, starts + interval '90 minutes',
        case when s < ${HELD} then 7 end
      from generate_series(1, ${organisations}) o, generate_series(1, ${GROUPS}) g,
        generate_series(0, ${SESSIONS - 1}) s,
        lateral (select ${at} + (s - ${HELD}) * interval '7 days' + interval '1 day'
          + g * interval '7 minutes' as starts) t`,
    `insert into "Occurrence" ("organisationId", "id", "kind", "dueAt", "sessionId", "state")
      select "organisationId", md5(concat_ws(' ', "id", k.kind, k.after))::uuid,
        k.kind::"OccurrenceKind", "startsAt" + k.after, "id",
        case when "startsAt" + k.after < ${at} then 'done' else 'planned' end::"OccurrenceState"
      from "Session", (values ('reminder', interval '-1 day'), ('reminder', interval '-1 hour'),
        ('sessionEnded', interval '90 minutes')) as k(kind, after)
      where "originalLocalStart" like 'session %' and "startsAt" > ${at} - interval '30 days'`,
    `insert into "ReleaseUnit" ("organisationId", "id", "groupId", "questionSetId",
        "questionSetVersion", "k", "audience", "checkInCount", "publicKey", "rosterChanges", "state",
        "isCleaned")
      select "organisationId", md5('unit ' || "id")::uuid, "groupId", 'pulse', 2, 6, 'shared', 1,
        '\\x01', 0, 'released', true
      from "Session" where "originalLocalStart" like 'session %' and "startsAt" < ${at}`,
    `insert into "CheckIn" ("organisationId", "id", "groupId", "sessionId", "unitId",
        "questionSetId", "opensAt", "closesAt", "state")
      select "organisationId", md5('check-in ' || "id")::uuid, "groupId", "id",
        md5('unit ' || "id")::uuid, 'pulse', "endsAt", "endsAt" + interval '2 days', 'closed'
      from "Session" where "originalLocalStart" like 'session %' and "startsAt" < ${at}`,
    `insert into "Release" ("organisationId", "unitId", "shown")
      select "organisationId", "id", '{}' from "ReleaseUnit" where "publicKey" = '\\x01'`,
    `insert into "AuditEntry" ("organisationId", "number", "at", "action", "hash")
      select ${id('o', 'o')}, n, ${at} - n * interval '9 days', 'summary', '\\x01'
      from generate_series(1, ${organisations}) o, generate_series(1, ${AUDIT}) n`,
    // Nothing of it is past its time for a fortnight.
    `insert into "Delivery" ("organisationId", "id", "kind", "personId", "connectionId", "groupId",
        "sessionId", "state", "plannedAt", "endedAt")
      select ${id('o', 'o')}, ${id('d', 'o', 'g', 'n')}, 'reminder',
        ${id('p', 'o', 'g', `n % ${MEMBERS} + 1`)}, ${id('c', 'o')}, ${id('g', 'o', 'g')},
        ${id('s', 'o', 'g', `n % ${HELD}`)}, 'sent', ago, ago
      from generate_series(1, ${organisations}) o, generate_series(1, ${GROUPS}) g,
        generate_series(0, ${perGroup - 1}) n,
        lateral (select ${at} - interval '8 days' * n / ${perGroup} as ago) t`,
  ]
  for (const statement of statements) await client.query(statement)
  await client.query(`set session_replication_role = origin`)
}

/** Rows of the ledger that every organisation should have deleted by now, `count` in all. */
export async function ageLedger(client: pg.Client, count: number, now: Date): Promise<void> {
  const at = `timestamptz '${now.toISOString()}'`
  await client.query(`
    insert into "Delivery" ("organisationId", "id", "kind", "state", "plannedAt", "endedAt")
    select o."id", gen_random_uuid(), 'reminder', 'sent', ${at} - interval '31 days',
      ${at} - interval '31 days'
    from generate_series(1, ${count}) n
      join (select "id", row_number() over () - 1 as "at" from "Organisation") o
        on o."at" = n % (select count(*) from "Organisation")`)
}

/** Makes `count` reminders of other organisations due now. */
export async function makeDue(client: pg.Client, count: number, now: Date): Promise<void> {
  const { rowCount } = await client.query(
    `update "Occurrence" set "dueAt" = $1 where ("organisationId", "id") in (
      select "organisationId", "id" from "Occurrence"
      where "state" = 'planned' and "kind" = 'reminder' and "dueAt" > $1 limit $2)`,
    [now, count],
  )
  if (rowCount !== count) throw new Error(`${rowCount} of ${count} reminders made due`)
}

type Kept = { name: string; definition: string }

/** Takes the indexes that are no key off every table, and returns how they are made. */
export async function dropIndexes(client: pg.Client): Promise<Kept[]> {
  const { rows } = await client.query<Kept>(`
    select i.indexrelid::regclass::text as "name", pg_get_indexdef(i.indexrelid) as "definition"
    from pg_index i join pg_class c on c.oid = i.indrelid
      join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and not i.indisunique`)
  for (const { name } of rows) await client.query(`drop index ${name}`)
  return rows
}
