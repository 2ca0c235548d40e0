import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openText } from '../../src/ballot/secret-text.ts'
import { type Hands, lastSeen } from '../../src/simulator/workspace.ts'
import {
  answer,
  dump,
  fill,
  holds,
  moveTo,
  open,
  press,
  SESSION,
  STORES,
  setUpGroup,
  startWorld,
  type World,
} from '../helpers.ts'

const HOUR_MS = 60 * 60_000
const DAY_MS = 24 * HOUR_MS
const CELLS = STORES.flatMap((store) =>
  (['slack', 'teams'] as const).map((platform) => ({ store, platform })),
).filter(({ store, platform }) => store === 'embedded' || platform === 'slack')

const said = (hands: Hands, person: string) =>
  hands.journal.seen.findLast((seen) => seen.person === person)?.text ?? ''
const told = (hands: Hands, kind: string) =>
  hands.journal.seen.filter((seen) => seen.kind === kind).map(({ person }) => person)

describe.each(CELLS)(
  'asking to be contacted on $platform with the $store store',
  ({ store, platform }) => {
    let world: World
    let hands: Hands
    const cast = () => world.casts[platform]
    const member = (index: number) => cast().members[index] ?? ''
    const row = () => world.db.contactRequest.findFirstOrThrow()
    const acts = async () =>
      (
        await world.db.auditEntry.findMany({
          where: { action: { startsWith: 'contact.' } },
          orderBy: { number: 'asc' },
        })
      ).map(({ action }) => action)
    beforeAll(async () => {
      world = await startWorld({ store })
      hands = world[platform]
      await setUpGroup(world, platform)
    })
    afterAll(() => world.end())

    it('is not offered while nobody is there for it, and the check-in says so', async () => {
      await open(hands, member(0), 'contact')
      expect(said(hands, member(0))).toContain('You cannot ask for a talk here.')
      expect(said(hands, member(0))).toContain('0800 111 0111')
      await hands.closeForm(member(0))
      await hands.type(member(0), '')
      expect(said(hands, member(0))).not.toContain('Ask to be contacted')
      await fill(hands, cast().facilitator, 'contact settings', {
        contactHours: 'none',
        noContact: 'ward',
      })
      expect(said(hands, cast().facilitator)).toContain('You can speak to the staff on your ward')
      await hands.closeForm(cast().facilitator)
      await open(hands, member(0), 'contact')
      expect(said(hands, member(0))).toContain('You can speak to the staff on your ward')
      await hands.closeForm(member(0))
    })

    it('is promised by the facilitators, with the times at which somebody is there', async () => {
      await fill(hands, cast().facilitator, 'contact settings', {
        contactHours: '24',
        staffed1: '9-17 and later',
      })
      expect(said(hands, cast().facilitator)).toContain('Write them like 9-17.')
      await hands.closeForm(cast().facilitator)
      await fill(hands, cast().facilitator, 'contact settings', { contactHours: '24' })
      expect(said(hands, cast().facilitator)).toContain('someone should see it by Tuesday 3 March')
      expect(said(hands, cast().facilitator)).toContain('the supervisor, when the time is over')
      expect(said(hands, cast().facilitator)).toContain('There is no stand-in yet.')
      await hands.closeForm(cast().facilitator)
    })

    it('is offered on the check-in’s message, after sending and at home, to everyone alike', async () => {
      await moveTo(world, SESSION.endsAt)
      const notices = cast().members.map((one) => lastSeen(hands.journal, one, 'check-in'))
      for (const { text, notification } of notices) {
        expect(text).toContain('[Ask to be contacted]')
        expect(notification).not.toMatch(/contact/i)
      }
      await answer(world, platform, member(0), '1')
      await answer(world, platform, member(1), '5')
      const [sad, glad] = [member(0), member(1)].map(
        (one) => lastSeen(hands.journal, one, 'thanks').text,
      )
      expect(sad).toBe(glad)
      expect(sad).toContain('Ask to be contacted')
      await hands.type(member(2), '')
      expect(said(hands, member(2))).toContain('Ask to be contacted')
    })

    it('ignores what was typed after the word, says the way beforehand, and keeps words sealed', async () => {
      await open(hands, member(0), 'contact I feel awful')
      expect(said(hands, member(0))).not.toContain('awful')
      expect(said(hands, member(0))).toContain('kept apart from answers, and never joined to them.')
      expect(said(hands, member(0))).toContain(
        'It goes to your facilitators, or to who stands in for them.',
      )
      expect(said(hands, member(0))).toContain('it goes on: the supervisor.')
      expect(said(hands, member(0))).toContain('Everyone it reaches can read it.')
      expect(said(hands, member(0))).toContain('Someone should see it by Wednesday 4 March')
      await hands.submit(member(0), { text: 'Please call me in the evening.' })
      expect(said(hands, member(0))).toContain('You get a message when someone has seen it.')
      await hands.closeForm(member(0))
      const { id, text } = await row()
      const { keyring } = world.app.services.ballotKeys
      expect(openText(keyring, id, text)).toBe('Please call me in the evening.')
      const all = await dump(world.db)
      expect(holds(all, 'in the evening') || holds(all, 'awful')).toBe(false)
      // Bound to its row: moved to another request it does not open.
      expect(() => openText(keyring, crypto.randomUUID(), text)).toThrow()
    })

    it('tells the facilitators in one neutral line, and nobody else', async () => {
      await world.app.drain()
      expect(told(hands, 'contact-request')).toEqual([cast().facilitator])
      const notice = lastSeen(hands.journal, cast().facilitator, 'contact-request')
      expect(notice.notification).toBe('Tuesday group: please open this note today.')
      expect(notice.text).not.toMatch(/contact|evening/i)
    })

    it('is not asked twice while it is open: the member sees where it stands', async () => {
      await open(hands, member(0), 'contact')
      expect(said(hands, member(0))).toContain('No one has seen it yet.')
      expect(said(hands, member(0))).toContain('It has reached: your facilitators.')
      expect(said(hands, member(0))).toContain('In immediate danger: 112')
      await hands.closeForm(member(0))
      expect(await world.db.contactRequest.count()).toBe(1)
    })

    it('goes on to the supervisor when the time is over, who can read it now', async () => {
      const { dueAt } = await row()
      await moveTo(world, new Date(dueAt.getTime() - HOUR_MS))
      expect(told(hands, 'contact-request')).toEqual([cast().facilitator])
      await moveTo(world, dueAt)
      expect(told(hands, 'contact-request')).toEqual([cast().facilitator, cast().supervisor])
      await press(
        hands,
        lastSeen(hands.journal, cast().supervisor, 'contact-request'),
        'contact.read',
      )
      const seen = said(hands, cast().supervisor)
      expect(seen).toContain('Please call me in the evening.')
      expect(seen).toContain('Nobody has it.')
      await hands.closeForm(cast().supervisor)
      await open(hands, member(0), 'contact')
      expect(said(hands, member(0))).toContain('your facilitators and the supervisor')
      await hands.closeForm(member(0))
    })

    it('is taken by a facilitator, who is reminded each day until it is closed', async () => {
      await press(
        hands,
        lastSeen(hands.journal, cast().facilitator, 'contact-request'),
        'contact.read',
      )
      const card = lastSeen(hands.journal, cast().facilitator, 'contact')
      expect(card.text).toContain('asks to be contacted.')
      expect(card.text).toContain('This says nothing about answers to check-ins.')
      expect((await row()).seenAt).toBeNull()
      await press(hands, card, 'contact.seen')
      expect(said(hands, cast().facilitator)).toContain('You have it.')
      await hands.closeForm(cast().facilitator)
      await world.app.drain()
      expect(told(hands, 'contact-seen')).toEqual([member(0)])
      await press(hands, lastSeen(hands.journal, member(0), 'contact-seen'), 'contact.status')
      expect(said(hands, member(0))).toMatch(/has it since .+, and will get in touch with you\./)
      await hands.closeForm(member(0))
      for (const _ of ['Thursday', 'Friday'])
        await moveTo(world, new Date(world.clock.now().getTime() + DAY_MS))
      // Once before it fell due, in the morning, and on each day since.
      const { facilitator } = cast()
      expect(told(hands, 'contact-reminder')).toEqual([facilitator, facilitator, facilitator])
    })

    it('ends: the member is asked whether somebody has been in touch, and no opens it again', async () => {
      await press(
        hands,
        lastSeen(hands.journal, cast().facilitator, 'contact-reminder'),
        'contact.read',
      )
      await press(hands, lastSeen(hands.journal, cast().facilitator, 'contact'), 'contact.tried')
      expect(said(hands, cast().facilitator)).toContain('They are asked once')
      await hands.closeForm(cast().facilitator)
      await world.app.drain()
      await press(hands, lastSeen(hands.journal, member(0), 'contact-closed'), 'contact.status')
      expect(said(hands, member(0))).toContain('tried to reach you and could not.')
      expect(said(hands, member(0))).toContain('Has somebody been in touch with you?')
      await press(hands, lastSeen(hands.journal, member(0), 'contact-status'), 'contact.deny')
      expect(said(hands, member(0))).toContain('It goes to the supervisor now.')
      await hands.closeForm(member(0))
      await world.app.drain()
      expect(told(hands, 'contact-request').slice(2).sort()).toEqual(
        [cast().facilitator, cast().supervisor].sort(),
      )
      await press(
        hands,
        lastSeen(hands.journal, cast().supervisor, 'contact-request'),
        'contact.read',
      )
      expect(said(hands, cast().supervisor)).toContain(
        'Then they said that nobody had been in touch.',
      )
      await press(hands, lastSeen(hands.journal, cast().supervisor, 'contact'), 'contact.seen')
      await press(hands, lastSeen(hands.journal, cast().supervisor, 'contact'), 'contact.reached')
      await hands.closeForm(cast().supervisor)
      await world.app.drain()
      await press(hands, lastSeen(hands.journal, member(0), 'contact-closed'), 'contact.status')
      await press(hands, lastSeen(hands.journal, member(0), 'contact-status'), 'contact.confirm')
      expect(said(hands, member(0))).toContain('Thank you. It is closed.')
      await hands.closeForm(member(0))
    })

    it('shows in mydata with its words, and is deleted thirty days after it was closed', async () => {
      await open(hands, member(0), 'mydata')
      expect(said(hands, member(0))).toContain('“Please call me in the evening.”')
      expect(said(hands, member(0))).toContain('Chronic illness support')
      await hands.closeForm(member(0))
      const { closedAt } = await row()
      const after = (days: number) => new Date((closedAt?.getTime() ?? 0) + days * DAY_MS)
      await moveTo(world, after(29))
      expect(await world.db.contactRequest.count()).toBe(1)
      await moveTo(world, after(31))
      expect(await world.db.contactRequest.count()).toBe(0)
    })

    it('leaves its whole way in the audit log, without a word and without who asked', async () => {
      expect([...new Set(await acts())]).toEqual([
        'contact.settings.changed',
        'contact.made',
        'contact.opened',
        'contact.seen',
        'contact.tried',
        'contact.reopened',
        'contact.reached',
        'contact.confirmed',
        'contact.deleted',
      ])
      const own = await world.db.auditEntry.findMany({
        where: { action: { in: ['contact.made', 'contact.reopened', 'contact.confirmed'] } },
      })
      expect(own.map(({ actorId }) => actorId)).toEqual([null, null, null])
      expect(own.every(({ at }) => at.getTime() % HOUR_MS === 0)).toBe(true)
    })
  },
)
