import {
  createPrivateKey,
  createSecretKey,
  decapsulate,
  type KeyObject,
  randomBytes,
  randomUUID,
} from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { beforeAll, describe, expect, inject, it } from 'vitest'
import {
  type BallotAnswers,
  BLANK,
  type BoxContext,
  ENC_BYTES,
  encodeBallot,
  PLAINTEXT_BYTES,
} from '../../src/ballot/box.ts'
import { ensureDirectoryId } from '../../src/ballot/key-directory.ts'
import { directoryKeyStore, KeyUnreadableError } from '../../src/ballot/key-store.ts'
import { type Keyring, parseKeyring } from '../../src/ballot/keyring.ts'
import { type OpenRequest, openUnit } from '../../src/ballot/make.ts'
import { open } from '../../src/ballot/open.ts'
import { empty, newUnitKey, refill, rewrap, sealBlank } from '../../src/ballot/seal.ts'
import { readTime } from '../../src/ballot/sent-at.ts'
import { BoxError, boxBytes, unwrap, wrap } from '../../src/ballot/wrap.ts'
import { loadContent } from '../../src/content/load.ts'
import { MAX_ANSWER_CHARS } from '../../src/domain/limits.ts'
import { ownDir } from '../ends.ts'
import { SECRET } from '../helpers.ts'

const set = loadContent().questionSet('pulse', 1)
const keyring = parseKeyring(SECRET)
const ballot: BallotAnswers = { answers: { belonging: 4, voice: 4, safety: 4, useful: 4 } }
const BOX_BYTES = boxBytes(2, { asksText: false })
const SENT_AT = Date.UTC(2026, 10, 26, 9)
const TIME_KEY = createSecretKey(Buffer.alloc(32, 9))

/** A box with answers in it, as answering leaves it. */
const sealed = (
  ring: Keyring,
  publicKey: Uint8Array,
  context: BoxContext,
  held: BallotAnswers,
): Buffer =>
  refill(ring, publicKey, context, {
    box: sealBlank(ring, publicKey, context, TIME_KEY),
    ballot: held,
    sentAt: SENT_AT,
    timeKey: TIME_KEY,
  })

/**
 * As the service does it, in a child process; and here, where a changed line of it is noticed (npm
 * run test:mutation).
 */
const WAYS = [
  ...(inject('isMutating') ? [] : [{ where: 'in the child process', openUnit }]),
  { where: 'in this process', openUnit: open },
]

describe.each(WAYS)('a sealed ballot, opened $where', ({ openUnit }) => {
  const home = ownDir()
  beforeAll(() => ensureDirectoryId(path.join(home, 'keys')))
  const keyStore = directoryKeyStore(path.join(home, 'keys'))
  const unitId = randomUUID()
  const checkInId = randomUUID()
  const key = newUnitKey()
  const context = (memberId: string, change: Partial<BoxContext> = {}): BoxContext => ({
    unitId,
    checkInId,
    memberId,
    questionSetId: 'pulse',
    questionSetVersion: 1,
    asksText: false,
    ...change,
  })
  const members = Array.from({ length: 6 }, () => randomUUID())
  let boxes: { checkInId: string; memberId: string; box: string }[]

  const request = (change: Partial<OpenRequest> = {}): OpenRequest => ({
    unitId,
    keyDirectory: path.join(home, 'keys'),
    secret: SECRET,
    k: 6,
    audience: 'shared',
    questionSet: set,
    context: { questionSetId: 'pulse', questionSetVersion: 1, asksText: false },
    boxes,
    ...change,
  })

  beforeAll(async () => {
    await keyStore.put(unitId, { privateKey: key.privateKey, k: 1, audience: 'shared' })
    boxes = members.map((memberId) => ({
      checkInId,
      memberId,
      box: sealed(keyring, key.publicKey, context(memberId), ballot).toString('base64'),
    }))
  })

  it('has one size, whatever it holds', () => {
    const sizes = [BLANK, { answers: { belonging: 1 } }, ballot].map(
      (own) => sealed(keyring, key.publicKey, context('m'), own).length,
    )
    expect(sizes).toEqual([BOX_BYTES, BOX_BYTES, BOX_BYTES])
    expect(encodeBallot(context('m'), BLANK).length).toBe(PLAINTEXT_BYTES.choices)
    const long = { answers: { ['x'.repeat(PLAINTEXT_BYTES.choices)]: 1 } }
    expect(() => encodeBallot(context('m'), long)).toThrow(/do not fit/)
  })

  it('has one size too where words are asked for, and takes none elsewhere', () => {
    const asks = context('m', { asksText: true })
    // The longest that can be written, in letters that take the most room.
    const words = [
      undefined,
      'Good.',
      '\u0001'.repeat(MAX_ANSWER_CHARS),
      '\u{1F642}'.repeat(MAX_ANSWER_CHARS / 2),
    ]
    const sizes = words.map((text) =>
      sealed(keyring, key.publicKey, asks, { ...ballot, ...(text ? { text } : {}) }),
    )
    expect(new Set(sizes.map(({ length }) => length))).toEqual(
      new Set([boxBytes(2, { asksText: true })]),
    )
    expect(() =>
      sealed(keyring, key.publicKey, context('m'), { ...ballot, text: 'Good.' }),
    ).toThrow(/no words/)
  })

  describe('with words', () => {
    const asks = (memberId: string) => context(memberId, { asksText: true })
    const withWords = async (writers: number) => {
      const people = Array.from({ length: 12 }, () => randomUUID())
      const all = people.map((memberId, index) => ({
        checkInId,
        memberId,
        box: sealed(keyring, key.publicKey, asks(memberId), {
          ...ballot,
          ...(index < writers ? { text: `line ${index}` } : {}),
        }).toString('base64'),
      }))
      const given = request({
        boxes: all,
        context: { questionSetId: 'pulse', questionSetVersion: 1, asksText: true },
      })
      const outcome = await openUnit(given)
      if (outcome.outcome !== 'counted' || !outcome.release) throw new Error(outcome.outcome)
      return outcome.release.texts
    }

    it('gives them from ten writers on, in another order', async () => {
      const written = Array.from({ length: 12 }, (_, index) => `line ${index}`)
      const first = await withWords(12)
      expect(first.toSorted()).toEqual(written.toSorted())
      // One in 479 million that both runs come out as they went in.
      expect([first, await withWords(12)].some((texts) => texts.join() !== written.join())).toBe(
        true,
      )
      expect(await withWords(10)).toHaveLength(10)
    })

    it('gives none of nine', async () => {
      expect(await withWords(9)).toEqual([])
    })

    it('takes words of the longest that is asked for, and spoils the unit when they are longer', async () => {
      const memberId = randomUUID()
      const outcomeOf = async (length: number) => {
        const text = 'x'.repeat(length)
        const box = sealed(keyring, key.publicKey, asks(memberId), {
          ...ballot,
          text,
        }).toString('base64')
        const given = { questionSetId: 'pulse', questionSetVersion: 1, asksText: true }
        return (
          await openUnit(request({ k: 1, boxes: [{ checkInId, memberId, box }], context: given }))
        ).outcome
      }
      expect(await outcomeOf(MAX_ANSWER_CHARS)).toBe('counted')
      expect(await outcomeOf(MAX_ANSWER_CHARS + 1)).toBe('unreadable')
    })

    it('spoils the unit that asked for none', async () => {
      const memberId = members[0] ?? ''
      const box = sealed(keyring, key.publicKey, asks(memberId), {
        ...ballot,
        text: 'x',
      }).toString('base64')
      expect(
        await openUnit(request({ boxes: [{ checkInId, memberId, box }, ...boxes.slice(1)] })),
      ).toEqual({
        outcome: 'unreadable',
      })
    })
  })

  it('opens in the child process, and only sums come out', async () => {
    const outcome = await openUnit(request())
    expect(outcome).toMatchObject({ outcome: 'counted', release: { invited: 6, answered: 6 } })
    expect(JSON.stringify(outcome)).not.toContain(members[0])
  })

  it('opens after its outer layer was changed for a fresh one, and no two layers are alike', async () => {
    const fresh = boxes.map(({ memberId, box, ...rest }) => ({
      ...rest,
      memberId,
      box: rewrap(keyring, context(memberId), Buffer.from(box, 'base64')).toString('base64'),
    }))
    expect(fresh.every(({ box }, index) => box !== boxes[index]?.box)).toBe(true)
    expect(await openUnit(request({ boxes: fresh }))).toMatchObject({
      outcome: 'counted',
      release: { answered: 6 },
    })
  })

  describe('a time in it', () => {
    const held = (box: Uint8Array) => unwrap(keyring, context('m'), box)
    const timeOf = (box: Uint8Array) => readTime(TIME_KEY, context('m'), held(box).time)
    const refilled = (box: Buffer, sentAt: number, timeKey: KeyObject | null = TIME_KEY) =>
      refill(keyring, key.publicKey, context('m'), { box, ballot, sentAt, timeKey })
    const answered = sealed(keyring, key.publicKey, context('m'), ballot)
    const blank = sealBlank(keyring, key.publicKey, context('m'), TIME_KEY)

    it('is when it was sent, and none in a blank', () => {
      expect([held(answered).format, timeOf(answered), timeOf(blank)]).toEqual([2, SENT_AT, 0])
      expect(held(rewrap(keyring, context('m'), answered))).toEqual(held(answered))
    })

    it('keeps what was sent later, and looks the same from outside', () => {
      const earlier = refilled(answered, SENT_AT - 1)
      expect(held(earlier)).toEqual(held(answered))
      expect(earlier.equals(answered)).toBe(false)
      const again = refilled(answered, SENT_AT)
      expect(timeOf(again)).toBe(SENT_AT)
      expect(held(again).inner.equals(held(answered).inner)).toBe(false)
      expect(timeOf(refilled(answered, SENT_AT + 1))).toBe(SENT_AT + 1)
    })

    it('is nobody’s to read with the secret alone, nor as another member’s', () => {
      // Two of one time look like any two; and a blank’s like any other.
      const times = [answered, refilled(answered, SENT_AT), blank].map((box) => held(box).time)
      expect(new Set(times.map((time) => time.toString('hex'))).size).toBe(3)
      expect(times.every((time) => !time.includes(Buffer.alloc(4)))).toBe(true)
      expect(
        readTime(createSecretKey(Buffer.alloc(32, 8)), context('m'), held(answered).time),
      ).not.toBe(SENT_AT)
      expect(readTime(TIME_KEY, context('n'), held(answered).time)).not.toBe(SENT_AT)
    })

    it('takes no answers without its key: nobody could tell which are later', () => {
      expect(() => refilled(answered, SENT_AT + 1, null)).toThrow(KeyUnreadableError)
      expect(() => refilled(answered, SENT_AT + 1, null)).toThrow('the times of a unit is not here')
      const without = { ...held(answered), time: Buffer.alloc(0) }
      expect(() => wrap(keyring, context('m'), without)).toThrow('a box without its time')
    })

    it('stays as it was where somebody took their answers out', () => {
      const left = empty(keyring, key.publicKey, context('m'), answered)
      expect([timeOf(left), held(left).inner.equals(held(answered).inner)]).toEqual([
        SENT_AT,
        false,
      ])
      expect(held(refilled(left, SENT_AT - 1))).toEqual(held(left))
    })

    it('is not held in a box of the first format, which keeps its size and opens', async () => {
      const memberId = members[0] ?? ''
      const old = sealBlank(keyring, key.publicKey, context(memberId), null)
      expect(old.length).toBe(boxBytes(1, { asksText: false }))
      const full = refill(keyring, key.publicKey, context(memberId), {
        box: old,
        ballot,
        sentAt: SENT_AT,
        timeKey: null,
      })
      expect(full.length).toBe(old.length)
      expect(unwrap(keyring, context(memberId), full)).toMatchObject({ format: 1 })
      const box = full.toString('base64')
      const mixed = request({ boxes: [{ checkInId, memberId, box }, ...boxes.slice(1)] })
      expect(await openUnit(mixed)).toMatchObject({ outcome: 'counted', release: { answered: 6 } })
    })
  })

  it('reads a ballot of before it could hold words: the answers alone', async () => {
    const memberId = members[0] ?? ''
    const older = { belonging: 4, voice: 4 } as never
    const box = sealed(keyring, key.publicKey, context(memberId), older).toString('base64')
    const mixed = request({ boxes: [{ checkInId, memberId, box }, ...boxes.slice(1)] })
    expect(await openUnit(mixed)).toMatchObject({ outcome: 'counted', release: { answered: 6 } })
  })

  it.each([
    ['a text', 'x'],
    ['a list', [4]],
    ['answers that are no numbers', { answers: { belonging: '4' } }],
  ])('spoils the unit when one box holds %s: it is not tried for ever', async (_name, held) => {
    const memberId = members[0] ?? ''
    const box = sealed(keyring, key.publicKey, context(memberId), held as never).toString('base64')
    expect(
      await openUnit(request({ boxes: [{ checkInId, memberId, box }, ...boxes.slice(1)] })),
    ).toEqual({ outcome: 'unreadable' })
  })

  it('spoils the unit whose result was promised to others than the database says', async () => {
    expect(await openUnit(request({ audience: 'staff' }))).toEqual({ outcome: 'unreadable' })
    // A key from before the promise stood beside it promises nothing.
    const older = randomUUID()
    fs.writeFileSync(path.join(home, 'keys', `${older}.key`), key.privateKey)
    expect(await openUnit(request({ unitId: older, audience: 'staff', boxes: [] }))).toEqual({
      outcome: 'counted',
      release: null,
    })
  })

  it('counts a blank as no answer', async () => {
    const memberId = members[0] ?? ''
    const box = sealed(keyring, key.publicKey, context(memberId), BLANK).toString('base64')
    const withBlank = request({ k: 5, boxes: [{ checkInId, memberId, box }, ...boxes.slice(1)] })
    expect(await openUnit(withBlank)).toMatchObject({ release: { invited: 6, answered: 5 } })
  })

  it('tells a key that is gone', async () => {
    expect(await openUnit(request({ unitId: randomUUID() }))).toEqual({ outcome: 'keyMissing' })
    const spoilt = randomUUID()
    fs.writeFileSync(path.join(home, 'keys', `${spoilt}.key`), 'x')
    expect(await openUnit(request({ unitId: spoilt }))).toEqual({ outcome: 'keySpoilt' })
    const odd = randomUUID()
    fs.mkdirSync(path.join(home, 'keys', `${odd}.key`))
    expect(await openUnit(request({ unitId: odd }))).toEqual({
      outcome: 'keyUnreadable',
      reason: 'the key of a unit cannot be read: EISDIR',
    })
  })

  it.each([
    ['a value that was not offered', { belonging: 9 }],
    ['another question’s id', { nonsense: 1 }],
    ['one offered and one that was not', { belonging: 4, voice: 0 }],
  ])('spoils the unit when one box holds %s', async (_name, answers) => {
    const memberId = members[0] ?? ''
    const box = sealed(keyring, key.publicKey, context(memberId), { answers }).toString('base64')
    expect(
      await openUnit(request({ boxes: [{ checkInId, memberId, box }, ...boxes.slice(1)] })),
    ).toEqual({
      outcome: 'unreadable',
    })
  })

  it('takes as much as fits and not a byte more', () => {
    const long = (length: number) => ({ answers: { ['x'.repeat(length)]: 1 } })
    // {"answers":{"":1}} are 18 bytes; two more hold the length.
    expect(encodeBallot(context('m'), long(PLAINTEXT_BYTES.choices - 20)).length).toBe(
      PLAINTEXT_BYTES.choices,
    )
    expect(() => encodeBallot(context('m'), long(PLAINTEXT_BYTES.choices - 19))).toThrow(
      'answers of 511 bytes do not fit',
    )
  })

  it('says what is wrong with a box', () => {
    const bound = context(members[0] ?? '')
    const box = Buffer.from(boxes[0]?.box ?? '', 'base64')
    expect(() => unwrap(keyring, bound, box.subarray(1))).toThrow(
      'a ballot box has an unknown format',
    )
    expect(() =>
      unwrap(keyring, bound, Buffer.concat([Buffer.from([3]), box.subarray(1)])),
    ).toThrow('unknown format')
    const other = () => unwrap(keyring, context('another'), box)
    expect(other).toThrow('a ballot box was changed, or belongs to somebody else')
    expect(other).toThrow(expect.objectContaining({ name: 'BoxError', cause: expect.anything() }))
  })

  it('gives nothing below k', async () => {
    expect(await openUnit(request({ k: 7 }))).toEqual({ outcome: 'counted', release: null })
  })

  it.each([
    [
      'of another member',
      (box: OpenRequest['boxes'][number]) => ({ ...box, memberId: randomUUID() }),
    ],
    [
      'of another check-in',
      (box: OpenRequest['boxes'][number]) => ({ ...box, checkInId: randomUUID() }),
    ],
    [
      'that is random bytes',
      (box: OpenRequest['boxes'][number]) => ({
        ...box,
        box: randomBytes(BOX_BYTES).toString('base64'),
      }),
    ],
    ['that is cut', (box: OpenRequest['boxes'][number]) => ({ ...box, box: box.box.slice(0, 40) })],
  ])('spoils the unit when one box is one %s', async (_name, change) => {
    const [first, ...rest] = boxes
    if (!first) throw new Error('no box')
    expect(await openUnit(request({ boxes: [change(first), ...rest] }))).toEqual({
      outcome: 'unreadable',
    })
  })

  it('does not open as another unit, another version of the questions, or with another secret', async () => {
    const other = randomUUID()
    await keyStore.put(other, { privateKey: key.privateKey, k: 1, audience: 'shared' })
    expect(await openUnit(request({ unitId: other }))).toEqual({ outcome: 'unreadable' })
    expect(
      await openUnit(
        request({ context: { questionSetId: 'pulse', questionSetVersion: 2, asksText: false } }),
      ),
    ).toEqual({
      outcome: 'unreadable',
    })
    expect(
      await openUnit(request({ secret: `1:${Buffer.alloc(32, 8).toString('base64')}` })),
    ).toEqual({
      outcome: 'unreadable',
    })
  })

  it('cannot be stuffed by somebody who holds the wrap key and the public key but not the PSK', async () => {
    const own = keyring.keys.get(1)
    if (!own) throw new Error('no key')
    const forger = { current: 1, keys: new Map([[1, { ...own, psk: randomBytes(32) }]]) }
    const memberId = members[0] ?? ''
    const forged = sealed(forger, key.publicKey, context(memberId), ballot).toString('base64')
    expect(
      await openUnit(request({ boxes: [{ checkInId, memberId, box: forged }, ...boxes.slice(1)] })),
    ).toEqual({
      outcome: 'unreadable',
    })
  })

  it('opens with an older secret while both are given, and not without it', async () => {
    const rotated = `2:${Buffer.alloc(32, 9).toString('base64')},${SECRET}`
    const mixed = boxes.map(({ memberId, ...rest }, index) => ({
      memberId,
      ...rest,
      box:
        index % 2 === 0
          ? rest.box
          : rewrap(
              parseKeyring(rotated),
              context(memberId),
              Buffer.from(rest.box, 'base64'),
            ).toString('base64'),
    }))
    expect(await openUnit(request({ secret: rotated, boxes: mixed }))).toMatchObject({
      outcome: 'counted',
    })
    // A secret that is missing is a mistake of the set-up: the job fails and runs again, and
    // nothing is lost.
    await expect(
      openUnit(request({ secret: rotated.split(',')[0] ?? '', boxes: mixed })),
    ).rejects.toThrow(/ended with 1|still needed by an open check-in/)
  })

  it('refuses any changed byte of the outer layer', async () => {
    const box = Buffer.from(boxes[0]?.box ?? '', 'base64')
    const bound = context(members[0] ?? '')
    expect(unwrap(keyring, bound, box).inner.length).toBe(
      1 + ENC_BYTES + PLAINTEXT_BYTES.choices + 16,
    )
    for (let index = 0; index < box.length; index += 7) {
      const changed = Buffer.from(box)
      changed.writeUInt8(changed.readUInt8(index) ^ 1, index)
      expect(() => unwrap(keyring, bound, changed)).toThrow(BoxError)
    }
  })

  it('is RFC 9180 mode_psk: an independent key schedule on node:crypto opens it', async () => {
    const memberId = members[0] ?? ''
    const { inner } = unwrap(keyring, context(memberId), Buffer.from(boxes[0]?.box ?? '', 'base64'))
    const plaintext = await openByHand(
      inner,
      key,
      keyring.keys.get(1)?.psk ?? Buffer.alloc(0),
      context(memberId),
    )
    expect(JSON.parse(plaintext.subarray(2, 2 + plaintext.readUInt16BE(0)).toString())).toEqual(
      ballot,
    )
  })
})

/** Cases that only the child process has: always tried there. */
describe('the child process', () => {
  it('answers in the ways it can, and fails with its reason when the set-up is wrong', async () => {
    const dir = ownDir()
    const unitId = randomUUID()
    const key = newUnitKey()
    await ensureDirectoryId(dir)
    await directoryKeyStore(dir).put(unitId, {
      privateKey: key.privateKey,
      k: 6,
      audience: 'shared',
    })
    const checkInId = randomUUID()
    const bound = {
      unitId,
      checkInId,
      questionSetId: 'pulse',
      questionSetVersion: 1,
      asksText: false,
    }
    const boxes = Array.from({ length: 7 }, (_, index) => {
      const memberId = randomUUID()
      const held =
        index === 0 ? BLANK : { answers: { belonging: 5, voice: 5, safety: 1, useful: 5 } }
      return {
        checkInId,
        memberId,
        box: sealed(keyring, key.publicKey, { ...bound, memberId }, held).toString('base64'),
      }
    })
    const blankOf = (memberId: string) =>
      sealed(keyring, key.publicKey, { ...bound, memberId }, BLANK).toString('base64')
    const { unitId: _, checkInId: __, ...context } = bound
    const request = {
      unitId,
      keyDirectory: dir,
      secret: SECRET,
      k: 6,
      audience: 'shared' as const,
      questionSet: set,
      context,
      boxes,
    }
    expect(await openUnit(request)).toEqual({
      outcome: 'counted',
      release: {
        invited: 7,
        answered: 6,
        tallies: [
          { subject: 'scale:climate', answers: 6, ballots: 6, totalMilli: 4500, low: 0, high: 6 },
        ],
        texts: [],
      },
    })
    expect(await openUnit({ ...request, k: 7 })).toEqual({ outcome: 'counted', release: null })
    // The key's own number counts, whatever the database says by now.
    const [one, ...blanks] = boxes.map((held, index) => ({
      ...held,
      ...(index > 1 ? { box: blankOf(held.memberId) } : {}),
    }))
    expect(await openUnit({ ...request, k: 1, boxes: [one as never, ...blanks] })).toEqual({
      outcome: 'counted',
      release: null,
    })
    expect(await openUnit({ ...request, unitId: randomUUID() })).toEqual({ outcome: 'keyMissing' })
    // Nor who sees it: what the form promised stands beside the key.
    expect(await openUnit({ ...request, audience: 'staff' })).toEqual({ outcome: 'unreadable' })
    const [first, ...rest] = boxes
    if (!first) throw new Error('no box')
    expect(await openUnit({ ...request, boxes: [{ ...first, memberId: 'x' }, ...rest] })).toEqual({
      outcome: 'unreadable',
    })
    const failed = await openUnit({ ...request, secret: 'none' }).catch((error: unknown) => error)
    expect(failed).toMatchObject({ message: 'the process that opens ballots ended with 1' })
    expect(((failed as Error).cause as Error).message).toContain('SetupError: GROUPWELL_SECRET')
    // Its key directory is a file: neither gone nor spoilt, so nothing is decided.
    const odd = await openUnit({ ...request, keyDirectory: path.join(dir, `${unitId}.key`) })
    expect(odd).toMatchObject({ outcome: 'keyUnreadable' })
    const spoilt = randomUUID()
    fs.writeFileSync(path.join(dir, `${spoilt}.key`), 'x')
    expect(await openUnit({ ...request, unitId: spoilt })).toEqual({ outcome: 'keySpoilt' })
  })
})

/** HPKE's key schedule (RFC 9180, section 5.1) written out with node:crypto alone, for mode_psk. */
async function openByHand(
  inner: Buffer,
  own: { publicKey: Buffer; privateKey: Buffer },
  psk: Buffer,
  context: BoxContext,
): Promise<Buffer> {
  const { createHmac, createDecipheriv } = await import('node:crypto')
  const suite = Buffer.concat([Buffer.from('HPKE'), Buffer.from([0, 0x20, 0, 1, 0, 2])])
  const extract = (salt: Buffer, label: string, ikm: Buffer) =>
    createHmac('sha256', salt.length > 0 ? salt : Buffer.alloc(32))
      .update(Buffer.concat([Buffer.from('HPKE-v1'), suite, Buffer.from(label), ikm]))
      .digest()
  const expand = (prk: Buffer, label: string, info: Buffer, length: number) => {
    const labelled = Buffer.concat([
      Buffer.from([0, length]),
      Buffer.from('HPKE-v1'),
      suite,
      Buffer.from(label),
      info,
    ])
    return createHmac('sha256', prk)
      .update(Buffer.concat([labelled, Buffer.from([1])]))
      .digest()
      .subarray(0, length)
  }
  const none = Buffer.alloc(0)
  const privateKey = createPrivateKey({
    key: {
      kty: 'OKP',
      crv: 'X25519',
      x: own.publicKey.toString('base64url'),
      d: own.privateKey.toString('base64url'),
    },
    format: 'jwk',
  })
  const shared = decapsulate(privateKey, inner.subarray(1, 1 + ENC_BYTES))
  const schedule = Buffer.concat([
    Buffer.from([1]),
    extract(none, 'psk_id_hash', Buffer.from('groupwell/psk/1')),
    extract(none, 'info_hash', Buffer.from('groupwell/ballot/v1')),
  ])
  const secret = extract(Buffer.from(shared), 'secret', psk)
  const decipher = createDecipheriv(
    'aes-256-gcm',
    expand(secret, 'key', schedule, 32),
    expand(secret, 'base_nonce', schedule, 12),
  )
  const parts = [
    context.unitId,
    context.checkInId,
    context.memberId,
    context.questionSetId,
    String(context.questionSetVersion),
  ]
  decipher.setAAD(
    Buffer.concat(
      parts.flatMap((part) => [Buffer.from([0, Buffer.byteLength(part)]), Buffer.from(part)]),
    ),
  )
  decipher.setAuthTag(inner.subarray(-16))
  return Buffer.concat([decipher.update(inner.subarray(1 + ENC_BYTES, -16)), decipher.final()])
}
