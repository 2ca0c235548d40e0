import { z } from 'zod'
import { HOUR_MS, MINUTE_MS } from '../domain/time.ts'

const CHANNEL = 'msteams'
/**
 * Keys are fetched anew after so long; for one that is not among them sooner, at most this often.
 */
const KEPT_MS = 6 * HOUR_MS
const SOONEST_MS = MINUTE_MS
const TIMEOUT_MS = 5_000

const documentSchema = z.object({ jwks_uri: z.url() })
const keysSchema = z.object({
  keys: z.array(z.object({ kid: z.string(), endorsements: z.array(z.string()).optional() })),
})

/**
 * The keys of Microsoft's channel, with the channels that each is endorsed for: a key of another
 * channel must not sign for Teams (Bot Framework's authentication, step 7 of the connector's
 * tokens). `look` says whether the key that a token names may: 'unknown': the keys could not be
 * fetched.
 */
export function createKeys(openIdMetadataUrl: string): {
  look(authorization: string): Promise<'endorsed' | 'refused' | 'unknown'>
} {
  let known: ReadonlyMap<string, readonly string[]> = new Map()
  let fetchedAt = Number.NEGATIVE_INFINITY
  async function fetchKeys(): Promise<void> {
    const document = documentSchema.parse(await json(openIdMetadataUrl))
    const { keys } = keysSchema.parse(await json(document.jwks_uri))
    known = new Map(keys.map(({ kid, endorsements = [] }) => [kid, endorsements]))
    fetchedAt = performance.now()
  }
  return {
    async look(authorization) {
      const kid = kidOf(authorization)
      if (kid === null) return 'refused'
      const age = performance.now() - fetchedAt
      if (age > KEPT_MS || (!known.has(kid) && age > SOONEST_MS)) {
        try {
          await fetchKeys()
        } catch {
          return 'unknown'
        }
      }
      return known.get(kid)?.includes(CHANNEL) ? 'endorsed' : 'refused'
    },
  }
}

async function json(url: string): Promise<unknown> {
  const response = await fetch(url, {
    signal: AbortSignal.timeout(TIMEOUT_MS),
    redirect: 'error',
  })
  if (!response.ok) throw new Error(`status ${response.status}`)
  return await response.json()
}

/** The key that a bearer token names; null: none. The guard has looked at its shape. */
function kidOf(authorization: string): string | null {
  try {
    const [header = ''] = authorization.replace(/^Bearer /, '').split('.')
    const { data } = z
      .object({ kid: z.string() })
      .safeParse(JSON.parse(Buffer.from(header, 'base64url').toString()))
    return data?.kid ?? null
  } catch {
    return null
  }
}
