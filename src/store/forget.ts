import type { Cutoffs } from '../domain/retention.ts'
import type { Db, Tx } from './engine/database.ts'

/** Rows that one round of deletion takes of each kind: short transactions, however much is past its time. */
const ROUND = 500

/** Where somebody may stay known: a place in any group, staff, or admin. */
const UNNEEDED = { isStaff: false, isAdmin: false, roles: { none: {} } } as const

/** Forgets people who have no place any more, with everything about them; returns how many. */
export async function forgetPeople(tx: Tx, organisationId: string, personIds: readonly string[]): Promise<number> {
  const { count } = await tx.person.deleteMany({ where: { organisationId, id: { in: [...personIds] }, ...UNNEEDED } })
  return count
}

/** What an ended group's deletion removed, in numbers. */
export type Deleted = {
  members: number
  sessions: number
  checkIns: number
  results: number
  messages: number
  contacts: number
  wins: number
  deliveries: number
  people: number
}

/** Deletes a group with everything in it, and the people whom nothing else keeps. */
export async function deleteGroup(tx: Tx, organisationId: string, groupId: string): Promise<Deleted> {
  const where = { organisationId, groupId }
  const roster = await tx.rosterEntry.findMany({ where, select: { personId: true, role: true } })
  const counts = {
    members: roster.filter(({ role }) => role === 'member').length,
    sessions: await tx.session.count({ where }),
    checkIns: await tx.checkIn.count({ where }),
    results: await tx.release.count({ where: { organisationId, unit: { groupId } } }),
    messages: await tx.message.count({ where }),
    contacts: await tx.contactRequest.count({ where }),
    wins: await tx.win.count({ where }),
    deliveries: await tx.delivery.count({ where }),
  }
  await tx.group.delete({ where: { organisationId_id: { organisationId, id: groupId } } })
  const people = await forgetPeople(
    tx,
    organisationId,
    roster.map(({ personId }) => personId),
  )
  return { ...counts, people }
}

export type ReceiptRow = { id: string; personId: string; at: Date; counts: Deleted }

export async function saveReceipt(tx: Tx, organisationId: string, receipt: ReceiptRow): Promise<void> {
  await tx.deletionReceipt.createMany({ data: [{ organisationId, ...receipt }], skipDuplicates: true })
}

export async function findReceipt(db: Tx, organisationId: string, id: string): Promise<ReceiptRow | null> {
  const row = await db.deletionReceipt.findUnique({
    where: { organisationId_id: { organisationId, id } },
    select: { id: true, personId: true, at: true, counts: true },
  })
  return row && { ...row, counts: row.counts as Deleted }
}

/** What one round deleted. */
export type Forgotten = {
  results: number
  sessions: number
  deliveries: number
  occurrences: number
  audit: number
  contacts: number
  words: number
  wins: number
  drafts: number
}

/**
 * Deletes what is past its time in an organisation, at most a round of each kind; the caller goes on while anything was
 * deleted. The audit log's chain begins anew at the hash of the last entry that went.
 */
export async function forgetOld(db: Db, organisationId: string, before: Cutoffs): Promise<Forgotten> {
  const results = await db.$executeRaw`delete from "ReleaseUnit" where ("organisationId", "id") in (
    select u."organisationId", u."id" from "ReleaseUnit" u where u."organisationId" = ${organisationId}::uuid
      and u."state" in ('released', 'withheld', 'lost') and u."isCleaned" and not exists (
        select 1 from "CheckIn" k where k."organisationId" = u."organisationId" and k."unitId" = u."id" and k."closesAt" >= ${before.results})
    limit ${ROUND})`
  const sessions = await db.$executeRaw`delete from "Session" where ("organisationId", "id") in (
    select s."organisationId", s."id" from "Session" s where s."organisationId" = ${organisationId}::uuid
      and s."endsAt" < ${before.sessions} and not exists (
        select 1 from "CheckIn" k where k."organisationId" = s."organisationId" and k."sessionId" = s."id" and k."unitId" is not null)
    limit ${ROUND})`
  const deliveries = await db.$executeRaw`delete from "Delivery" where ("organisationId", "id") in (
    select "organisationId", "id" from "Delivery" where "organisationId" = ${organisationId}::uuid and "endedAt" < ${before.ledger} limit ${ROUND})`
  const occurrences = await db.$executeRaw`delete from "Occurrence" where ("organisationId", "id") in (
    select "organisationId", "id" from "Occurrence" where "organisationId" = ${organisationId}::uuid
      and "state" in ('done', 'dropped') and "dueAt" < ${before.ledger} limit ${ROUND})`
  const contacts = await db.$executeRaw`delete from "ContactRequest" where ("organisationId", "id") in (
    select "organisationId", "id" from "ContactRequest" where "organisationId" = ${organisationId}::uuid and "seenAt" < ${before.contacts} limit ${ROUND})`
  const words = await db.$executeRaw`delete from "ReleaseText" where ("organisationId", "id") in (
    select t."organisationId", t."id" from "ReleaseText" t where t."organisationId" = ${organisationId}::uuid
      and not exists (
        select 1 from "CheckIn" k where k."organisationId" = t."organisationId" and k."unitId" = t."unitId" and k."closesAt" >= ${before.words})
    limit ${ROUND})`
  // A message that was never confirmed may hold a win; its first date is the only time that it has.
  const drafts = await db.$executeRaw`delete from "Message" where ("organisationId", "id") in (
    select "organisationId", "id" from "Message" where "organisationId" = ${organisationId}::uuid and "state" = 'draft'
      and "localStart" < ${before.words.toISOString().slice(0, 10)} limit ${ROUND})`
  const wins = await db.$executeRaw`delete from "Win" where ("organisationId", "id") in (
    select "organisationId", "id" from "Win" where "organisationId" = ${organisationId}::uuid and "deleteOn" < ${before.wins}::date limit ${ROUND})`
  const audit = await db.$transaction((tx) => forgetAudit(tx, organisationId, before.audit))
  return { results, sessions, deliveries, occurrences, audit, contacts, words, wins, drafts }
}

async function forgetAudit(tx: Tx, organisationId: string, before: Date): Promise<number> {
  await tx.$queryRaw`select 1 from "Organisation" where "id" = ${organisationId}::uuid for no key update`
  const old = await tx.auditEntry.findMany({
    where: { organisationId, at: { lt: before } },
    orderBy: { number: 'asc' },
    take: ROUND,
    select: { number: true, hash: true },
  })
  const last = old.at(-1)
  if (!last) return 0
  await tx.auditEntry.deleteMany({ where: { organisationId, number: { lte: last.number } } })
  await tx.organisation.update({
    where: { id: organisationId },
    data: { auditForgotten: last.number, auditAnchor: Uint8Array.from(last.hash) },
  })
  return old.length
}
