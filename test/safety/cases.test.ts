import { afterEach, describe, expect, it } from 'vitest'
import { openText } from '../../src/ballot/secret-text.ts'
import { STORES } from '../helpers.ts'
import { DAY_MS, HOUR_MS, type Setting, type Stage, setStage } from './stage.ts'

const CELLS = STORES.flatMap((store) =>
  (['slack', 'teams'] as const).map((platform) => ({ store, platform })),
)

/**
 * The hazards of docs/safety.md, each played to its end: what the member, the facilitator, the
 * supervisor, the safety contact and the admin see, and when. The group is on Berlin time, an hour
 * ahead of UTC; somebody sees a request within four hours.
 */
describe.each(CELLS)(
  'who waits is heard on $platform with the $store store',
  ({ store, platform }) => {
    let stage: Stage
    const set = async (setting?: Setting) => {
      stage = await setStage(store, platform, setting)
      return stage
    }
    afterEach(() => stage.world.end())
    const row = () => stage.world.db.contactRequest.findFirstOrThrow()

    it('2 a.m.: quiet hours and a pause of staff do not hold it; everybody on the way reads it in time', async () => {
      const { facilitator, backup, supervisor, safety, admin, members, ...s } = await set()
      const [member = ''] = members
      for (const person of [facilitator, backup, supervisor])
        await s.send(person, 'pause', { weeks: '1', quietFrom: '20:00', quietUntil: '8:00' })
      await s.to('2026-03-03T01:00:00Z')
      const form = await s.ask(member, 'Goodbye.')
      expect(form).toContain('It is on its way to your facilitators.')
      expect(form).toContain('Someone should see it by Tuesday 3 March, 06:00')
      expect(form).toContain('In immediate danger: 112')
      await s.to('2026-03-03T03:00:00Z')
      await s.to('2026-03-03T05:00:00Z')
      await s.to('2026-03-03T09:00:00Z')
      expect(s.got(facilitator)).toEqual(['2026-03-03T01:00 request'])
      expect(s.got(backup)).toEqual(['2026-03-03T03:00 request'])
      expect(s.got(supervisor)).toEqual(['2026-03-03T05:00 request'])
      expect(s.got(safety)).toEqual(['2026-03-03T09:00 request'])
      expect(s.got(admin)).toEqual([])
      for (const person of [facilitator, backup, supervisor, safety])
        expect(await s.act(person, 'contact-request', 'contact.read')).toContain('Goodbye.')
      expect(await s.act(safety, 'contact', 'contact.seen')).toContain('You have it.')
      expect(s.got(member)).toEqual(['2026-03-03T09:00 seen'])
    })

    it('nobody there: it is not offered, the form says why, admin and supervisor hear of it each day', async () => {
      const { facilitator, admin, members, ...s } = await set({
        hasBackup: false,
        hasSupervisor: false,
        hasSafety: false,
      })
      const [member = ''] = members
      // The facilitator goes on leave, and nobody stands in.
      await s.send(facilitator, 'away', { from: '2026-03-02', until: '2026-03-10' })
      expect(await s.look(member, 'contact')).toContain('No one is there right now')
      expect(await s.look(member, 'contact')).toContain('0800 111 0111')
      expect(await s.world.db.contactRequest.count()).toBe(0)
      await s.to('2026-03-02T12:00:00Z')
      await s.to('2026-03-03T12:00:00Z')
      expect(s.got(admin)).toEqual(['2026-03-02T12:00 nobody', '2026-03-03T12:00 nobody'])
      expect(await s.act(admin, 'contact-nobody', 'contact.nobody')).toContain(
        'Please add a facilitator',
      )
      await s.send(facilitator, 'away', { until: '' })
      await s.to('2026-03-04T12:00:00Z')
      expect(s.got(admin)).toHaveLength(2)
      expect(await s.look(member, 'contact')).toContain(
        'It goes to your facilitators, or to who stands in for them.',
      )
    })

    it('nobody there any more: who waits is told so, and the admin each day', async () => {
      const { facilitator, admin, members, ...s } = await set({
        hasBackup: false,
        hasSupervisor: false,
        hasSafety: false,
      })
      const [member = ''] = members
      s.closeAccount(facilitator)
      await s.ask(member)
      await s.to('2026-03-02T11:00:00Z')
      expect(s.got(member)).toEqual(['2026-03-02T09:00 alone'])
      expect(await s.act(member, 'contact-alone', 'contact.status')).toContain(
        'Right now no one is there who could see it.',
      )
      expect(s.got(admin).length).toBeGreaterThan(0)
    })

    it('the only facilitator’s account is closed: the next step is told at once', async () => {
      const { facilitator, backup, members, ...s } = await set()
      const [member = ''] = members
      s.closeAccount(facilitator)
      await s.ask(member, 'Please call.')
      expect(s.got(backup)).toEqual(['2026-03-02T09:00 request'])
      expect(await s.act(backup, 'contact-request', 'contact.read')).toContain('Please call.')
      expect(await s.look(member, 'contact')).toContain('It has reached: the stand-in.')
      // The next one who asks reads beforehand that no facilitator is there.
      expect(await s.look(members[1] ?? '', 'contact')).toContain(
        'Your facilitators are not there now. It goes to the one who stands in for them.',
      )
    })

    it('taken off the list while waiting: it stays, and the supervisor is told at once', async () => {
      const { facilitator, supervisor, members, ...s } = await set()
      const [member = '', ...others] = members
      await s.ask(member, 'It is about the facilitator.')
      expect(s.got(supervisor)).toEqual([])
      await s.send(facilitator, 'roster', { members: others })
      await s.world.app.drain()
      expect(await s.act(member, 'removed', 'removed')).toContain(
        'Your request to be contacted goes on. It stands before: your facilitators, the stand-in and the supervisor.',
      )
      expect(s.got(supervisor)).toEqual(['2026-03-02T09:00 request'])
      const read = await s.act(supervisor, 'contact-request', 'contact.read')
      expect(read).toContain('It is about the facilitator.')
      expect(read).toContain('They are not on the list of the group any more.')
      // A week later they would be forgotten; they wait, so they are not.
      await s.to('2026-03-12T09:00:00Z')
      expect((await row()).closedAt).toBeNull()
      await s.act(supervisor, 'contact-request', 'contact.read', 'contact.reached')
      expect(await s.act(member, 'contact-closed', 'contact.status')).toContain(
        'Has somebody been in touch with you?',
      )
      await s.to('2026-03-20T10:00:00Z')
      expect(await s.world.db.contactRequest.count()).toBe(0)
      expect(await s.world.db.account.count({ where: { externalId: member } })).toBe(0)
    })

    it('left while waiting: the form asks, what is kept is heard, and then forgotten', async () => {
      const { facilitator, members, ...s } = await set()
      const [member = '', second = ''] = members
      await s.ask(member, 'Goodbye.')
      expect(await s.look(member, 'leave')).toContain('You asked to be contacted. Keep that?')
      expect(await s.send(member, 'leave', {})).toContain(
        'kept until it is closed, and 7 days more',
      )
      expect(await s.act(facilitator, 'contact-request', 'contact.read')).toContain('Goodbye.')
      // Erasing waits for it, and says so.
      await s.look(member, 'mydata')
      expect(await s.act(member, 'mydata', 'forget.me')).toContain('kept until it is closed')
      await s.act(facilitator, 'contact-request', 'contact.read', 'contact.reached')
      await s.to('2026-03-10T10:00:00Z')
      expect(await s.world.db.account.count({ where: { externalId: member } })).toBe(0)
      // Somebody who takes it back is gone at once, and nobody is left with a broken note.
      await s.ask(second)
      expect(await s.send(second, 'leave', { request: 'withdraw' })).toContain(
        'All that we knew of you is gone.',
      )
      expect(await s.world.db.account.count({ where: { externalId: second } })).toBe(0)
      expect(await s.act(facilitator, 'contact-request', 'contact.read')).toContain(
        'You cannot open this request.',
      )
    })

    it('ended while waiting: refused; one that goes past the facilitators goes on behind the end', async () => {
      const { facilitator, supervisor, members, ...s } = await set()
      const [member = '', second = ''] = members
      await s.ask(member)
      await s.hands.type(facilitator, 'end')
      expect(s.hands.journal.seen.at(-1)?.text).toContain('waits to be contacted. See to it first')
      await s.act(facilitator, 'contact-request', 'contact.read', 'contact.reached')
      await s.ask(second, 'About the facilitator.', 'others')
      expect(await s.send(facilitator, 'end', { days: '1' })).toContain('has ended.')
      await s.to('2026-03-05T09:00:00Z')
      expect(await s.world.db.group.count()).toBe(1)
      expect(await s.act(supervisor, 'contact-request', 'contact.read')).toContain(
        'About the facilitator.',
      )
      await s.act(supervisor, 'contact-request', 'contact.read', 'contact.reached')
      // The member can still say that nobody came; then the group goes.
      await s.to('2026-03-07T09:00:00Z')
      expect(await s.act(second, 'contact-closed', 'contact.status')).toContain(
        'Has somebody been in touch with you?',
      )
      await s.to('2026-03-15T09:00:00Z')
      expect(await s.world.db.group.count()).toBe(0)
    })

    it('no supervisor: when the time is over it reaches the safety contact', async () => {
      const { safety, members, ...s } = await set({ hasSupervisor: false })
      await s.ask(members[0] ?? '', 'Please.')
      await s.to('2026-03-02T11:00:00Z')
      await s.to('2026-03-02T13:00:00Z')
      expect(s.got(safety)).toEqual(['2026-03-02T13:00 request'])
    })

    it('the stand-in has paused messages: requests come all the same', async () => {
      const { backup, members, ...s } = await set()
      await s.send(backup, 'pause', { weeks: '2' })
      await s.ask(members[0] ?? '')
      await s.to('2026-03-02T11:00:00Z')
      expect(s.got(backup)).toEqual(['2026-03-02T11:00 request'])
    })

    it('quiet hours: the request passes them, the daily reminder waits for their end', async () => {
      const { facilitator, members, ...s } = await set({
        hasBackup: false,
        hasSupervisor: false,
        hasSafety: false,
      })
      await s.send(facilitator, 'pause', { quietFrom: '20:00', quietUntil: '8:00' })
      await s.to('2026-03-03T01:00:00Z')
      await s.ask(members[0] ?? '')
      await s.to('2026-03-04T01:00:00Z')
      await s.to('2026-03-04T07:00:00Z')
      expect(s.got(facilitator)).toEqual(['2026-03-03T01:00 request', '2026-03-04T07:00 reminder'])
    })

    it('the facilitator is complained of: neither they nor the stand-in hear or read of it', async () => {
      const { facilitator, backup, supervisor, safety, members, ...s } = await set()
      const [member = ''] = members
      expect(await s.look(member, 'contact')).toContain('Someone else: the supervisor')
      expect(await s.ask(member, 'He shouts at us.', 'others')).toContain(
        'It is on its way to the supervisor.',
      )
      await s.to('2026-03-02T13:00:00Z')
      expect(s.got(supervisor)).toEqual(['2026-03-02T09:00 request'])
      expect(s.got(safety)).toEqual(['2026-03-02T13:00 request'])
      expect([s.got(facilitator), s.got(backup)]).toEqual([[], []])
      expect(await s.look(facilitator, 'contact')).toContain('No one waits to be contacted.')
      const { id } = await row()
      const { keyring } = s.world.app.services.ballotKeys
      expect(openText(keyring, id, (await row()).text)).toBe('He shouts at us.')
      // Nor may the supervisor hand it to them by mistake.
      await s.act(supervisor, 'contact-request', 'contact.read', 'contact.pass')
      expect(await s.act(supervisor, 'contact-request', 'contact.read')).toContain(
        'He shouts at us.',
      )
    })

    it('the facilitator is the safety contact too, and stands in for the supervisor: it still goes past them', async () => {
      const { facilitator, supervisor, admin, members, ...s } = await set()
      const [member = ''] = members
      await s.send(admin, 'admin settings', { safetyContact: [facilitator] })
      await s.send(supervisor, 'away', {
        from: '2026-03-02',
        until: '2026-03-06',
        standIn: [facilitator],
      })
      // Nobody is left whom it could go to: it is not offered.
      expect(await s.look(member, 'contact')).not.toContain('Someone else')
      await s.send(supervisor, 'away', { until: '' })
      expect(await s.look(member, 'contact')).toContain('Someone else: the supervisor')
      await s.ask(member, 'He shouts at us.', 'others')
      await s.send(supervisor, 'away', {
        from: '2026-03-02',
        until: '2026-03-06',
        standIn: [facilitator],
      })
      await s.to('2026-03-02T15:00:00Z')
      await s.to('2026-03-03T15:00:00Z')
      expect(s.got(facilitator)).toEqual([])
      expect(await s.look(facilitator, 'contact')).toContain('No one waits to be contacted.')
      // Somebody on leave is better than nobody, and the admin hears of it each day.
      expect(s.got(supervisor)).toContain('2026-03-02T09:00 request')
      expect(s.got(admin)).toEqual(['2026-03-02T15:00 nobody', '2026-03-03T15:00 nobody'])
      expect(await s.act(admin, 'contact-nobody', 'contact.nobody')).toContain(
        'Please add a supervisor or a safety contact who is there.',
      )
    })

    it('the facilitator changes their part while it waits: it still goes past them', async () => {
      const { facilitator, supervisor, backup, members, ...s } = await set()
      await s.ask(members[0] ?? '', 'He shouts at us.', 'others')
      await s.send(facilitator, 'roster', {
        facilitators: [backup],
        supervisors: [facilitator, supervisor],
      })
      await s.to('2026-03-04T09:00:00Z')
      expect([s.got(facilitator), s.got(backup)]).toEqual([[], []])
      expect(await s.look(facilitator, 'contact')).toContain('No one waits to be contacted.')
      expect(await s.look(facilitator, 'digest')).not.toContain('waits to be contacted')
      expect(await s.act(supervisor, 'contact-request', 'contact.read')).toContain('He shouts')
    })

    it('no supervisor, taken off or told that nobody came: it goes to the step that is there', async () => {
      const { facilitator, safety, members, ...s } = await set({ hasSupervisor: false })
      const [member = '', ...others] = members
      await s.ask(member, 'Please.')
      await s.act(facilitator, 'contact-request', 'contact.read', 'contact.tried')
      const answered = await s.act(member, 'contact-closed', 'contact.status', 'contact.deny')
      expect(answered).toContain('It goes to the safety contact now.')
      expect(s.got(safety)).toEqual(['2026-03-02T09:00 request'])
      await s.act(safety, 'contact-request', 'contact.read', 'contact.seen')
      await s.act(safety, 'contact', 'contact.reached')
      const [second = ''] = others
      await s.ask(second, 'Please, too.')
      await s.send(facilitator, 'roster', { members: others.slice(1) })
      await s.world.app.drain()
      expect(s.got(safety)).toHaveLength(2)
      expect(await s.act(second, 'removed', 'removed')).toContain('and the safety contact')
    })

    it('the note is lost on its way: it goes out again until it has arrived', async () => {
      const { facilitator, members, ...s } = await set({ hasBackup: false })
      await s.ask(members[0] ?? '', 'Please.')
      await s.world.db.delivery.updateMany({
        where: { kind: 'contact-request' },
        data: { state: 'dropped', reason: 'unknown' },
      })
      await s.to('2026-03-02T10:00:00Z')
      await s.to('2026-03-02T11:30:00Z')
      expect(s.got(facilitator)).toEqual(['2026-03-02T09:00 request', '2026-03-02T10:00 request'])
    })

    it('the only facilitator is on leave: their stand-in is told; without one the next step is', async () => {
      const { facilitator, backup, safety, members, ...s } = await set()
      await s.send(facilitator, 'away', {
        from: '2026-03-02',
        until: '2026-03-06',
        standIn: [safety],
      })
      await s.ask(members[0] ?? '', 'Please.')
      expect(s.got(safety)).toEqual(['2026-03-02T09:00 request'])
      expect(s.got(facilitator)).toEqual([])
      await s.send(facilitator, 'away', { from: '2026-03-02', until: '2026-03-06', standIn: [] })
      await s.ask(members[1] ?? '')
      expect(s.got(backup)).toEqual(['2026-03-02T09:00 request', '2026-03-02T09:00 request'])
    })

    it('the service was off for a day: every step that was due is told at the first look', async () => {
      const { facilitator, backup, supervisor, safety, members, ...s } = await set()
      await s.ask(members[0] ?? '')
      s.world.clock.set(new Date(s.world.clock.now().getTime() + DAY_MS))
      await s.world.app.drain()
      expect(s.got(backup)).toEqual(['2026-03-03T09:00 request'])
      expect(s.got(supervisor)).toEqual(['2026-03-03T09:00 request'])
      // The last step has its own time from when the one before it was told.
      expect(s.got(safety)).toEqual([])
      s.world.clock.set(new Date(s.world.clock.now().getTime() + 4 * HOUR_MS))
      await s.world.app.drain()
      expect(s.got(safety)).toEqual(['2026-03-03T13:00 request'])
      expect(s.got(facilitator)).toEqual(['2026-03-02T09:00 request'])
    })

    it('the clocks change within the promise: staffed hours are counted as they pass', async () => {
      const { members, supervisor, ...s } = await set({
        contactHours: '4',
        hasBackup: false,
        hasSafety: false,
        staffed: { staffed6: '20-24', staffed7: '0-6' },
      })
      await s.to('2026-03-28T22:00:00Z')
      // Saturday 23:00 in Berlin; at 2:00 the clocks go to 3:00. One hour is left on Saturday.
      expect(await s.ask(members[0] ?? '')).toContain(
        'Someone should see it by Sunday 29 March, 04:00',
      )
      expect((await row()).dueAt.toISOString()).toBe('2026-03-29T02:00:00.000Z')
      await s.to('2026-03-29T01:59:00Z')
      expect(s.got(supervisor)).toEqual([])
      await s.to('2026-03-29T02:00:00Z')
      expect(s.got(supervisor)).toEqual(['2026-03-29T02:00 request'])
    })

    it('seen, and then nothing: reminded each day; after three days the next step is told', async () => {
      const { facilitator, backup, supervisor, members, ...s } = await set()
      await s.ask(members[0] ?? '')
      await s.act(facilitator, 'contact-request', 'contact.read', 'contact.seen')
      for (const day of [3, 4, 5, 6]) await s.to(`2026-03-0${day}T09:00:00Z`)
      expect(s.got(facilitator).slice(1)).toEqual([
        '2026-03-03T09:00 reminder',
        '2026-03-04T09:00 reminder',
        '2026-03-05T09:00 reminder',
        '2026-03-06T09:00 reminder',
      ])
      expect(s.got(backup)).toEqual(['2026-03-05T09:00 request'])
      expect(s.got(supervisor)).toEqual(['2026-03-06T09:00 request'])
    })

    it('a drill walks the whole way, is marked on each card, and says when it came through', async () => {
      const { admin, facilitator, backup, supervisor, safety, ...s } = await set()
      expect(await s.send(admin, 'admin drill', { drill: 'monthly' })).toContain(
        'A drill has begun in 1 group.',
      )
      await s.world.app.drain()
      for (const person of [facilitator, backup, supervisor, safety]) {
        expect(s.got(person)).toEqual(['2026-03-02T09:00 request'])
        expect(await s.act(person, 'contact-request', 'contact.read')).toContain('This is a drill')
        await s.act(person, 'contact-request', 'contact.read', 'contact.seen')
      }
      expect((await row()).closedAt).not.toBeNull()
      expect(s.got(admin)).toEqual([])
      const digest = await s.look(supervisor, 'digest')
      expect(digest).toContain('The last drill came through on Monday 2 March.')
      await s.to('2026-04-01T10:00:00Z')
      expect(s.got(facilitator)).toHaveLength(2)
      expect(await s.look(supervisor, 'digest')).toContain('has not come through yet.')
    })
  },
)
