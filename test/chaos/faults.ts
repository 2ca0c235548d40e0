import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import { forward } from './balancer.ts'
import { type Disk, mountDisk } from './server.ts'
import type { Plan, Stage } from './stage.ts'

/** Something that befalls a run while people answer; it is over well before the check-ins close. */
export type Fault = {
  /** The difference from three processes alike. */
  plan?(dir: string): Plan | null
  befall(stage: Stage): Promise<void>
}

const ALIKE: Plan = { processes: [{}, {}, {}] }
export const planOf = (fault: Fault, dir: string): Plan | null =>
  fault.plan ? fault.plan(dir) : ALIKE

/** Each process in turn, twice over. */
const inTurn =
  (signal: 'SIGKILL' | 'SIGTERM', pauseMs: number) =>
  async (stage: Stage): Promise<void> => {
    for (let turn = 0; turn < 6; turn += 1) {
      await wait(pauseMs)
      const [next] = stage.running
      if (next) await stage.replace(next, signal)
    }
  }

const setting = async (stage: Stage, name: string, value: string) => {
  await stage.admin.query(`alter system set ${name} = ${value}`)
  await stage.admin.query('select pg_reload_conf()')
}

const MINUTE_MS = 60_000
let keyDisk: Disk | null = null
/** Gives back what faults took of this machine. */
export const cleanUp = (): void => keyDisk?.unmount()

/**
 * The version before, in a checkout of its own with its packages installed: a release is rolled out
 * while people answer, then taken back. Null: none was given.
 */
const BEFORE = process.env.CHAOS_BEFORE ?? null
export const ROLL_OUT = 'the release before, this one in its place, and back again'

/** The table of faults. */
export const FAULTS: Record<string, Fault> = {
  [ROLL_OUT]: {
    plan: () =>
      BEFORE === null
        ? null
        : { processes: [{ root: BEFORE }, { root: BEFORE }, { root: BEFORE }] },
    async befall(stage) {
      const here = stage.given().root
      for (const root of [here, BEFORE ?? here])
        for (const one of [...stage.running]) {
          await stage.replace(one, 'SIGTERM', { root })
          await wait(500)
        }
    },
  },
  none: { befall: async () => {} },
  'kill -9, each in turn': { befall: inTurn('SIGKILL', 400) },
  'SIGTERM, each in turn': { befall: inTurn('SIGTERM', 400) },
  'the database server off for 12 s': {
    async befall({ server }) {
      server.stop()
      await wait(12_000)
      server.start()
    },
  },
  'the database server frozen for 15 s': {
    async befall({ server }) {
      server.freeze()
      await wait(15_000)
      server.thaw()
    },
  },
  'everybody thrown out, and no connection left, for 10 s': {
    async befall(stage) {
      const { rows } = await stage.admin.query<{ most: number }>(
        `select current_setting('max_connections')::int as "most"`,
      )
      const others: pg.Client[] = []
      const until = Date.now() + 10_000
      while (Date.now() < until) {
        await stage.admin.query(
          `select pg_terminate_backend(pid) from pg_stat_activity
            where datname like 'chaos_%' and application_name <> 'other'`,
        )
        while (others.length < (rows[0]?.most ?? 60)) {
          const client = new pg.Client({
            connectionString: stage.server.urlOf('postgres'),
            application_name: 'other',
          })
          client.on('error', () => {})
          try {
            await client.connect()
          } catch {
            break
          }
          others.push(client)
        }
        await wait(500)
      }
      await Promise.all(others.map((client) => client.end()))
    },
  },
  'a read-only database for 12 s': {
    async befall(stage) {
      await setting(stage, 'default_transaction_read_only', 'on')
      await wait(12_000)
      await stage.admin.query('set default_transaction_read_only = off')
      await setting(stage, 'default_transaction_read_only', 'off')
    },
  },
  'no room on the database’s disk for 12 s': {
    plan: () => ALIKE,
    async befall({ server }) {
      server.disk?.fill()
      await wait(12_000)
      server.disk?.free()
    },
  },
  'no room for keys for 12 s': {
    plan(dir) {
      keyDisk = mountDisk(`${dir}/full-keys`, 1)
      return keyDisk && { ...ALIKE, keyDir: keyDisk.dir }
    },
    async befall() {
      keyDisk?.fill()
      await wait(12_000)
      keyDisk?.free()
    },
  },
  'clocks four minutes behind and ahead': {
    plan: () => ({ processes: [{ aheadMs: -4 * MINUTE_MS }, {}, { aheadMs: 4 * MINUTE_MS }] }),
    befall: async () => {},
  },
  'a workspace a process': {
    plan: () => ({ processes: [{ teams: null }, { slack: null }], hasPredecessor: true }),
    befall: async () => {},
  },
  'every captured request again, to another process': {
    async befall(stage) {
      // By then everybody has answered, most of them twice.
      await wait(stage.closes.getTime() - Date.now() - 9_000)
      for (const { path, headers, body, port } of [...stage.balancer.passed])
        for (const other of stage.running)
          if (other.port !== port) await forward(other.port, path, headers, body)
    },
  },
  'two first processes, each with keys of its own': {
    plan: () => ({ processes: [{}], hasRivals: true }),
    befall: async () => {},
  },
  'a third process with keys of its own': {
    plan: () => ({ processes: [{}, {}] }),
    async befall(stage) {
      const stranger = await stage.add({ keyDir: `${stage.keyDir}-of-its-own` })
      if (stranger) throw new Error('a process with keys of its own was let in')
    },
  },
}
