// The only code that opens ballots. The service runs it in a short-lived child process (child.ts).
// Nothing that one person answered leaves this file, but for words that ten or more wrote, mixed.
import { randomInt, type webcrypto } from 'node:crypto'
import { z } from 'zod'
import { optionsOf, type QuestionSet } from '../content/question-set.ts'
import { LEAST_WRITERS } from '../domain/disclosure.ts'
import { MAX_ANSWER_CHARS } from '../domain/limits.ts'
import { countUnit } from '../domain/tally.ts'
import {
  associatedData,
  type BallotAnswers,
  type BoxContext,
  ENC_BYTES,
  HPKE_INFO,
  pskIdOf,
  SUITE,
  toArrayBuffer,
} from './box.ts'
import {
  directoryKeyStore,
  KeyMissingError,
  KeySpoiltError,
  KeyUnreadableError,
} from './key-store.ts'
import { type Keyring, parseKeyring } from './keyring.ts'
import type { OpenOutcome, OpenRequest } from './make.ts'
import { BoxError, keysOf, unwrap } from './wrap.ts'

/**
 * Opens and counts a unit. Throws when nothing was decided: the set-up is wrong, and the job runs
 * again.
 */
export async function open(request: OpenRequest): Promise<OpenOutcome> {
  try {
    return await directoryKeyStore(request.keyDirectory).use(
      request.unitId,
      async ({ privateKey, k, audience }) => {
        if (audience !== null && audience !== request.audience)
          throw new BoxError('the form promised the result to others')
        const recipient = await SUITE.kem.deserializePrivateKey(toArrayBuffer(privateKey))
        const members = await openAll(request, recipient)
        const answers = members.map((ballots) => ballots.map((ballot) => ballot.answers))
        const release = countUnit(request.questionSet, answers, Math.max(k, request.k))
        return { outcome: 'counted', release: release && { ...release, texts: textsOf(members) } }
      },
    )
  } catch (error) {
    if (error instanceof KeyMissingError) return { outcome: 'keyMissing' }
    if (error instanceof KeySpoiltError) return { outcome: 'keySpoilt' }
    if (error instanceof KeyUnreadableError)
      return { outcome: 'keyUnreadable', reason: error.message }
    // One box that cannot be read spoils the unit: whoever can change rows must not choose whose
    // answers count.
    if (error instanceof BoxError) return { outcome: 'unreadable' }
    throw error
  }
}

/**
 * The words of members, in an order of their own, when enough of them wrote; else nothing of it.
 */
function textsOf(members: readonly (readonly BallotAnswers[])[]): string[] {
  const written = members.map((ballots) => ballots.flatMap(({ text }) => (text ? [text] : [])))
  if (written.filter((own) => own.length > 0).length < LEAST_WRITERS) return []
  return shuffled(written.flat())
}

/** Fisher and Yates, by the system's randomness. */
function shuffled<T>(items: readonly T[]): T[] {
  const mixed = [...items]
  for (let last = mixed.length - 1; last > 0; last -= 1) {
    const other = randomInt(last + 1)
    ;[mixed[last], mixed[other]] = [mixed[other] as T, mixed[last] as T]
  }
  return mixed
}

/** Per member the ballot of each check-in. */
async function openAll(
  request: OpenRequest,
  recipientKey: webcrypto.CryptoKey,
): Promise<BallotAnswers[][]> {
  const keyring = parseKeyring(request.secret)
  const members = new Map<string, BallotAnswers[]>()
  for (const { checkInId, memberId, box } of request.boxes) {
    const context = { ...request.context, unitId: request.unitId, checkInId, memberId }
    const ballot = await openBox(
      { keyring, recipientKey },
      context,
      Buffer.from(box, 'base64'),
      request.questionSet,
    )
    members.set(memberId, [...(members.get(memberId) ?? []), ballot])
  }
  return [...members.values()]
}

async function openBox(
  { keyring, recipientKey }: { keyring: Keyring; recipientKey: webcrypto.CryptoKey },
  context: BoxContext,
  box: Buffer,
  set: QuestionSet,
): Promise<BallotAnswers> {
  const { inner } = unwrap(keyring, context, box)
  const secretId = inner.readUInt8(0)
  const recipient = await SUITE.createRecipientContext({
    recipientKey,
    enc: toArrayBuffer(inner.subarray(1, 1 + ENC_BYTES)),
    info: toArrayBuffer(HPKE_INFO),
    psk: {
      id: toArrayBuffer(pskIdOf(secretId)),
      key: toArrayBuffer(keysOf(keyring, secretId).psk),
    },
  })
  const sealed = toArrayBuffer(inner.subarray(1 + ENC_BYTES))
  const plaintext = await recipient
    .open(sealed, toArrayBuffer(associatedData(context)))
    .catch((error: unknown) => {
      throw new BoxError('a sealed ballot does not open', { cause: error })
    })
  return decodeBallot(Buffer.from(plaintext), context, set)
}

const answersSchema = z.record(z.string(), z.number())
const ballotSchema = z.object({ answers: answersSchema, text: z.string().optional() })

/** The answers and words in a ballot; those of before 24 November 2026 are the answers alone. */
function readBallot(json: Buffer): BallotAnswers {
  try {
    const held: unknown = JSON.parse(json.toString())
    const { data } = ballotSchema.safeParse(held)
    if (!data) return { answers: answersSchema.parse(held) }
    const { answers, text } = data
    return text === undefined ? { answers } : { answers, text }
  } catch (error) {
    throw new BoxError('a ballot holds something else than answers', { cause: error })
  }
}

/**
 * Its size was checked with its outer layer. Only answers that the set offers count; anything else
 * would be a box that this service did not make.
 */
function decodeBallot(plaintext: Buffer, context: BoxContext, set: QuestionSet): BallotAnswers {
  const ballot = readBallot(plaintext.subarray(2, 2 + plaintext.readUInt16BE(0)))
  const { answers, text } = ballot
  if (text !== undefined && (!context.asksText || text.length > MAX_ANSWER_CHARS))
    throw new BoxError('a ballot holds words that were not asked for')
  const isKnown = Object.entries(answers).every(([id, value]) =>
    optionsOf(set, id).some((option) => option.value === value && option.value !== null),
  )
  if (!isKnown) throw new BoxError('a ballot holds an answer that was not offered')
  return ballot
}
