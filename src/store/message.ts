import type { Reader, Tenant } from './engine/transaction.ts'
import { lockRow } from './lock-row.ts'

export type MessageRow = {
  id: string
  groupId: string
  text: string
  target: 'members' | 'channel'
  /** RFC 5545 rule; null: once. */
  rule: string | null
  localStart: string
  timeZone: string
  state: 'draft' | 'active' | 'stopped' | 'done'
}
const MESSAGE_FIELDS = {
  id: true,
  groupId: true,
  text: true,
  target: true,
  rule: true,
  localStart: true,
  timeZone: true,
  state: true,
} as const

export async function findMessage(
  { tx, organisationId }: Tenant<Reader>,
  id: string,
): Promise<MessageRow | null> {
  return await tx.prisma.message.findUnique({
    where: { organisationId_id: { organisationId, id } },
    select: MESSAGE_FIELDS,
  })
}

/** The message with its row locked: editing, stopping and going out happen one at a time. */
export async function lockMessage(tenant: Tenant, id: string): Promise<MessageRow | null> {
  await lockRow(tenant, 'Message', id)
  return await findMessage(tenant, id)
}

/** Messages of a group that are to come, and drafts, in the order of their first time. */
export async function listMessages(
  { tx, organisationId }: Tenant<Reader>,
  groupId: string,
): Promise<MessageRow[]> {
  return await tx.prisma.message.findMany({
    where: { organisationId, groupId, state: { in: ['draft', 'active'] } },
    orderBy: [{ localStart: 'asc' }, { id: 'asc' }],
    select: MESSAGE_FIELDS,
  })
}

export async function saveMessage(
  { tx, organisationId }: Tenant,
  { id, ...message }: MessageRow,
): Promise<void> {
  await tx.prisma.message.upsert({
    where: { organisationId_id: { organisationId, id } },
    create: { organisationId, id, ...message },
    update: message,
  })
}

export async function setMessageState(
  { tx, organisationId }: Tenant,
  id: string,
  state: MessageRow['state'],
): Promise<void> {
  await tx.prisma.message.update({
    where: { organisationId_id: { organisationId, id } },
    data: { state },
  })
}
