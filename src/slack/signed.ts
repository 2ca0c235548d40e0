import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

/** Slack's own rule, and as much the other way: clocks differ in both directions. */
const MOST_OFF_SECONDS = 300
const SIGNATURE = /^v0=[0-9a-f]{64}$/

/** The signature of a request and the time in it, in seconds since 1970. */
export type Signed = { signature: string; sentAt: number }

/** The two headers of a signed request; null when one is missing or has no such form. */
export function readSignature(headers: IncomingHttpHeaders): Signed | null {
  const signature = String(headers['x-slack-signature'])
  const sentAt = Number(headers['x-slack-request-timestamp'] || Number.NaN)
  return SIGNATURE.test(signature) && Number.isFinite(sentAt) ? { signature, sentAt } : null
}

/**
 * Whether Slack signed this body: HMAC-SHA256 over `v0:<time>:<body>`
 * (https://docs.slack.dev/authentication/verifying-requests-from-slack). The time is judged by
 * `clockAhead`. The key is an object: made from text for each request, it costs more than the MAC.
 */
export function isSigned(key: KeyObject, { signature, sentAt }: Signed, body: string): boolean {
  const expected = createHmac('sha256', key).update(`v0:${sentAt}:${body}`).digest()
  return timingSafeEqual(expected, Buffer.from(signature.slice('v0='.length), 'hex'))
}

/**
 * How many seconds our clock would have to be ahead of a request's (below zero: behind), where that
 * is too much; null: it is from now. Its signature is not looked at for that: a body that nobody
 * may have signed is not waited for.
 */
export function clockAhead({ sentAt }: Signed, now: Date): number | null {
  const seconds = Math.round(now.getTime() / 1000 - sentAt)
  return Math.abs(seconds) > MOST_OFF_SECONDS ? seconds : null
}
