import { createHmac, type KeyObject, randomBytes } from 'node:crypto'
import type { BoxContext } from './box.ts'

/**
 * The time at which answers were sent, as it stands in a box: a fresh salt, and the milliseconds
 * since 1970 under a key of the unit's own. It goes with that key. Under the application's secret
 * alone a copy of the store would tell for good who answered, and when.
 */
const SALT_BYTES = 6
const STAMP_BYTES = 6
export const TIME_KEY_BYTES = 32

/** Hides a time for one member's box. */
export function hideTime(timeKey: KeyObject, context: BoxContext, sentAt: number): Buffer {
  const salt = randomBytes(SALT_BYTES)
  const stamp = Buffer.alloc(STAMP_BYTES)
  stamp.writeUIntBE(sentAt, 0, STAMP_BYTES)
  return Buffer.concat([salt, masked(timeKey, context, salt, stamp)])
}

/** Reads it again, with the key and for the box that it was hidden for. */
export function readTime(timeKey: KeyObject, context: BoxContext, hidden: Buffer): number {
  const salt = hidden.subarray(0, SALT_BYTES)
  const stamp = masked(timeKey, context, salt, hidden.subarray(SALT_BYTES))
  return stamp.readUIntBE(0, STAMP_BYTES)
}

function masked(
  timeKey: KeyObject,
  { checkInId, memberId }: BoxContext,
  salt: Buffer,
  stamp: Buffer,
): Buffer {
  const mask = createHmac('sha256', timeKey)
    .update(salt)
    .update(checkInId)
    .update(memberId)
    .digest()
  return Buffer.from(stamp.map((byte, index) => byte ^ (mask[index] ?? 0)))
}
