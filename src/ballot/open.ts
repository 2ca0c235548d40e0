// The only code that opens ballots. It runs as a short-lived child process with no database connection: boxes come in on
// stdin, the key comes from the key store, sums go out on stdout. Nothing that one person answered leaves this file.
import type { webcrypto } from 'node:crypto'
import { text } from 'node:stream/consumers'
import { optionsOf, type QuestionSet } from '../content/question-set.ts'
import type { Answers } from '../domain/score.ts'
import { countUnit } from '../domain/tally.ts'
import {
  associatedData,
  type BoxContext,
  ENC_BYTES,
  HPKE_INFO,
  PLAINTEXT_BYTES,
  pskIdOf,
  SUITE,
  toArrayBuffer,
} from './box.ts'
import { directoryKeyStore, KeyMissingError } from './key-store.ts'
import { type Keyring, parseKeyring } from './keyring.ts'
import type { OpenOutcome, OpenRequest } from './make.ts'
import { BoxError, keysOf, unwrap } from './wrap.ts'

const request = JSON.parse(await text(process.stdin)) as OpenRequest
process.stdout.write(JSON.stringify(await open(request)))

async function open(request: OpenRequest): Promise<OpenOutcome> {
  try {
    return await directoryKeyStore(request.keyDirectory).use(request.unitId, async (privateKey) => {
      const recipient = await SUITE.kem.deserializePrivateKey(toArrayBuffer(privateKey))
      return {
        outcome: 'counted',
        release: countUnit(request.questionSet, await openAll(request, recipient), request.k),
      }
    })
  } catch (error) {
    if (error instanceof KeyMissingError) return { outcome: 'keyMissing' }
    // One box that cannot be read spoils the unit: whoever can change rows must not choose whose answers count.
    if (error instanceof BoxError) return { outcome: 'unreadable' }
    throw error
  }
}

/** Per member the answers of each check-in. */
async function openAll(request: OpenRequest, recipientKey: webcrypto.CryptoKey): Promise<Answers[][]> {
  const keyring = parseKeyring(request.secret)
  const members = new Map<string, Answers[]>()
  for (const { checkInId, memberId, box } of request.boxes) {
    const context = { ...request.context, unitId: request.unitId, checkInId, memberId }
    const answers = await openBox(keyring, recipientKey, context, Buffer.from(box, 'base64'), request.questionSet)
    members.set(memberId, [...(members.get(memberId) ?? []), answers])
  }
  return [...members.values()]
}

async function openBox(
  keyring: Keyring,
  recipientKey: webcrypto.CryptoKey,
  context: BoxContext,
  box: Buffer,
  set: QuestionSet,
): Promise<Answers> {
  const inner = unwrap(keyring, context, box)
  const secretId = inner.readUInt8(0)
  const recipient = await SUITE.createRecipientContext({
    recipientKey,
    enc: toArrayBuffer(inner.subarray(1, 1 + ENC_BYTES)),
    info: toArrayBuffer(HPKE_INFO),
    psk: { id: toArrayBuffer(pskIdOf(secretId)), key: toArrayBuffer(keysOf(keyring, secretId).psk) },
  })
  const sealed = toArrayBuffer(inner.subarray(1 + ENC_BYTES))
  const plaintext = await recipient.open(sealed, toArrayBuffer(associatedData(context))).catch((error: unknown) => {
    throw new BoxError('a sealed ballot does not open', { cause: error })
  })
  return decodeAnswers(Buffer.from(plaintext), set)
}

/** Only answers that the set offers count; anything else would be a box that this service did not make. */
function decodeAnswers(plaintext: Buffer, set: QuestionSet): Answers {
  if (plaintext.length !== PLAINTEXT_BYTES) throw new BoxError('a ballot has the wrong size')
  const answers = JSON.parse(plaintext.subarray(2, 2 + plaintext.readUInt16BE(0)).toString('utf8')) as Answers
  const isKnown = Object.entries(answers).every(([id, value]) =>
    optionsOf(set, id).some((option) => option.value === value && option.value !== null),
  )
  if (!isKnown) throw new BoxError('a ballot holds an answer that was not offered')
  return answers
}
