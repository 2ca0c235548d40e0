import { AsyncLocalStorage } from 'node:async_hooks'
import fs from 'node:fs'
import http from 'node:http'
import path from 'node:path'
import pg from 'pg'
import { beforeAll, describe, expect, inject, it } from 'vitest'
import { COMMANDS } from '../../src/door/registry.ts'
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

type Heard = { verb: string | null; sent: string[] }
const hearing = new AsyncLocalStorage<Heard>()

/** Follows every request of this process and what it sends to the server. Returns how to stop. */
function listen({ services }: World['app'], requests: Heard[]): () => void {
  const { query } = pg.Client.prototype
  const { emit } = http.Server.prototype
  const { onDone } = services
  const { sqlTransaction } = services.database
  http.Server.prototype.emit = function (this: http.Server, event: string, ...given: unknown[]) {
    const heard: Heard = { verb: null, sent: [] }
    if (event === 'request') requests.push(heard)
    const act = (): boolean => Reflect.apply(emit, this, [event, ...given])
    return event === 'request' ? hearing.run(heard, act) : act()
  } as typeof emit
  pg.Client.prototype.query = function (this: pg.Client, ...given: unknown[]) {
    const [first] = given as [string | { text?: string }]
    const text = typeof first === 'string' ? first : (first.text ?? '')
    // Not a connection that is new, and not the queue, which wakes by itself.
    if (!text.startsWith('set ') && !text.includes('pgboss')) hearing.getStore()?.sent.push(text)
    return Reflect.apply(query, this, given)
  } as typeof query
  const name = (verb: string) => {
    const heard = hearing.getStore()
    if (heard) heard.verb = verb
  }
  services.onDone = (facts) => {
    name(facts.verb)
    onDone?.(facts)
  }
  // Nobody is told of these two: the one that writes is known by its own kind of transaction.
  services.database.sqlTransaction = (work, limits) => {
    name('checkin.submit')
    return sqlTransaction(work, limits)
  }
  return () => {
    http.Server.prototype.emit = emit
    pg.Client.prototype.query = query
  }
}

describe.runIf(inject('hasPostgres'))('statements that a verb sends', () => {
  /** Counts of each verb, one a request. */
  const counts = new Map<string, number[]>()
  beforeAll(async () => {
    const world = await startWorld({
      store: 'postgres',
      publicUrl: 'https://groupwell.example.org',
    })
    const requests: Heard[] = []
    const stop = listen(world.app, requests)
    try {
      await tour(world, 'slack')
    } finally {
      stop()
      await world.end()
    }
    for (const { verb, sent } of requests) {
      if (verb === null && sent.length === 0) continue
      const known = verb ?? 'checkin.answer'
      counts.set(known, [...(counts.get(known) ?? []), sent.length])
    }
  }, 240_000)

  it('are no more than its budget, each verb', () => {
    const most = [...counts].map(([verb, every]) => [verb, Math.max(...every)] as const)
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
    expect(Object.keys(LIKE).filter((verb) => counts.has(verb))).toEqual([])
  })

  it('are few for what is asked most: none for privacy, three for what is next', () => {
    const least = (verb: string) => Math.min(...(counts.get(verb) ?? []))
    expect([least('privacy'), least('next'), least('flag'), least('checkin.submit')]).toEqual([
      0, 3, 2, 6,
    ])
  })
})
