import type { Tx } from './engine/database.ts'

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

export async function findMessage(db: Tx, organisationId: string, id: string): Promise<MessageRow | null> {
  return await db.message.findUnique({ where: { organisationId_id: { organisationId, id } }, select: MESSAGE_FIELDS })
}

/** The message with its row locked: editing, stopping and going out happen one at a time. */
export async function lockMessage(tx: Tx, organisationId: string, id: string): Promise<MessageRow | null> {
  await tx.$queryRaw`select 1 from "Message" where "organisationId" = ${organisationId}::uuid and "id" = ${id}::uuid for update`
  return await findMessage(tx, organisationId, id)
}

/** Messages of a group that are to come, and drafts, in the order of their first time. */
export async function listMessages(db: Tx, organisationId: string, groupId: string): Promise<MessageRow[]> {
  return await db.message.findMany({
    where: { organisationId, groupId, state: { in: ['draft', 'active'] } },
    orderBy: [{ localStart: 'asc' }, { id: 'asc' }],
    select: MESSAGE_FIELDS,
  })
}

export async function saveMessage(tx: Tx, organisationId: string, { id, ...message }: MessageRow): Promise<void> {
  await tx.message.upsert({
    where: { organisationId_id: { organisationId, id } },
    create: { organisationId, id, ...message },
    update: message,
  })
}

export async function setMessageState(
  tx: Tx,
  organisationId: string,
  id: string,
  state: MessageRow['state'],
): Promise<void> {
  await tx.message.update({ where: { organisationId_id: { organisationId, id } }, data: { state } })
}
