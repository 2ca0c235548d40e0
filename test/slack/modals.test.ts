import type { WebClient } from '@slack/web-api'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Incoming } from '../../src/platform.ts'
import { lastSeen } from '../../src/simulator/workspace.ts'
import { createTurns } from '../../src/slack/turns.ts'
import { card, type Reply, text } from '../../src/views/card.ts'
import { fill, press, setUpGroup, startWorld, type World } from '../helpers.ts'

describe('a button in a modal', () => {
  let world: World
  beforeAll(async () => {
    world = await startWorld()
    await setUpGroup(world)
    await fill(world.slack, 'UFACILITATOR', 'contact settings', { contactHours: '4' })
    await world.slack.closeForm('UFACILITATOR')
    await fill(world.slack, 'UMEMBER1', 'contact', { text: 'Please call.' })
    await world.slack.closeForm('UMEMBER1')
    await world.app.drain()
  })
  afterAll(() => world.end())
  const calls = (method: string) =>
    world.slack.journal.requests.filter((one) => one.method === method).length
  const openContact = async () => {
    const told = lastSeen(world.slack.journal, 'UFACILITATOR', 'contact-request')
    await press(world.slack, told, 'contact.read')
    return lastSeen(world.slack.journal, 'UFACILITATOR', 'contact')
  }

  it('is answered in its place, by no second modal', async () => {
    const shown = await openContact()
    const before = [calls('views.open'), calls('views.update')]
    await press(world.slack, shown, 'contact.pass')
    expect(lastSeen(world.slack.journal, 'UFACILITATOR', 'contact-pass-form').audience).toBe('form')
    expect([calls('views.open'), calls('views.update')]).toEqual([before[0], (before[1] ?? 0) + 1])
    // The form that stands there now is another one than the card before: it can be sent.
    await world.slack.submit('UFACILITATOR', { colleague: ['USUPERVISOR'] })
    expect(lastSeen(world.slack.journal, 'UFACILITATOR', 'contact-pass-done').text).toContain(
      'Supervisor has it now',
    )
    await world.slack.closeForm('UFACILITATOR')
  })

  it('that was pressed twice leaves what the first press led to', async () => {
    const shown = await openContact()
    world.slack.failNext({ method: 'views.update', status: 200, error: 'hash_conflict' })
    const before = calls('views.open')
    await press(world.slack, shown, 'contact.pass')
    expect(calls('views.open')).toBe(before)
    expect(world.slack.openForm('UFACILITATOR')?.kind).toBe('contact')
    await world.slack.closeForm('UFACILITATOR')
  })

  it('of a modal that was closed meanwhile opens a new one', async () => {
    const shown = await openContact()
    world.slack.failNext({ method: 'views.update', status: 200, error: 'not_found' })
    world.slack.failNext({ method: 'views.open', status: 500 })
    const before = calls('views.open')
    // The simulator still has it open, and would refuse a second one: only the attempt counts.
    await press(world.slack, shown, 'contact.pass').catch(() => {})
    expect(calls('views.open')).toBe(before + 1)
    await world.slack.closeForm('UFACILITATOR')
  })

  it('leads from form to form in one modal, and each of them can be sent', async () => {
    await fill(world.slack, 'UFACILITATOR', 'new', {
      contactHours: 'none',
      alias: 'Friday group',
      timeZone: 'UTC',
    })
    await press(world.slack, lastSeen(world.slack.journal, 'UFACILITATOR', 'new-done'), 'roster')
    await world.slack.submit('UFACILITATOR', {
      members: ['UMEMBER5', 'UMEMBER6'],
      facilitators: ['UFACILITATOR'],
    })
    const members = { role: 'member', group: { alias: 'Friday group' } } as const
    expect(await world.db.rosterEntry.count({ where: members })).toBe(2)
    await world.slack.closeForm('UFACILITATOR')
  })
})

describe('a request that takes long in Slack', () => {
  beforeEach(() => {
    vi.useFakeTimers()
    return () => vi.useRealTimers()
  })
  const set = (reply: Reply) => {
    const logged: string[] = []
    const { promise, resolve } = Promise.withResolvers<Reply>()
    const called: string[] = []
    const refusesTriggers = { open: false }
    const client = {
      views: {
        open: async () => {
          called.push('open')
          if (refusesTriggers.open) throw new Error('expired_trigger_id')
        },
        update: async ({ view }: { view: { blocks: { block_id: string }[] } }) =>
          void called.push(`update ${view.blocks[0]?.block_id}`),
      },
    } as unknown as WebClient
    const log = {
      info: (event: string) => logged.push(event),
      warn: (event: string) => logged.push(event),
      error: (event: string) => logged.push(event),
    }
    const turns = createTurns(client, {
      onIncoming: async () => await promise,
      onRejected() {},
      log: log as never,
      say: (key) => key,
      wall: () => new Date(),
    })
    const said: unknown[] = []
    const ack = async (given?: unknown) => void said.push(['ack', given])
    const respond = async (given: unknown) => void said.push(['respond', given])
    const incoming = {} as Incoming
    const finish = async (work: Promise<void>) => {
      await vi.advanceTimersByTimeAsync(2_500)
      refusesTriggers.open = true
      resolve(reply)
      await work
    }
    return { turns, said, called, logged, ack, respond, incoming, finish }
  }
  const form = {
    kind: 'a-form',
    verb: 'flag.submit',
    id: null,
    title: 'T',
    submitLabel: 'S',
    closeLabel: 'C',
    intro: [text('x')],
    fields: [],
  } as const

  it('and whose form comes too late says so, in place of silence', async () => {
    const { turns, said, ack, respond, incoming, finish } = set({ type: 'form', form })
    await finish(turns.command(async () => incoming, 't', ack as never, respond))
    expect(said[0]).toEqual(['ack', undefined])
    expect(JSON.stringify(said[1])).toContain('error.busy')
  })

  it('by a button in a message says so as well, and was acknowledged in time', async () => {
    const { turns, said, ack, respond, incoming, finish } = set({ type: 'form', form })
    await finish(turns.button(incoming, 't', ack as never, respond, null))
    expect(said[0]).toEqual(['ack', undefined])
    expect(JSON.stringify(said[1])).toContain('error.busy')
  })

  it('by a button in a modal is answered there when it is ready', async () => {
    const { turns, said, called, ack, incoming, finish } = set({ type: 'form', form })
    await finish(turns.button(incoming, 't', ack as never, undefined, { id: 'V1', hash: 'h' }))
    expect(said).toEqual([['ack', undefined]])
    expect(called).toEqual(['update kind:a-form'])
  })

  it('and is a form that was sent says to wait, then what came of it, once and without a log line', async () => {
    const done = { type: 'done', card: card('a-done', 'T', [text('x')]) } as const
    const { turns, said, called, logged, ack, incoming, finish } = set(done)
    await finish(
      turns.form(async () => incoming, ack as never, { id: 'V1', waitsOpenAt: null, round: 1 }),
    )
    expect(said).toHaveLength(1)
    expect(JSON.stringify(said[0])).toContain('error.working')
    expect(called).toEqual(['update kind:a-done'])
    expect(logged).toEqual([])
  })

  it('and is a form that waits open keeps what was chosen, and may be sent again', async () => {
    const done = { type: 'done', card: card('a-done', 'T', [text('x')]) } as const
    const { turns, said, called, logged, ack, incoming, finish } = set(done)
    const open = { id: 'V1', waitsOpenAt: 'field:safety', round: 1 }
    await finish(turns.form(async () => incoming, ack as never, open))
    const errors = { 'field:safety': 'error.sendAgain' }
    expect(said).toEqual([['ack', { response_action: 'errors', errors }]])
    expect([called, logged]).toEqual([[], []])
  })
})
