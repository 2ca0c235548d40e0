import { parseKeyring } from '../../src/ballot/keyring.ts'
import { openText } from '../../src/ballot/secret-text.ts'
import { verifyAudit } from '../../src/store/audit-check.ts'
import type { Database } from '../../src/store/engine/database.ts'
import { SECRET } from '../helpers.ts'
import { castOf, PLATFORMS, SESSIONS } from './cast.ts'
import type { Answered, Done, Platforms } from './people.ts'

/** Everything that people were told, as it stands at the end. */
export type Counts = {
  answers: number
  /** Results, those that are what was answered, and those that were lost with their key. */
  units: number
  asAnswered: number
  lostUnits: number
  /** Groups that somebody was told are there; of these not there; and there twice. */
  groups: number
  lostGroups: number
  doubledGroups: number
  /**
   * Reminders: rows that say sent, those that are missing or say anything else but that nobody can
   * know, of the sent ones never seen, and those that came twice without any doubt about them.
   */
  reminders: number
  unsent: number
  neverSeen: number
  doubled: number
  /** Left half done: boxes, results, rows of the ledger, things due. */
  leftOver: number
  isAuditWhole: boolean
}

/** All that must be zero, or true, whatever happened. */
export const faultsOf = ({ units, asAnswered, lostUnits, ...counts }: Counts) => ({
  otherThanAnswered: units - asAnswered - lostUnits,
  lostUnits,
  lostGroups: counts.lostGroups,
  doubledGroups: counts.doubledGroups,
  unsent: counts.unsent,
  neverSeen: counts.neverSeen,
  doubled: counts.doubled,
  leftOver: counts.leftOver,
  isAuditWhole: counts.isAuditWhole,
})

/** How many things a store has left half done. */
export async function countLeftOver({ db }: Database): Promise<number> {
  const [row] = await db.sql.rows<{ count: number }>`
    select ((select count(*) from "Ballot") +
      (select count(*) from "ReleaseUnit" where not "isCleaned") +
      (select count(*) from "CheckIn" where "state" in ('planned', 'open')) +
      (select count(*) from "Delivery" where "state" in ('planned', 'sending')) +
      (select count(*) from "Occurrence" where "state" = 'planned'
        and "dueAt" < clock_timestamp()))::int as "count"`
  return row?.count ?? -1
}

/** Counts at the end of a run. */
export async function count(
  database: Database,
  platforms: Platforms,
  { answers, thanks, made }: Done,
): Promise<Counts> {
  const { prisma } = database.db
  const units = await prisma.releaseUnit.findMany({
    include: { sums: true, checkIns: { include: { group: { select: { alias: true } } } } },
  })
  const asAnswered = units.filter(({ id, state, sums, checkIns }) => {
    const [platform, index] = checkIns[0]?.group.alias.split(' ') ?? []
    const members = PLATFORMS.find((one) => one === platform)
    const own = members ? castOf(members).groups[Number(index)] : undefined
    const possible = possibleSums((own ?? []).map((member) => answers.get(member) ?? null))
    if (state === 'withheld') return [...possible].some((sum) => Number(sum.split(' ')[0]) < 6)
    return state === 'released' && sums !== null && possible.has(sumIn(id, sums.sealed))
  })
  const aliases = new Map<string, number>()
  for (const { alias } of await prisma.group.findMany({ select: { alias: true } }))
    aliases.set(alias, (aliases.get(alias) ?? 0) + 1)
  const told = made.filter(({ isTold }) => isTold)
  const reminders = await countReminders(database, platforms)
  const organisation = await prisma.organisation.findFirstOrThrow({ select: { id: true } })
  const audit = await verifyAudit(
    { tx: database.db, organisationId: organisation.id },
    parseKeyring(SECRET),
  )
  return {
    answers: thanks,
    units: units.length,
    asAnswered: asAnswered.length,
    lostUnits: units.filter(({ state }) => state === 'lost').length,
    groups: told.length,
    lostGroups: told.filter(({ alias }) => !aliases.has(alias)).length,
    doubledGroups: [...aliases.values()].filter((times) => times > 1).length,
    ...reminders,
    leftOver: await countLeftOver(database),
    isAuditWhole: audit.brokenAt === null,
  }
}

/** Of each person by themselves: one's reminder makes nobody else's good. */
async function countReminders(
  { db }: Database,
  platforms: Platforms,
): Promise<Pick<Counts, 'reminders' | 'unsent' | 'neverSeen' | 'doubled'>> {
  const ledger = await db.sql.rows<{ person: string; sent: number; doubt: number; unsent: number }>`
    select a."externalId" as "person", count(*) filter (where d."state" = 'sent')::int as "sent",
      count(*) filter (where d."lostAnswers" + d."interruptions" > 0)::int as "doubt",
      count(*) filter (where d."state" <> 'sent' and d."reason" is distinct from 'unknown')::int
        as "unsent"
    from "Delivery" d join "Account" a on a."organisationId" = d."organisationId"
      and a."personId" = d."personId" and a."connectionId" = d."connectionId"
    where d."kind" = 'reminder' group by 1`
  const counts = { reminders: 0, unsent: 0, neverSeen: 0, doubled: 0 }
  let rows = 0
  for (const { person, sent, doubt, unsent } of ledger) {
    const seen = Object.values(platforms).flatMap(({ journal }) =>
      journal.seen.filter((one) => one.person === person && one.kind === 'reminder'),
    )
    // The words name the session.
    const distinct = new Set(seen.map(({ notification }) => notification)).size
    rows += sent + unsent
    counts.reminders += sent
    counts.unsent += unsent
    counts.neverSeen += Math.max(0, sent - distinct)
    // A process that died while it sent does not know whether it came: those may come twice.
    counts.doubled += Math.max(0, seen.length - distinct - doubt)
  }
  const planned = PLATFORMS.flatMap((platform) => castOf(platform).groups)
    .map((members) => (members.length + 1) * SESSIONS)
    .reduce((sum, one) => sum + one, 0)
  const [unknown] = await db.sql.rows<{ count: number }>`
    select count(*)::int as "count" from "Delivery"
    where "kind" = 'reminder' and "state" <> 'sent' and "reason" = 'unknown'`
  counts.unsent += Math.max(0, planned - rows - (unknown?.count ?? 0))
  return counts
}

/** The answers in a unit and how many of them were a five, "8 3": what its sums say. */
function sumIn(unitId: string, sealed: Uint8Array): string {
  const unit = JSON.parse(openText(parseKeyring(SECRET), `sums ${unitId}`, sealed)) as {
    release: { tallies: { subject: string; answers: number; totalMilli: number }[] }
  }
  const [tally] = unit.release.tallies
  return tally ? `${tally.answers} ${Math.round(tally.totalMilli / 1_000)}` : 'none'
}

/**
 * Every sum that is in keeping with what members were told: the answer that they were thanked for
 * last, or one that they sent later and of which nobody told them what became.
 */
function possibleSums(members: readonly (Answered | null)[]): Set<string> {
  let sums = new Set(['0 0'])
  for (const one of members) {
    const { thanked = null, later = [] } = one ?? {}
    const next = new Set<string>()
    for (const sum of sums)
      for (const value of [thanked, ...later]) {
        const [answers = 0, fives = 0] = sum.split(' ').map(Number)
        next.add(value === null ? sum : `${answers + 1} ${fives + (value === '5' ? 1 : 0)}`)
      }
    sums = next
  }
  return sums
}
