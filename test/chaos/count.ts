import { parseKeyring } from '../../src/ballot/keyring.ts'
import { openText } from '../../src/ballot/secret-text.ts'
import { verifyAudit } from '../../src/store/audit-check.ts'
import type { Database } from '../../src/store/engine/database.ts'
import { SECRET } from '../helpers.ts'
import { castOf, PLATFORMS } from './cast.ts'
import type { Answered, Done, Platforms } from './people.ts'

/** What became of everything that people were told. */
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
  /** Reminders: rows that say sent, of these never seen, and those that came twice unexplained. */
  reminders: number
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
  const seen = new Map<string, number>()
  for (const { journal } of Object.values(platforms))
    for (const { person, kind, notification } of journal.seen)
      if (kind === 'reminder') {
        const key = `${person} ${notification}`
        seen.set(key, (seen.get(key) ?? 0) + 1)
      }
  const ledger = await prisma.delivery.findMany({
    where: { kind: 'reminder' },
    select: { state: true, lostAnswers: true, interruptions: true },
  })
  const sent = ledger.filter(({ state }) => state === 'sent')
  // A process that died while it sent does not know whether it came: those may come twice.
  const inDoubt = ledger.filter((row) => row.lostAnswers + row.interruptions > 0).length
  const doubled = [...seen.values()].reduce((sum, times) => sum + times - 1, 0)
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
    reminders: sent.length,
    neverSeen: Math.max(0, sent.length - seen.size),
    doubled: Math.max(0, doubled - inDoubt),
    leftOver: await countLeftOver(database),
    isAuditWhole: audit.brokenAt === null,
  }
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
