import type { Keyring } from '../ballot/keyring.ts'
import {
  CHAIN_FIELDS,
  type Chain,
  hashOf,
  isSealOf,
  NOTHING,
  RESEALED,
  type Tagged,
  tagOf,
} from './audit.ts'
import type { Reader, Tenant } from './engine/transaction.ts'

/** A point of the chain that was written down elsewhere: an entry's number and hash. */
export type Head = { number: number; hash: string }

/** Where each organisation's chain stands; those without an entry are left out. */
export async function listHeads(db: Reader): Promise<(Head & { organisationId: string })[]> {
  const rows = await db.prisma.organisation.findMany({
    where: { auditHead: { not: null } },
    select: { id: true, auditHead: true, auditLength: true },
  })
  return rows.map(({ id, auditHead, auditLength }) => ({
    organisationId: id,
    number: auditLength,
    hash: hexOf(auditHead),
  }))
}

/** The findings of a walk along the chain. */
export type AuditCheck = {
  length: number
  /** The first entry that does not fit; null: all fit. */
  brokenAt: number | null
  /** Before these entries the chain was changed by hand, or came from an older version. */
  resealedAt: readonly number[]
  /** Entries whose secret is not there any more: they could not be checked. */
  unchecked: number
  head: Head | null
}

/**
 * Checks the whole chain of an organisation, and that it passes through a head that was written
 * down elsewhere (null: none was). Somebody who can write to the database can bring back an older
 * state, but not one that has that head.
 */
export async function verifyAudit(
  tenant: Tenant<Reader>,
  keyring: Keyring,
  known: Head | null = null,
): Promise<AuditCheck> {
  const { tx, organisationId } = tenant
  const chain = await tx.prisma.organisation.findUniqueOrThrow({
    where: { id: organisationId },
    select: CHAIN_FIELDS,
  })
  const { auditForgotten, auditLength } = chain
  const entries = await listEntries(tenant, auditForgotten)
  const resealedAt = entries.flatMap(({ action, number }) => (action === RESEALED ? [number] : []))
  const at = (number: number) =>
    number === auditForgotten
      ? chain.auditAnchor
      : (entries.find((entry) => entry.number === number)?.hash ?? null)
  const head = chain.auditHead && { number: auditLength, hash: hexOf(chain.auditHead) }
  const people = await tx.prisma.person.findMany({
    where: { organisationId },
    select: { id: true },
  })
  const living = people.map(({ id }) => id)
  const walked = walk({ keyring, living }, chain, entries)
  const isPassed = !known || known.number < auditForgotten || hexOf(at(known.number)) === known.hash
  const isSealed =
    chain.auditSeal === null
      ? auditLength === 0 && (await tx.prisma.group.count({ where: { organisationId } })) === 0
      : isSealOf(keyring, organisationId, chain)
  const brokenAt =
    walked.brokenAt ?? (known && !isPassed ? known.number : isSealed ? null : auditLength + 1)
  return { length: auditLength, brokenAt, resealedAt, unchecked: walked.unchecked, head }
}

const hexOf = (hash: Uint8Array | null): string => Buffer.from(hash ?? NOTHING).toString('hex')

/** The entries of the chain, in order; those from before it begins are left out. */
export async function listEntries(
  { tx, organisationId }: Tenant<Reader>,
  after = 0,
): Promise<StoredEntry[]> {
  return await tx.prisma.auditEntry.findMany({
    where: { organisationId, number: { gt: after } },
    orderBy: { number: 'asc' },
    omit: { organisationId: true },
  })
}
type StoredEntry = Tagged & { actorId: string | null; subjectId: string | null; hash: Uint8Array }

function walk(
  { keyring, living }: Known,
  { auditForgotten, auditLength, auditAnchor, auditHead }: Chain,
  entries: readonly StoredEntry[],
): Pick<AuditCheck, 'brokenAt' | 'unchecked'> {
  let previous = auditAnchor
  let unchecked = 0
  for (const [index, entry] of entries.entries()) {
    const expected = hashOf(keyring, previous, entry)
    // Secrets are put away from the oldest on: one that is missing further on was never there.
    if (!expected && unchecked === index) unchecked += 1
    else if (!expected) return { brokenAt: auditForgotten + index + 1, unchecked }
    const isOwn = expected === null || Buffer.from(expected).equals(Buffer.from(entry.hash))
    if (
      entry.number !== auditForgotten + index + 1 ||
      !isOwn ||
      !areNamed({ keyring, living }, entry)
    )
      return { brokenAt: auditForgotten + index + 1, unchecked }
    previous = entry.hash
  }
  const isWhole =
    auditForgotten + entries.length === auditLength && hexOf(previous) === hexOf(auditHead)
  return { brokenAt: isWhole ? null : auditForgotten + entries.length + 1, unchecked }
}

/** The secrets, and the people who are still known. */
type Known = { keyring: Keyring; living: readonly string[] }

/**
 * An entry names the people whom its tags stand for, or, once they are forgotten, nobody: somebody
 * who is still known was taken out of it by hand.
 */
function areNamed({ keyring, living }: Known, entry: StoredEntry): boolean {
  const { number, keyId, isAboutPerson } = entry
  if (!keyring.keys.has(keyId)) return true
  const standsFor = (id: string, tag: Uint8Array | null) =>
    hexOf(tagOf(keyring, keyId, number, id)) === hexOf(tag)
  const fits = (id: string | null, tag: Uint8Array | null) =>
    id !== null ? standsFor(id, tag) : tag === null || !living.some((one) => standsFor(one, tag))
  return (
    fits(entry.actorId, entry.actorTag) &&
    fits(entry.subjectId, entry.subjectTag) &&
    (entry.subjectId !== null || isAboutPerson)
  )
}
