import type { Role } from '../domain/access.ts'
import { DAY_MS, dayOf, plus } from '../domain/time.ts'
import type { Reader, Tenant } from './engine/transaction.ts'
import { fixedId } from './ids.ts'
import { UNSEEN } from './reach.ts'

export type RosterRow = {
  personId: string
  role: Role
  externalId: string
  connectionId: string
  name: string | null
  isBot: boolean
  isDeactivated: boolean
  /** Why notices do not reach them; null when they do, as far as we know. */
  unreachable: string | null
  /** They have not opened the app, and nothing reaches them before they do. */
  isUnopened: boolean
}

/**
 * The people of a group, each with the account that notices go to: one that is in use before one
 * that is closed.
 */
export async function listRoster(
  { tx, organisationId }: Tenant<Reader>,
  groupId: string,
): Promise<RosterRow[]> {
  return await tx.sql.rows<RosterRow>`
    select distinct on (r."personId") r."personId"::text as "personId", r."role"::text as "role",
      a."externalId",
      a."connectionId"::text as "connectionId", a."name", a."isBot", a."isDeactivated",
        a."unreachable",
      a."address" is null and c."platform"::text <> all(${UNSEEN}) as "isUnopened"
    from "RosterEntry" r join "Account" a on a."organisationId" = r."organisationId"
      and a."personId" = r."personId"
      join "Connection" c on c."organisationId" = a."organisationId" and c."id" = a."connectionId"
    where r."organisationId" = ${organisationId}::uuid and r."groupId" = ${groupId}::uuid
    order by r."personId", a."isDeactivated", a."unreachable" is not null, a."id"`
}

/**
 * Other groups that are made of the same people: more than half of the smaller one's members are in
 * both. Results of one count for the other. Ids that nobody used and staff are no members here:
 * they would only make a group larger.
 */
export async function listSamePeople(
  { tx, organisationId }: Tenant<Reader>,
  groupId: string,
): Promise<string[]> {
  const rows = await tx.sql.rows<{ groupId: string }>`
    with near as (
      select distinct theirs."groupId" from "RosterEntry" own join "RosterEntry" theirs
        on theirs."organisationId" = own."organisationId" and theirs."personId" = own."personId"
      where own."organisationId" = ${organisationId}::uuid and own."groupId" = ${groupId}::uuid
        and own."role" = 'member' and theirs."role" = 'member'),
    counted as (
      select r."groupId", r."personId" from near
        join "RosterEntry" r on r."organisationId" = ${organisationId}::uuid
          and r."groupId" = near."groupId" and r."role" = 'member'
        join "Person" p on p."organisationId" = r."organisationId" and p."id" = r."personId"
      where p."hasActed" and not p."isStaff"),
    sizes as (select "groupId", count(*) as "members" from counted group by "groupId")
    select theirs."groupId"::text as "groupId" from counted own
      join counted theirs on theirs."personId" = own."personId"
      join sizes on sizes."groupId" = theirs."groupId"
      join sizes mine on mine."groupId" = own."groupId"
    where own."groupId" = ${groupId}::uuid and theirs."groupId" <> own."groupId"
    group by theirs."groupId", sizes."members", mine."members"
    having count(*) * 2 > least(sizes."members", mine."members")`
  return rows.map((row) => row.groupId)
}

/** Where a group holds no sessions, somebody who comes later is asked after so long. */
const WITHOUT_SESSIONS_DAYS = 7

/** Somebody who is asked in a check-in. An id that nobody ever used has not acted. */
export type Asked = { personId: string; hasActed: boolean; joinedAt: Date }

/**
 * Members who are asked, so whose answers count: on the roster, not staff of the organisation, not
 * a bot, account not closed; and there before the group's first check-in, or at a session that was
 * held (in a group that holds none: on the list for a week). People who paused or opted out are on
 * it like the others.
 */
export async function listAskable(
  { tx, organisationId }: Tenant<Reader>,
  groupId: string,
  now: Date,
): Promise<Asked[]> {
  return await tx.sql.rows<Asked>`
    select r."personId"::text as "personId", p."hasActed", r."joinedAt"
    from "RosterEntry" r join "Person" p on p."organisationId" = r."organisationId"
      and p."id" = r."personId"
    where r."organisationId" = ${organisationId}::uuid and r."groupId" = ${groupId}::uuid
      and r."role" = 'member' and not p."isStaff"
      and exists (select from "Account" a where a."organisationId" = r."organisationId"
        and a."personId" = r."personId" and not a."isBot" and not a."isDeactivated")
      and (not exists (select from "CheckIn" c where c."organisationId" = r."organisationId"
          and c."groupId" = r."groupId" and c."unitId" is not null and c."opensAt" < r."joinedAt")
        or exists (select from "Session" s where s."organisationId" = r."organisationId"
          and s."groupId" = r."groupId" and s."state" = 'planned' and s."endsAt" <= ${now}
          and s."startsAt" >= r."joinedAt")
        or (r."joinedAt" <= ${plus(now, -WITHOUT_SESSIONS_DAYS * DAY_MS)}
          and not exists (select from "Session" s
            where s."organisationId" = r."organisationId" and s."groupId" = r."groupId"
              and s."state" = 'planned' and s."endsAt" <= ${now})))
    order by r."personId"`
}

const canBeReached = (entry: RosterRow) => !entry.isDeactivated && entry.unreachable === null

/** Facilitators who can be reached; where there is none, the supervisors: somebody must know. */
export async function listStaffOf(tenant: Tenant<Reader>, groupId: string): Promise<string[]> {
  const roster = await listRoster(tenant, groupId)
  const inRole = (role: Role) =>
    roster.filter((entry) => entry.role === role && canBeReached(entry))
  const facilitators = inRole('facilitator')
  return (facilitators.length > 0 ? facilitators : inRole('supervisor')).map(
    ({ personId }) => personId,
  )
}

/** The running groups of a person. */
export async function listGroupsOf(
  { tx, organisationId }: Tenant<Reader>,
  personId: string,
): Promise<string[]> {
  const rows = await tx.prisma.rosterEntry.findMany({
    where: { organisationId, personId, group: { endedAt: null } },
    select: { groupId: true },
  })
  return rows.map(({ groupId }) => groupId)
}

/**
 * Adds and removes people; returns nothing. Each joining or leaving member counts as one roster
 * change.
 */
export async function changeRoster(
  { tx, organisationId }: Tenant,
  groupId: string,
  change: {
    add: readonly { personId: string; role: Role }[]
    remove: readonly string[]
    memberChanges: number
  },
  now: Date,
): Promise<void> {
  if (change.remove.length > 0)
    await tx.prisma.rosterEntry.deleteMany({
      where: { organisationId, groupId, personId: { in: [...change.remove] } },
    })
  if (change.add.length === 0 && change.memberChanges === 0) return
  await tx.sql.run`
    with joined as (insert into "RosterEntry" ("organisationId", "groupId", "personId", "role",
        "joinedAt")
      select ${organisationId}::uuid, ${groupId}::uuid, n."personId", n."role"::"Role", ${now}
      from unnest(${change.add.map(({ personId }) => personId)}::uuid[],
        ${change.add.map(({ role }) => role)}::text[]) as n("personId", "role"))
    update "Group" set "rosterChanges" = "rosterChanges" + ${change.memberChanges}::int
    where "organisationId" = ${organisationId}::uuid and "id" = ${groupId}::uuid`
}

/**
 * A person's place in a running group; null outside it. `hasEndedToo`: staff keep theirs in a group
 * that has ended.
 */
export async function findRole(
  { tx, organisationId }: Tenant<Reader>,
  groupId: string,
  personId: string,
  hasEndedToo = false,
): Promise<Role | null> {
  const row = await tx.prisma.rosterEntry.findUnique({
    where: { organisationId_groupId_personId: { organisationId, groupId, personId } },
    select: { role: true, group: { select: { endedAt: true } } },
  })
  if (!row) return null
  return row.group.endedAt === null || (hasEndedToo && row.role !== 'member') ? row.role : null
}

/** Whether a person is on a group's roster, be it that the group has ended. */
export async function isOnRoster(
  { tx, organisationId }: Tenant<Reader>,
  groupId: string,
  personId: string,
): Promise<boolean> {
  return (await tx.prisma.rosterEntry.count({ where: { organisationId, groupId, personId } })) > 0
}

/** Goals and agreement as somebody was shown them. */
export type AgreementWords = { goals: readonly string[]; agreement: readonly string[] }

/**
 * Remembers that a member accepted these words; the first time stays. Words that they accepted
 * before are kept beside it.
 */
export async function acceptAgreement(
  { tx, organisationId }: Tenant,
  groupId: string,
  personId: string,
  { words, now }: { words: AgreementWords; now: Date },
): Promise<void> {
  const id = fixedId('agreement', organisationId, groupId, JSON.stringify(words))
  const text = { goals: [...words.goals], agreement: [...words.agreement] }
  await tx.prisma.agreementText.createMany({
    data: [{ organisationId, id, groupId, words: text }],
    skipDuplicates: true,
  })
  await tx.prisma.acceptance.createMany({
    data: [{ organisationId, textId: id, personId, on: dayOf(now) }],
    skipDuplicates: true,
  })
  await tx.prisma.rosterEntry.updateMany({
    where: { organisationId, groupId, personId, agreedAt: null },
    // A day: the minute could be that of a check-in's first page.
    data: { agreedAt: dayOf(now) },
  })
}

/**
 * How many members there are and how many accepted the agreement; while a check-in is open, by the
 * day before it opened: accepting may be its first page.
 */
export async function countAgreement(
  { tx, organisationId }: Tenant<Reader>,
  groupId: string,
): Promise<{ members: number; accepted: number }> {
  const [counts] = await tx.sql.rows<{ members: number; accepted: number }>`
    select count(*)::int as "members",
      count(*) filter (where r."agreedAt" < coalesce((select date_trunc('day', min(c."opensAt"))
        from "CheckIn" c where c."organisationId" = r."organisationId"
          and c."groupId" = r."groupId" and c."state" = 'open'), 'infinity'))::int as "accepted"
    from "RosterEntry" r
    where r."organisationId" = ${organisationId}::uuid and r."groupId" = ${groupId}::uuid
      and r."role" = 'member'`
  return counts ?? { members: 0, accepted: 0 }
}
