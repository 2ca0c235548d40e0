import { once } from 'node:events'
import net from 'node:net'
import type { Verb } from '../../src/domain/verbs.ts'
import { run as serve } from '../../src/door/run.ts'
import type { FieldValue, Incoming } from '../../src/platform.ts'
import { ensureActor, ensureConnection } from '../../src/store/access.ts'
import { freshDatabase } from '../postgres.ts'
import { WORKSPACE } from './ballot-seed.ts'
import { type Service, start } from './ballot-service.ts'
import { atMost, type Measured } from './measured.ts'

const STAFF = 2_000
const AT_A_TIME = 100
const MEMBERS = 30
const WEEKS = 104
const ROUNDS = 5
/** To the database and back, in ms. */
const WAYS = [0, 5] as const
/** A change is refused after a second and a half (store/engine/transaction.ts). */
const MOST_MS = 1_000

type Form = { way: number; form: string; p50Ms: number; mostMs: number }

/**
 * The largest forms, each as one request: a hundred people more among the staff until there are
 * 2,000, a roster of 30, a schedule of two years, with a database next door and one 5 ms away.
 */
export async function run(): Promise<Measured> {
  const rows: Form[] = []
  for (const way of WAYS) rows.push(...(await measure(way)))
  return {
    about: 'The largest forms, each one request: 2,000 staff, a roster of 30, two years of weeks',
    rows: rows.map(({ way, form, p50Ms, mostMs }) => ({
      run: form,
      'ms to the database and back': way,
      'p50 ms': p50Ms,
      'most ms': mostMs,
    })),
    goals: [atMost('every form, ms', MOST_MS, Math.max(...rows.map(({ mostMs }) => mostMs)))],
  }
}

async function measure(way: number): Promise<Form[]> {
  const database = await freshDatabase()
  const proxy = await slowWay(database.url, way)
  const service = await start(proxy.url)
  const people = (prefix: string, count: number) =>
    Array.from({ length: count }, (_, index) => ({
      externalId: `U${prefix}${index}`,
      name: `${prefix} ${index}`,
    }))
  await appoint(service, ['UADMIN', 'ULEADS'])
  const rows: Form[] = []
  const note = async (form: string, count: number, act: (index: number) => Promise<void>) => {
    const took: number[] = []
    for (let index = 0; index < count; index += 1) {
      const startedAt = performance.now()
      await act(index)
      took.push(performance.now() - startedAt)
    }
    took.sort((a, b) => a - b)
    const ms = (value = 0) => Math.round(value)
    rows.push({ way, form, p50Ms: ms(took[Math.floor(count / 2)]), mostMs: ms(took.at(-1)) })
  }
  await note(`${AT_A_TIME} more among the staff`, STAFF / AT_A_TIME, async (index) => {
    await send(service, 'UADMIN', 'admin.staff', null, {
      staff: people(`STAFF${index}X`, AT_A_TIME),
    })
  })
  const groups: string[] = []
  for (let index = 0; index < ROUNDS; index += 1) {
    const values = { alias: `Group ${index}`, kind: 'rehabilitation', contactHours: 'none' }
    await send(service, 'ULEADS', 'new', null, { ...values, timeZone: 'Europe/Berlin' })
    const { alias } = values
    const { prisma } = service.app.services.database.db
    groups.push((await prisma.group.findFirstOrThrow({ where: { alias } })).id)
  }
  await note(`a roster of ${MEMBERS}`, ROUNDS, async (index) => {
    await send(service, 'ULEADS', 'roster', groups[index] ?? null, {
      members: people(`MEMBER${index}X`, MEMBERS),
      facilitators: [{ externalId: 'ULEADS' }],
      supervisors: people('STAFF0X', 10),
    })
  })
  await note(`a schedule of ${WEEKS} weeks`, ROUNDS, async (index) => {
    await send(service, 'ULEADS', 'schedule', groups[index] ?? null, {
      firstDate: '2026-03-10',
      time: '17:30',
      minutes: '90',
      count: String(WEEKS),
      timeZone: 'Europe/Berlin',
    })
  })
  await service.end()
  await proxy.close()
  await database.drop()
  return rows
}

/** Makes them staff and admin by hand, as the first start does. */
async function appoint({ app }: Service, ids: readonly string[]): Promise<void> {
  const { db } = app.services.database
  const { id: organisationId } = await db.prisma.organisation.findFirstOrThrow()
  const workspace = { platform: 'slack', externalId: WORKSPACE, name: 'Bench' } as const
  const connection = await ensureConnection({ tx: db, organisationId }, workspace)
  for (const externalId of ids) {
    const { actor } = await ensureActor(db, connection, { externalId }, { isHere: true })
    await db.prisma.person.update({
      where: { organisationId_id: { organisationId, id: actor.personId } },
      data: { isStaff: true, isAdmin: true },
    })
  }
}

/** Opens a form and sends it; throws when that was not taken. */
async function send(
  { app }: Service,
  sender: string,
  verb: Verb,
  id: string | null,
  values: Record<string, FieldValue>,
): Promise<void> {
  const act = async (change: Pick<Incoming, 'verb' | 'via' | 'input'>) =>
    await serve(app.services, {
      requestId: crypto.randomUUID(),
      platform: 'slack',
      workspaceId: WORKSPACE,
      sender: { externalId: sender },
      canOpen: true,
      ...change,
    })
  const opened = await act({ verb, via: 'button', input: id === null ? {} : { id } })
  if (opened?.type !== 'form') throw new Error(`${verb} opened ${JSON.stringify(opened)}`)
  const { form } = opened
  const input = {
    ...(form.id === null ? {} : { id: form.id }),
    ...(form.version === undefined ? {} : { version: form.version }),
    ...(form.key === undefined ? {} : { key: form.key }),
    values,
  }
  const done = await act({ verb: form.verb, via: 'form', input })
  if (done?.type !== 'done') throw new Error(`${verb} was answered ${JSON.stringify(done)}`)
}

/** A way to the server that takes so long there and back. */
async function slowWay(
  url: string,
  wayMs: number,
): Promise<{ url: string; close(): Promise<void> }> {
  const target = new URL(url)
  const sockets = new Set<net.Socket>()
  const server = net.createServer((near) => {
    const far = net.connect(Number(target.port || 5432), target.hostname)
    const later = (to: net.Socket) => (data: Buffer) => {
      if (wayMs === 0) to.write(data)
      else setTimeout(() => to.write(data), wayMs / 2)
    }
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.setNoDelay(true)
      socket.on('error', () => {})
    }
    near.on('data', later(far)).on('close', () => far.destroy())
    far.on('data', later(near)).on('close', () => near.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const own = new URL(url)
  own.hostname = '127.0.0.1'
  own.port = String((server.address() as net.AddressInfo).port)
  return {
    url: own.toString(),
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
