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
    beforeAll(async () => {
      world = await startWorld({ store })
      hands = world[platform]
      await setUpGroup(world, platform)
    })
    afterAll(() => world.end())

    it('is not offered while nobody is there for it, and the check-in says so', async () => {
      await open(hands, member(0), 'contact')
      expect(said(hands, member(0))).toContain('No contact person is set up here.')
      expect(said(hands, member(0))).toContain('0800 111 0111')
      await hands.closeForm(member(0))
      await hands.type(member(0), '')
      expect(said(hands, member(0))).not.toContain('Ask to be contacted')
    })

    it('is promised by the facilitators, with their own hours', async () => {
      await fill(hands, cast().facilitator, 'edit', {
        contactHours: '24',
        contactTimes: 'weekdays from 9 to 17',
      })
      expect(said(hands, cast().facilitator)).toContain('Someone sees it within 24 hours.')
      expect(said(hands, cast().facilitator)).toContain(
        'Staff look at these times: weekdays from 9 to 17',
      )
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

    it('ignores what was typed after the word, and keeps what is written sealed', async () => {
      await open(hands, member(0), 'contact I feel awful')
      expect(said(hands, member(0))).not.toContain('awful')
      expect(said(hands, member(0))).toContain(
        'It is kept apart from answers, and never joined to them.',
      )
      await hands.submit(member(0), { text: 'Please call me in the evening.' })
      expect(said(hands, member(0))).toContain('You get a message when someone has seen it.')
      await hands.closeForm(member(0))
      const row = await world.db.contactRequest.findFirstOrThrow()
      expect(openText(world.app.services.ballotKeys.keyring, row.id, row.text)).toBe(
        'Please call me in the evening.',
      )
      expect(
        holds(await dump(world.db), 'in the evening') || holds(await dump(world.db), 'awful'),
      ).toBe(false)
      // Bound to its row: moved to another request it does not open.
      expect(() =>
        openText(world.app.services.ballotKeys.keyring, crypto.randomUUID(), row.text),
      ).toThrow()
    })

    it('tells the facilitators in one neutral line, and nobody else', async () => {
      await world.app.drain()
      expect(told(hands, 'contact-request')).toEqual([cast().facilitator])
      const notice = lastSeen(hands.journal, cast().facilitator, 'contact-request')
      expect(notice.notification).toBe('Tuesday group: a note for you is ready.')
      expect(notice.text).not.toMatch(/contact|evening/i)
    })

    it('is not asked twice while it waits: the member sees where it stands', async () => {
      await open(hands, member(0), 'contact')
      expect(said(hands, member(0))).toContain('No one has seen it yet.')
      await hands.closeForm(member(0))
      expect(await world.db.contactRequest.count()).toBe(1)
    })

    it('goes to the supervisors when the time is over, without who asks or why', async () => {
      const row = await world.db.contactRequest.findFirstOrThrow()
      await moveTo(world, new Date(row.dueAt.getTime() - HOUR_MS))
      expect(told(hands, 'contact-overdue')).toEqual([])
      await moveTo(world, row.dueAt)
      expect(told(hands, 'contact-overdue')).toEqual([cast().supervisor])
      await press(
        hands,
        lastSeen(hands.journal, cast().supervisor, 'contact-overdue'),
        'contact.overdue',
      )
      const seen = said(hands, cast().supervisor)
      expect(seen).toContain('No one has seen it.')
      expect(seen).toContain('Please ask these people')
      const account = await world.db.account.findFirstOrThrow({ where: { externalId: member(0) } })
      expect(seen).not.toContain(account.name ?? 'never')
      expect(seen).not.toContain('evening')
      await hands.closeForm(cast().supervisor)
    })

    it('is read by a facilitator, audited, and only then seen', async () => {
      await press(
        hands,
        lastSeen(hands.journal, cast().facilitator, 'contact-request'),
        'contact.read',
      )
      const card = lastSeen(hands.journal, cast().facilitator, 'contact')
      expect(card.text).toContain('Please call me in the evening.')
      expect(card.text).toContain('asks to be contacted.')
      expect(card.text).toContain('This says nothing about answers to check-ins.')
      expect(await world.db.auditEntry.count({ where: { action: 'contact.opened' } })).toBe(1)
      expect((await world.db.contactRequest.findFirstOrThrow()).seenAt).toBeNull()
      await press(hands, card, 'contact.seen')
      await hands.closeForm(cast().facilitator)
      await world.app.drain()
      expect(told(hands, 'contact-seen')).toEqual([member(0)])
      await press(hands, lastSeen(hands.journal, member(0), 'contact-seen'), 'contact.status')
      expect(said(hands, member(0))).toMatch(/Seen by .+ on .+\. They will get in touch with you\./)
      await hands.closeForm(member(0))
    })

    it('shows in mydata, and is deleted thirty days after it was seen', async () => {
      await open(hands, member(0), 'mydata')
      expect(said(hands, member(0))).toContain('A request to be contacted, of')
      await hands.closeForm(member(0))
      const { seenAt } = await world.db.contactRequest.findFirstOrThrow()
      await moveTo(world, new Date((seenAt?.getTime() ?? 0) + 29 * 24 * HOUR_MS))
      expect(await world.db.contactRequest.count()).toBe(1)
      await moveTo(world, new Date((seenAt?.getTime() ?? 0) + 31 * 24 * HOUR_MS))
      expect(await world.db.contactRequest.count()).toBe(0)
    })
  },
)

describe('the backup', () => {
  let world: World
  beforeAll(async () => {
    world = await startWorld()
    await setUpGroup(world)
  })
  afterAll(() => world.end())

  it('gets the request as well, reads it and says that it was seen; nobody else on the staff may', async () => {
    const { admin, facilitator, supervisor, members } = world.casts.slack
    const [first = ''] = members
    await fill(world.slack, admin, 'admin staff', { staff: [facilitator, supervisor, admin] })
    await fill(world.slack, facilitator, 'edit', { contactHours: '4', backup: [admin] })
    await fill(world.slack, first, 'contact', {})
    await world.app.drain()
    expect(new Set(told(world.slack, 'contact-request'))).toEqual(new Set([facilitator, admin]))
    // Ending the group would leave the request to nobody.
    await world.slack.type(facilitator, 'end')
    expect(said(world.slack, facilitator)).toContain('waits to be contacted. See to it first')
    await press(
      world.slack,
      lastSeen(world.slack.journal, admin, 'contact-request'),
      'contact.read',
    )
    expect(said(world.slack, admin)).toContain('They did not write what it is about.')
    await press(world.slack, lastSeen(world.slack.journal, admin, 'contact'), 'contact.seen')
    await world.app.drain()
    expect(told(world.slack, 'contact-seen')).toEqual([first])
    // Seen: the supervisors hear nothing when the promised time is over.
    const row = await world.db.contactRequest.findFirstOrThrow()
    await moveTo(world, row.dueAt)
    expect(told(world.slack, 'contact-overdue')).toEqual([])
  })
})
