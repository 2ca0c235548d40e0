import pg from 'pg'

export const WORKSPACE = 'T0BENCH'
export const NOW = new Date('2026-03-02T12:00:00Z')
/** Groups with so many weekly results behind them, one of each. */
export const HISTORIES = [
  { name: '1 year', weeks: 52 },
  { name: '3 years', weeks: 156 },
  { name: '10 years', weeks: 520 },
] as const
/** Beside them: so many groups, with so many results of two scales each. */
const CROWD = { groups: 10_000, weeks: 50 }
export const SUPERVISED = 40

/**
 * Ten thousand groups of eight and a million results, written by the server itself. One facilitator
 * has the three groups with a long past (`UBENCHF`), one supervisor forty of the others
 * (`UBENCHS`).
 */
export async function seed(url: string): Promise<{ groupIds: string[]; results: number }> {
  // Not over the service's own pool: a statement of its takes no half a minute.
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const ask = async <Row>(sql: string) => (await client.query(sql)).rows as Row[]
  const run = async (sql: string) => void (await ask(sql))
  const [organisation] = await ask<{ id: string }>('select "id" from "Organisation"')
  const org = organisation?.id ?? ''
  await run(`create table bench_group (id uuid primary key, n int, weeks int)`)
  const long = HISTORIES.map(
    ({ weeks }, index) => `(gen_random_uuid(), ${-index - 1}, ${weeks})`,
  ).join(', ')
  await run(`insert into bench_group values ${long}`)
  await run(
    `insert into bench_group select gen_random_uuid(), n, ${CROWD.weeks} from generate_series(1, ${CROWD.groups}) n`,
  )
  await run(`insert into "Connection" ("organisationId", "id", "platform", "externalId", "name")
    values ('${org}', gen_random_uuid(), 'slack', '${WORKSPACE}', 'Bench')`)
  await run(`insert into "Group" ("organisationId", "id", "kind", "alias", "timeZone", "createdAt", "contactHours")
    select '${org}', id, 'chronic-illness-support', 'Group ' || n, 'Europe/Berlin', timestamptz '2016-01-01Z', 24 from bench_group`)
  await people(run, org)
  await run(`insert into "Schedule" ("organisationId", "id", "groupId", "rule", "localStart", "timeZone", "durationMinutes", "exceptions")
    select '${org}', gen_random_uuid(), id, 'FREQ=WEEKLY', '2026-02-24T17:30', 'Europe/Berlin', 90, '{}' from bench_group`)
  // The last session was on the Tuesday before; one is ahead.
  await run(`create table bench_week as select g.id as "groupId", gen_random_uuid() as "sessionId", gen_random_uuid() as "unitId", w,
      timestamptz '2026-02-24 16:30Z' - w * interval '1 week' as at
    from bench_group g, generate_series(-1, 519) w where w < g.weeks`)
  await run(`insert into "Session" ("organisationId", "id", "groupId", "scheduleId", "originalLocalStart", "startsAt", "endsAt", "headcount")
    select '${org}', b."sessionId", b."groupId", s."id", 'week ' || w, at, at + interval '90 minutes', case when w >= 0 then 5 + w % 4 end
    from bench_week b join "Schedule" s on s."groupId" = b."groupId"`)
  await run(`delete from bench_week where w < 0`)
  await run(`insert into "ReleaseUnit" ("organisationId", "id", "groupId", "questionSetId", "questionSetVersion", "k", "audience",
      "checkInCount", "publicKey", "rosterChanges", "state", "isCleaned")
    select '${org}', "unitId", "groupId", 'ons4', 1, 6, 'shared', 1, ''::bytea, 0, 'released', true from bench_week`)
  await run(`insert into "CheckIn" ("organisationId", "id", "groupId", "sessionId", "unitId", "questionSetId", "opensAt", "closesAt", "state")
    select '${org}', gen_random_uuid(), "groupId", "sessionId", "unitId", 'ons4', at + interval '90 minutes', at + interval '2 days', 'closed' from bench_week`)
  await run(
    `insert into "Release" ("organisationId", "unitId", "shown") select '${org}', "unitId", jsonb_build_object('kind', 'shown', 'response', 'most',
      'scales', (select jsonb_agg(jsonb_build_object('scaleId', scale, 'band', (array['low', 'mixed', 'high'])[1 + abs(w) % 3], 'mean', null,
        'highTenths', null, 'change', 'none', 'isOutside', false)) from (values ('satisfied'), ('happy')) as s(scale))) from bench_week`,
  )
  await run(
    `insert into "SealedSums" ("organisationId", "id", "sealed", "destroyOn") select '${org}', "unitId", decode(repeat('00', 2078), 'hex'), '2027-01-01' from bench_week where w < 5`,
  )
  await run(`vacuum analyze`)
  const rows = await ask<{ id: string }>(
    'select id::text as "id" from bench_group where n < 0 order by n desc',
  )
  const [counted] = await ask<{ results: number }>('select count(*)::int as results from "Release"')
  await run(`drop table bench_week`)
  await run(`drop table bench_group`)
  await client.end()
  return { groupIds: rows.map(({ id }) => id), results: counted?.results ?? 0 }
}

/** Eight members a group; the facilitator and the supervisor of the bench with their accounts. */
async function people(run: (sql: string) => Promise<void>, org: string): Promise<void> {
  await run(
    `create table bench_person as select id as "groupId", gen_random_uuid() as id from bench_group, generate_series(1, 8)`,
  )
  await run(`insert into "Person" ("organisationId", "id") select '${org}', id from bench_person`)
  await run(`insert into "RosterEntry" ("organisationId", "groupId", "personId", "role", "agreedAt", "joinedAt")
    select '${org}', "groupId", id, 'member', now(), now() from bench_person`)
  await run(`drop table bench_person`)
  for (const [externalId, role, which] of [
    ['UBENCHF', 'facilitator', 'n < 0'],
    ['UBENCHS', 'supervisor', `n between 1 and ${SUPERVISED}`],
  ] as const) {
    await run(`with one as (insert into "Person" ("organisationId", "id", "isStaff") values ('${org}', gen_random_uuid(), true) returning "id"),
      known as (insert into "Account" ("organisationId", "id", "personId", "connectionId", "externalId")
        select '${org}', gen_random_uuid(), one."id", c."id", '${externalId}' from one, "Connection" c where c."externalId" = '${WORKSPACE}')
      insert into "RosterEntry" ("organisationId", "groupId", "personId", "role", "joinedAt")
        select '${org}', g.id, one."id", '${role}', now() from one, bench_group g where ${which}`)
  }
}
