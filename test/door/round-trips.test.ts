import { AsyncLocalStorage } from 'node:async_hooks'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { Verb } from '../../src/domain/verbs.ts'
import { run } from '../../src/door/run.ts'
import type { FieldValue, Incoming } from '../../src/platform.ts'
import { incoming, startWorld, type World } from '../helpers.ts'

/** At five milliseconds to the store a tenth of the second and a half that a change may take. */
const MOST = { staff: 16, roster: 20, schedule: 20, home: 5 } as const

let world: World
/** The statements of the request that is under way; what goes out meanwhile is not among them. */
const counting = new AsyncLocalStorage<string[]>()
const query = pg.Client.prototype.query

describe.runIf(inject('hasPostgres'))('round trips to the store that a form takes', () => {
  beforeAll(async () => {
    world = await startWorld({ store: 'postgres' })
    pg.Client.prototype.query = function (this: pg.Client, ...given: unknown[]) {
      const [first] = given as [string | { text?: string }]
      counting.getStore()?.push(typeof first === 'string' ? first : (first.text ?? ''))
      return Reflect.apply(query, this, given)
    } as typeof query
    await taken('UADMIN', 'admin.staff', null, { staff: [{ externalId: 'UFACILITATOR' }] })
  })
  afterAll(async () => {
    pg.Client.prototype.query = query
    await world.end()
  })

  const act = async (sender: string, verb: Verb, input: Incoming['input']) => {
    const via = input.values ? 'form' : 'button'
    const reply = await run(world.app.services, incoming(sender, { verb, via, input }))
    if (!reply) throw new Error('no answer')
    if ('card' in reply && reply.card.kind === 'problem') throw new Error(JSON.stringify(reply))
    if (reply.type === 'errors') throw new Error(reply.message)
    return reply
  }
  /** How many round trips sending a form takes that opens with `verb`. */
  const taken = async (
    sender: string,
    verb: 'admin.staff' | 'roster' | 'schedule' | 'new',
    id: string | null,
    values: Record<string, FieldValue>,
  ): Promise<number> => {
    const opened = await act(sender, verb, id === null ? {} : { id })
    if (opened.type !== 'form') throw new Error(`${verb} opened no form`)
    const { form } = opened
    const sent: string[] = []
    const input = {
      ...(form.id === null ? {} : { id: form.id }),
      ...(form.version === undefined ? {} : { version: form.version }),
      ...(form.key === undefined ? {} : { key: form.key }),
      values,
    }
    const send = () => counting.run(sent, () => act(sender, form.verb, input))
    // Beside other work a large form may take longer than it may; nothing was done then.
    await send().catch(async (error: unknown) => {
      if (!String(error).includes('took too long')) throw error
      sent.length = 0
      await send()
    })
    console.info(`round trips: ${form.verb} ${sent.length}`)
    return sent.length
  }
  const people = (prefix: string, count: number) =>
    Array.from({ length: count }, (_, index) => ({
      externalId: `${prefix}${index}`,
      name: `${prefix} ${index}`,
    }))
  const newGroup = async (alias: string): Promise<string> => {
    await taken('UFACILITATOR', 'new', null, {
      alias,
      kind: 'rehabilitation',
      contactHours: 'none',
      timeZone: 'Europe/Berlin',
    })
    return (await world.db.group.findFirstOrThrow({ where: { alias } })).id
  }

  it('of staff are as many for a hundred as for two, on the way in and out', async () => {
    const few = await taken('UADMIN', 'admin.staff', null, { staff: people('UA', 2) })
    const many = await taken('UADMIN', 'admin.staff', null, { staff: people('UB', 100) })
    const out = await taken('UADMIN', 'admin.staff', null, { leaving: people('UB', 100) })
    expect(many).toBeLessThanOrEqual(few)
    expect(Math.max(few, many, out)).toBeLessThanOrEqual(MOST.staff)
  })

  it('of a roster are as many for thirty members as for six', async () => {
    const counts: number[] = []
    for (const members of [6, 30]) {
      const id = await newGroup(`Roster of ${members}`)
      const facilitators = [{ externalId: 'UFACILITATOR' }]
      const supervisors = people(`US${members}x`, members / 3)
      await taken('UADMIN', 'admin.staff', null, { staff: supervisors })
      counts.push(
        await taken('UFACILITATOR', 'roster', id, {
          members: people(`UM${members}x`, members),
          facilitators,
          supervisors,
        }),
      )
      // All of them leave again.
      counts.push(
        await taken('UFACILITATOR', 'roster', id, { members: [], facilitators, supervisors }),
      )
    }
    expect([counts[2], counts[3]]).toEqual([counts[0], counts[1]])
    expect(Math.max(...counts)).toBeLessThanOrEqual(MOST.roster)
  })

  it('of the home card are as many for a member of forty groups as for one', async () => {
    const home = async () => {
      const sent: string[] = []
      await counting.run(sent, () => act('UMEMBER1', 'home', {}))
      return sent.length
    }
    const join = async (alias: string) => {
      const id = await newGroup(alias)
      const facilitators = [{ externalId: 'UFACILITATOR' }]
      const members = [{ externalId: 'UMEMBER1' }]
      await taken('UFACILITATOR', 'roster', id, { members, facilitators, supervisors: [] })
    }
    await join('First')
    await home()
    const one = await home()
    for (let index = 2; index <= 40; index += 1) await join(`Group ${index}`)
    expect(await home()).toBe(one)
    expect(one).toBeLessThanOrEqual(MOST.home)
  })

  it('of a schedule are as many for 104 weeks as for four', async () => {
    const counts: number[] = []
    for (const count of ['4', '104']) {
      const id = await newGroup(`Schedule of ${count}`)
      counts.push(
        await taken('UFACILITATOR', 'schedule', id, {
          firstDate: '2026-03-10',
          time: '17:30',
          minutes: '90',
          count,
          timeZone: 'Europe/Berlin',
        }),
      )
    }
    expect(counts[1]).toBe(counts[0])
    expect(Math.max(...counts)).toBeLessThanOrEqual(MOST.schedule)
  })
})
