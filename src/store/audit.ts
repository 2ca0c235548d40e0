import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto'
import type { Keyring } from '../ballot/keyring.ts'
import type { Reader, Tenant } from './engine/transaction.ts'

/**
 * One fact: who did what to what. Access and changes, never answers. `isPerson`: the subject is
 * somebody, and goes when they are forgotten.
 */
export type AuditFact = {
  actorId: string | null
  action: string
  subjectId: string
  isPerson?: boolean
}

/** Where an organisation's chain stands. */
export type Chain = {
  auditHead: Uint8Array | null
  auditLength: number
  /** Entries up to this one are past their time; `auditAnchor` is the hash of the last of them. */
  auditForgotten: number
  auditAnchor: Uint8Array | null
  auditSeal: Uint8Array | null
}
export const CHAIN_FIELDS = {
  auditHead: true,
  auditLength: true,
  auditForgotten: true,
  auditAnchor: true,
  auditSeal: true,
} as const

/** The entry that says that the chain was found without its seal, or with a wrong one. */
export const RESEALED = 'audit.resealed'

/**
 * Appends entries to the organisation's chain; its row lock keeps the order. A chain that somebody
 * has shortened or changed by hand gets an entry that says so, which nobody can take away again.
 */
export async function appendAudit(
  tenant: Tenant,
  keyring: Keyring,
  facts: readonly AuditFact[],
  now: Date,
): Promise<void> {
  if (facts.length === 0) return
  const { tx, organisationId } = tenant
  const { living, ...chain } = await lockChain(tenant, peopleIn(facts))
  const all = (await isSealGood(tenant, keyring, chain, now))
    ? facts
    : [{ actorId: null, action: RESEALED, subjectId: organisationId }, ...facts]
  let { auditHead: head, auditLength: number } = chain
  const keyId = keyring.current
  const rows = []
  for (const { actorId, action, subjectId, isPerson = false } of all) {
    number += 1
    const tags = {
      actorTag: tagOf(keyring, keyId, number, actorId),
      subjectTag: tagOf(keyring, keyId, number, subjectId),
    }
    const entry = { number, at: now, action, keyId, isAboutPerson: isPerson, ...tags }
    const hash = hashOf(keyring, head, entry)
    if (!hash) throw new Error('the secret in use is not there')
    rows.push({
      organisationId,
      ...entry,
      // Somebody who was forgotten by this very act leaves a place without a name.
      actorId: actorId !== null && living.includes(actorId) ? actorId : null,
      subjectId: isPerson && !living.includes(subjectId) ? null : subjectId,
      hash,
    })
    head = hash
  }
  const next = { ...chain, auditHead: head, auditLength: number }
  const hex = (bytes: Uint8Array | null) => bytes && `\\x${Buffer.from(bytes).toString('hex')}`
  const entries = rows.map((row) => ({
    ...row,
    actorTag: hex(row.actorTag),
    subjectTag: hex(row.subjectTag),
    hash: hex(row.hash),
  }))
  // Entries and where the chain stands, in one round trip.
  await tx.sql.run`
    with entries as (insert into "AuditEntry" ("organisationId", "number", "at", "actorId",
        "actorTag", "action", "subjectId", "subjectTag", "isAboutPerson", "keyId", "hash")
      select "organisationId", "number", "at", "actorId", "actorTag", "action", "subjectId",
        "subjectTag", "isAboutPerson", "keyId", "hash"
      from jsonb_populate_recordset(null::"AuditEntry", ${JSON.stringify(entries)}::jsonb))
    update "Organisation" set "auditHead" = ${next.auditHead}, "auditLength" = ${number},
      "auditForgotten" = ${next.auditForgotten}, "auditAnchor" = ${next.auditAnchor},
      "auditSeal" = ${sealOf(keyring, keyId, organisationId, next)}
    where "id" = ${organisationId}::uuid`
}

/** People whom facts name. */
const peopleIn = (facts: readonly AuditFact[]): string[] =>
  facts.flatMap(({ actorId, subjectId, isPerson }) => [
    ...(actorId === null ? [] : [actorId]),
    ...(isPerson ? [subjectId] : []),
  ])

/** Writes where the chain stands, under a seal. */
export async function saveChain(
  { tx, organisationId }: Tenant,
  keyring: Keyring,
  chain: Chain,
): Promise<void> {
  const bytes = (value: Uint8Array | null) => value && Uint8Array.from(value)
  await tx.prisma.organisation.update({
    where: { id: organisationId },
    data: {
      ...chain,
      auditHead: bytes(chain.auditHead),
      auditAnchor: bytes(chain.auditAnchor),
      auditSeal: sealOf(keyring, keyring.current, organisationId, chain),
    },
  })
}

/**
 * Takes the chain's lock until the transaction ends; returns where it stands, and which of these
 * people are known.
 */
export async function lockChain(
  { tx, organisationId }: Tenant,
  personIds: readonly string[] = [],
): Promise<Chain & { living: string[] }> {
  const [chain] = await tx.sql.rows<Chain & { living: string[] }>`
    select o."auditHead", o."auditLength", o."auditForgotten", o."auditAnchor", o."auditSeal",
      array(select p."id"::text from "Person" p where p."organisationId" = o."id"
        and p."id" = any(${[...personIds]}::uuid[])) as "living"
    from "Organisation" o where o."id" = ${organisationId}::uuid for no key update of o`
  if (!chain) throw new Error('the organisation is not there')
  return chain
}

/**
 * Takes people out of the log: their entries keep their place and lose whom they name. The chain
 * holds, because it is made over tags that only the secret can make.
 */
export async function forgetInAudit(
  { tx, organisationId }: Tenant,
  personIds: readonly string[],
): Promise<void> {
  const ids = [...personIds]
  await tx.prisma.auditEntry.updateMany({
    where: { organisationId, actorId: { in: ids } },
    data: { actorId: null },
  })
  await tx.prisma.auditEntry.updateMany({
    where: { organisationId, subjectId: { in: ids } },
    data: { subjectId: null },
  })
}

export type Tagged = {
  number: number
  at: Date
  action: string
  keyId: number
  actorTag: Uint8Array | null
  subjectTag: Uint8Array | null
  isAboutPerson: boolean
}

const TAG_BYTES = 16
export const NOTHING = Buffer.alloc(0)

const macOf = (
  key: KeyObject,
  purpose: string,
  parts: readonly (string | Uint8Array)[],
): Buffer => {
  const mac = createHmac('sha256', key).update(purpose)
  for (const part of parts) mac.update('\n').update(part)
  return mac.digest()
}

/** Stands for somebody in one entry alone: two entries of one person have nothing in common. */
export function tagOf(keyring: Keyring, keyId: number, number: number, id: string | null) {
  const key = keyring.keys.get(keyId)?.audit
  return key && id !== null
    ? Uint8Array.from(macOf(key, 'tag', [String(number), id]).subarray(0, TAG_BYTES))
    : null
}

/** HMAC-SHA256 over the hash before and this entry's fields; null when its secret is not there. */
export function hashOf(keyring: Keyring, previous: Uint8Array | null, entry: Tagged) {
  const key = keyring.keys.get(entry.keyId)?.audit
  if (!key) return null
  return Uint8Array.from(
    macOf(key, 'entry', [
      previous ?? NOTHING,
      String(entry.number),
      entry.at.toISOString(),
      entry.action,
      Buffer.from(entry.actorTag ?? NOTHING).toString('hex'),
      Buffer.from(entry.subjectTag ?? NOTHING).toString('hex'),
      String(entry.isAboutPerson),
    ]),
  )
}

/** The number of its secret, and an HMAC over where the chain begins and ends. */
function sealOf(keyring: Keyring, keyId: number, organisationId: string, chain: Chain) {
  const key = keyring.keys.get(keyId)?.audit
  if (!key) return null
  const mac = macOf(key, 'seal', [
    organisationId,
    String(chain.auditForgotten),
    chain.auditAnchor ?? NOTHING,
    String(chain.auditLength),
    chain.auditHead ?? NOTHING,
  ])
  return Uint8Array.from(Buffer.concat([Buffer.from([keyId]), mac]))
}

/**
 * Whether the chain stands as this service left it. One that was never begun has no seal; making a
 * group is an entry, so where there is an older group there was a log.
 */
async function isSealGood(
  { tx, organisationId }: Tenant<Reader>,
  keyring: Keyring,
  chain: Chain,
  now: Date,
): Promise<boolean> {
  if (chain.auditSeal !== null) return isSealOf(keyring, organisationId, chain)
  const where = { organisationId }
  return (
    chain.auditLength === 0 &&
    (await tx.prisma.auditEntry.count({ where })) === 0 &&
    (await tx.prisma.group.count({ where: { ...where, createdAt: { lt: now } } })) === 0
  )
}

export function isSealOf(keyring: Keyring, organisationId: string, chain: Chain): boolean {
  const { auditSeal } = chain
  const expected = auditSeal && sealOf(keyring, auditSeal[0] ?? 0, organisationId, chain)
  return (
    expected !== null &&
    expected.length === auditSeal?.length &&
    timingSafeEqual(expected, Buffer.from(auditSeal))
  )
}
