import { z } from 'zod'
import type { Rejection } from '../rejections.ts'

/**
 * Stands before botbuilder. The SDK takes a token apart before it verifies it: an unsigned one of
 * 1,500 claims costs it half a second, a new tenant in each makes it slower for ever, and a token
 * that Entra issues for the bot's own client secret passes as anybody. So only what can be a
 * channel's token gets there.
 */
declare const admitted: unique symbol
/** A request that may be verified; only this module can make one. */
export type Admitted = { readonly [admitted]: true; readonly authorization: string }

/** The channel's tokens are signed by RS256 and hold six claims. */
const MOST_CLAIMS = 16
/** Characters in base64url: a header of 1 KB, claims of 2 KB, a signature of 4,096 bits. */
const MOST_CHARS = { header: 1_366, claims: 2_731, signature: 684 } as const

const headerSchema = z.object({ alg: z.literal('RS256'), kid: z.string() })
const claimsSchema = z
  .record(z.string(), z.unknown())
  .refine((claims) => Object.keys(claims).length <= MOST_CLAIMS)
  .pipe(
    z.looseObject({
      iss: z.string(),
      aud: z.string(),
      exp: z.number(),
      nbf: z.number().optional(),
    }),
  )

/**
 * Takes an Authorization header that may be the channel's own: a bearer token of three short parts,
 * from the channel's issuer, for this bot, that holds now or did a few minutes ago. It says nothing
 * yet of the signature. Otherwise the reason for refusing it; a token that does not hold now is
 * `clock`, with the seconds by which our clock would have to be off at least.
 */
export function admitChannel(
  authorization: string | undefined,
  { issuer, audience }: { issuer: string; audience: string },
  now: Date,
): Admitted | Rejection {
  if (authorization === undefined) return UNSIGNED
  const parts = /^Bearer ([\w-]+)\.([\w-]+)\.([\w-]+)$/.exec(authorization)
  const [header, claims, signature] = parts?.slice(1) ?? []
  if (header === undefined || claims === undefined || signature === undefined) return UNSIGNED
  if (header.length > MOST_CHARS.header || claims.length > MOST_CHARS.claims) return UNSIGNED
  if (signature.length > MOST_CHARS.signature) return UNSIGNED
  if (!headerSchema.safeParse(decode(header)).success) return UNSIGNED
  const { data } = claimsSchema.safeParse(decode(claims))
  if (!data) return UNSIGNED
  if (data.iss !== issuer || data.aud !== audience) return { reason: 'issuer' }
  const seconds = now.getTime() / 1000
  const clockAheadSeconds = Math.round(
    seconds >= data.exp ? seconds - data.exp : Math.min(0, seconds - (data.nbf ?? seconds)),
  )
  return Math.abs(clockAheadSeconds) < CLOCK_SKEW_SECONDS
    ? admit(authorization)
    : { reason: 'clock', clockAheadSeconds }
}

const UNSIGNED: Rejection = { reason: 'unsigned' }
/** The SDK's own tolerance for clocks that differ. */
const CLOCK_SKEW_SECONDS = 300

export const isAdmitted = (said: Admitted | Rejection): said is Admitted => 'authorization' in said

/** For a transport that asks for no token because it serves this machine alone. */
export const admitWithoutToken = (): Admitted => admit('')

const admit = (authorization: string): Admitted => ({ authorization }) as Admitted

function decode(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString())
  } catch {
    return null
  }
}
