import { AsyncLocalStorage } from 'node:async_hooks'
import fs from 'node:fs'
import path from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { COMMANDS, parseTyped } from '../../src/door/registry.ts'
import { startWorld, type World } from '../helpers.ts'
import { tour } from '../tour.ts'

/** Statements of each verb that the walk meets, at most, transactions' ends among them. */
const BUDGET: Readonly<Record<string, number>> = JSON.parse(
  fs.readFileSync(path.join(import.meta.dirname, '../fixtures/statements.json'), 'utf8'),
)
/** Verbs that the walk does not meet, so that nobody counts them, and one that goes the same way. */
const LIKE: Readonly<Record<string, string>> = {
  'summary.all': 'summary.four',
  'summary.post': 'summary.four',
  'schedule.putBack': 'schedule.submit',
  'session.notHeld': 'cancel.submit',
  'message.edit': 'message.new',
  'message.edit.submit': 'message.submit',
  'message.stop': 'message.confirm',
  attendance: 'attendance.enter',
  'checkin.begin': 'welcome.accept',
  'checkin.words': 'contact.read',
  'contact.tried': 'contact.reached',
  'contact.handedOver': 'contact.reached',
  'contact.withdraw': 'contact.submit',
  'contact.deny': 'contact.submit',
  'contact.nobody': 'contact',
  'win.post.submit': 'message.submit',
  'forget.me': 'leave.submit',
  'goodbye.leave': 'leave.submit',
}

/** The statements of each verb, one list a request. */
const heard = vi.hoisted(() => ({
  sent: null as AsyncLocalStorage<string[]> | null,
  table: new Map<string, string[][]>(),
}))
vi.mock('../../src/door/run.ts', async (original) => {
  const actual = await original<typeof import('../../src/door/run.ts')>()
  const run: typeof actual.run = async (services, incoming) => {
    const sent: string[] = []
    const reply = await heard.sent?.run(sent, () => actual.run(services, incoming))
    const typed = parseTyped(incoming.input.text ?? '')?.command.verb ?? 'unread'
    const verb = incoming.via === 'typed' ? typed : incoming.verb
    heard.table.set(verb, [...(heard.table.get(verb) ?? []), sent])
    return reply ?? null
  }
  return { ...actual, run }
})

describe.runIf(inject('hasPostgres'))('statements that a verb sends', () => {
  let world: World
  const query = pg.Client.prototype.query
  beforeAll(async () => {
    heard.sent = new AsyncLocalStorage()
    world = await startWorld({ store: 'postgres', publicUrl: 'https://groupwell.example.org' })
    pg.Client.prototype.query = function (this: pg.Client, ...given: unknown[]) {
      const [first] = given as [string | { text?: string }]
      const text = typeof first === 'string' ? first : (first.text ?? '')
      // A connection that is new, and the queue, which wakes by itself.
      if (!text.startsWith('set ') && !text.includes('pgboss'))
        heard.sent?.getStore()?.push(text.replace(/\s+/g, ' '))
      return Reflect.apply(query, this, given)
    } as typeof query
    await tour(world, 'slack')
  }, 120_000)
  afterAll(async () => {
    pg.Client.prototype.query = query
    await world.end()
  })

  it('are no more than its budget, each verb', () => {
    const most = [...heard.table].map(
      ([verb, requests]) => [verb, Math.max(...requests.map(({ length }) => length))] as const,
    )
    const table = Object.fromEntries(most.toSorted(([a], [b]) => a.localeCompare(b)))
    // For `npm run bench -- statements`.
    const file = process.env.STATEMENTS_FILE
    if (file) fs.writeFileSync(file, JSON.stringify(table, null, 2))
    expect(most.filter(([verb, count]) => count > (BUDGET[verb] ?? 0))).toEqual([])
  })

  it('have a budget, every verb', () => {
    const missing = COMMANDS.map(({ verb }) => verb).filter(
      (verb) => BUDGET[verb] === undefined && BUDGET[LIKE[verb] ?? ''] === undefined,
    )
    expect(missing).toEqual([])
    expect(Object.keys(LIKE).filter((verb) => heard.table.has(verb))).toEqual([])
  })

  it('are few for what is asked most: nothing for help, three for what is next', () => {
    const least = (verb: string) =>
      Math.min(...(heard.table.get(verb) ?? []).map(({ length }) => length))
    expect([least('privacy'), least('next'), least('flag'), least('checkin.submit')]).toEqual([
      0, 3, 2, 6,
    ])
  })
})
