import fs from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { once, ownDir } from '../ends.ts'
import { type Counts, count, countLeftOver, faultsOf } from './count.ts'
import { cleanUp, FAULTS, type Fault, planOf, ROLL_OUT } from './faults.ts'
import { type Done, live } from './people.ts'
import { type Server, startServer } from './server.ts'
import { type Stage, setStage } from './stage.ts'

// Three processes of the service behind a load balancer, a database server of their own, and people
// on both platforms who answer their check-ins, answer anew, and make groups, while something
// befalls them. All that somebody was told is counted afterwards.

/** Faults begin when so many have answered, or after so long. */
const ANSWERED_BEFORE = 30
const FAULT_WITHIN_MS = 12_000
/** Leases of processes that died run for a minute. */
const SETTLED_WITHIN_MS = 150_000

const ALL_WELL = {
  otherThanAnswered: 0,
  lostUnits: 0,
  lostGroups: 0,
  doubledGroups: 0,
  unsent: 0,
  neverSeen: 0,
  doubled: 0,
  leftOver: 0,
  isAuditWhole: true,
}

describe.runIf(inject('hasPostgres'))('three processes, both platforms', () => {
  const dir = ownDir()
  let server: Server | null = null
  beforeAll(async () => {
    fs.chmodSync(dir, 0o755)
    server = await startServer(dir)
    if (!server) throw new Error('the suite needs the programs of a Postgres server')
  })
  afterAll(() => {
    server?.stop()
    server?.disk?.unmount()
    cleanUp()
  })

  /** Plays a run to its end. `spoil` does by hand what a fault must not do. */
  async function play(
    name: string,
    fault: Fault,
    spoil: (stage: Stage) => Promise<void> = async () => {},
  ): Promise<Counts | null> {
    const plan = planOf(fault, dir)
    if (!server || !plan || (name.includes('disk') && !server.disk)) {
      process.stdout.write(
        `CHAOS: “${name}” was NOT played: ${name === ROLL_OUT ? 'CHAOS_BEFORE names no checkout' : 'nothing can be mounted here'}\n`,
      )
      return null
    }
    const stage = await setStage(server, dir, plan)
    const end = once(() => stage.end())
    try {
      const done: Done = { answers: new Map(), thanks: 0, made: [] }
      const befall = async () => {
        const latest = stage.start.getTime() + FAULT_WITHIN_MS
        while (done.thanks < ANSWERED_BEFORE && Date.now() < latest) await wait(50)
        await fault.befall(stage)
      }
      await Promise.all([live(stage.platforms, stage.closes, done), befall()])
      await spoil(stage)
      const closedAt = stage.closes.getTime()
      await wait(Math.max(0, closedAt - Date.now()))
      let left = -1
      while (left !== 0 && Date.now() < closedAt + SETTLED_WITHIN_MS) {
        await wait(500)
        left = await countLeftOver(stage.database).catch(() => -1)
      }
      const settledSeconds = Math.round((Date.now() - closedAt) / 1_000)
      const counts = await count(stage.database, stage.platforms, done)
      const logKb = Math.round(fs.statSync(stage.logFile).size / 1_024)
      process.stdout.write(`${JSON.stringify({ chaos: name, ...counts, settledSeconds, logKb })}\n`)
      return counts
    } finally {
      await end()
    }
  }

  it.for(Object.keys(FAULTS))(
    '%s: nothing is lost, nothing comes twice',
    async (name, { skip }) => {
      const counts = await play(name, FAULTS[name] as Fault)
      if (!counts) return skip('not played')
      expect(faultsOf(counts)).toEqual(ALL_WELL)
      expect(counts.answers).toBeGreaterThan(20)
      expect(counts.units).toBe(12)
      expect(counts.groups).toBeGreaterThan(2)
      expect(counts.reminders).toBeGreaterThan(300)
    },
  )

  it('counts what is lost and what comes twice (control)', async () => {
    const counts = await play('spoilt by hand', FAULTS.none as Fault, async (stage) => {
      const { db } = stage.database
      await db.sql.run`delete from "Group" where "alias" = 'Made slack 0'`
      await db.sql.run`insert into "Group" ("organisationId", "id", "kind", "alias", "timeZone",
          "createdAt") select "organisationId", gen_random_uuid(), "kind", "alias", "timeZone",
          "createdAt" from "Group" where "alias" = 'Made teams 0'`
      // Somebody's answer is the blank that it was at first; a reminder goes out once more.
      const [one, two] = await db.sql.rows<{ id: string; memberId: string; box: Uint8Array }>`
        select b."checkInId"::text as "id", b."memberId"::text as "memberId", b."box"
        from "Ballot" b order by 1, 2 limit 2`
      await db.sql.run`delete from "Ballot" where "checkInId" = ${one?.id}::uuid
        and "memberId" = ${one?.memberId}::uuid`
      expect(two).toBeDefined()
      await db.sql.run`update "Delivery" set "state" = 'planned', "endedAt" = null
        where "id" = (select "id" from "Delivery" where "kind" = 'reminder' and "state" = 'sent' limit 1)`
      await db.sql.run`update "AuditEntry" set "action" = 'x' where "number" = 2`
    })
    expect(counts && faultsOf(counts)).toEqual({
      ...ALL_WELL,
      otherThanAnswered: 1,
      lostGroups: 1,
      doubledGroups: 1,
      doubled: 1,
      isAuditWhole: false,
    })
  })
})
