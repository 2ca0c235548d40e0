import { MAX_ATTEMPTS } from '../domain/delivery.ts'
import type { Attempt } from '../domain/reasons.ts'
import type { Claimed, Outcome } from '../store/batch.ts'

/** So many different people in a row are not each alone: it is about the whole workspace. */
const SEVERAL = 3

/**
 * Finds out what a platform means by "you may not": this one person, or everybody there. Where
 * others of the batch got their notices it is the person, who cannot be reached. `streak` holds the
 * people who were refused since something last got through: when it holds several, the attempt
 * stays `forbidden`, and the connection rests. Until that is known it counts as refused and is
 * tried again; after the last attempt it was the person.
 */
export function settleForbidden<S extends { claimed: Claimed; outcome: Outcome }>(
  batch: readonly S[],
  streak: Set<string>,
): S[] {
  const attemptOf = ({ outcome }: S): Attempt | null =>
    'attempt' in outcome ? outcome.attempt : null
  const gotThrough = batch.some((one) => attemptOf(one)?.outcome === 'sent')
  if (gotThrough) streak.clear()
  else
    for (const one of batch)
      if (attemptOf(one)?.outcome === 'forbidden') streak.add(recipientOf(one.claimed))
  return batch.map((one) => {
    const attempt = attemptOf(one)
    if (attempt?.outcome !== 'forbidden' || streak.size >= SEVERAL) return one
    const isThePerson = gotThrough || one.claimed.attempts >= MAX_ATTEMPTS
    const outcome = isThePerson ? ('gone' as const) : ('refused' as const)
    return { ...one, outcome: { ...one.outcome, attempt: { ...attempt, outcome } } }
  })
}

const recipientOf = ({ personId, groupId }: Claimed): string => personId ?? groupId ?? ''
