import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isTimeZone } from '../../src/domain/time.ts'
import { lastSeen } from '../../src/simulator/workspace.ts'
import { ensureAccount, findConnection } from '../../src/store/access.ts'
import { planDeliveries } from '../../src/store/outbox.ts'
import { setUpGroup, startWorld, type World } from '../helpers.ts'

/** Names of zones as clients send them: those of the time zone data, old ones, and others. */
const ZONES = `Europe/Berlin America/New_York Asia/Kathmandu Australia/Lord_Howe Pacific/Chatham
  Pacific/Apia Africa/Casablanca America/Argentina/Buenos_Aires Antarctica/Troll Asia/Calcutta
  Europe/Kiev US/Pacific Etc/GMT+12 Etc/UTC UTC GMT Zulu Japan Etc/Unknown Unknown/Unknown
  Mars/Phobos Europe/Atlantis Europe/ europe/berlin EUROPE/BERLIN Europe\\Berlin
  W.+Europe+Standard+Time Romance_Standard_Time GMT+25 UTC+1 +02:00 -05 +99:99 Z PST8PDT CET MEZ
  Local null undefined 0 {} ../../etc/passwd Europe/Berlin;DROP 🕐`.split(/\s+/)

describe.each(['slack', 'teams'] as const)('a fact that %s tells of one person', (platform) => {
  let world: World
  let odd = ''
  let count = 0
  beforeAll(async () => {
    world = await startWorld()
    await setUpGroup(world, platform)
    odd = world.casts[platform].members[0] ?? ''
    await world.db.person.updateMany({ data: { quietFrom: '22:00', quietUntil: '07:00' } })
  })
  afterAll(() => world.end())

  const account = async () => {
    const found = await world.db.account.findFirst({ where: { externalId: odd } })
    if (!found) throw new Error('nobody there')
    return found
  }
  /** Tells everybody something at once; who of the others was not told, and the odd one's notice. */
  const tellAll = async () => {
    count += 1
    const group = await world.db.group.findFirstOrThrow()
    const places = await world.db.rosterEntry.findMany()
    const { personId: oddId } = await account()
    const plans = places.map(({ organisationId, personId }) => ({
      key: `told ${count}`,
      kind: 'role-changed' as const,
      organisationId,
      personId,
      groupId: group.id,
    }))
    await world.db.delivery.deleteMany()
    const { database, clock } = world.app.services
    await database.transaction((tx) => planDeliveries(tx, plans, clock.now()))
    await world.app.drain()
    const rows = await world.db.delivery.findMany()
    expect(rows).toHaveLength(plans.length)
    return {
      missed: rows.filter(({ personId, state }) => personId !== oddId && state !== 'sent'),
      own: rows.find(({ personId }) => personId === oddId),
    }
  }
  const says = async (told: { name?: string; language?: string; timeZone?: string }) => {
    const { db } = world.app.services.database
    const workspace = world.workspaces[platform]
    const connection = await findConnection(db, platform, workspace)
    if (!connection) throw new Error('not connected')
    await ensureAccount(db, connection, { externalId: odd, ...told })
  }

  it.each(ZONES)('a zone called %s: everybody has their notice, and they a zone', async (name) => {
    await world.db.account.updateMany({ where: { externalId: odd }, data: { timeZone: null } })
    await says({ timeZone: name })
    const { timeZone } = await account()
    expect(timeZone).toBe(isTimeZone(name) ? name : null)
    const { missed, own } = await tellAll()
    expect(missed).toEqual([])
    // At the latest when quiet hours end where they are.
    expect(own?.state === 'sent' || own?.state === 'planned').toBe(true)
    expect((own?.plannedAt.getTime() ?? 0) - world.app.services.clock.now().getTime()).toBeLessThan(
      24 * 60 * 60_000,
    )
  })

  it('a zone that was kept when the runtime still knew it counts as none', async () => {
    await world.db.account.updateMany({
      where: { externalId: odd },
      data: { timeZone: 'Europe/Atlantis' },
    })
    expect((await tellAll()).missed).toEqual([])
    await world[platform].type(odd, 'pause')
    if (platform === 'slack') {
      const form = lastSeen(world.slack.journal, odd, 'pause-form')
      expect(JSON.stringify(form.payload)).toContain('so Berlin time counts, as in your group')
      await world.slack.closeForm(odd)
    }
    await says({ timeZone: 'Europe/Lisbon' })
    await world[platform].type(odd, 'help')
    expect((await account()).timeZone).toBeTruthy()
  })

  it('quiet hours that nobody can read are none', async () => {
    const { personId } = await account()
    await world.db.person.updateMany({
      where: { id: personId },
      data: { quietFrom: 'late', quietUntil: '25:99' },
    })
    const { missed, own } = await tellAll()
    expect(missed).toEqual([])
    expect(own?.state).toBe('sent')
  })

  it('any letters at all: everybody else is served', { timeout: 120_000 }, async () => {
    const letters = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.string({ unit: 'grapheme', maxLength: 40 }),
      fc.constantFrom('\u0000', '\ud800', 'a\u202Eb', ' ', '', 'en_GB', 'zh-Hant-TW', '--', 'x-1'),
    )
    await fc.assert(
      fc.asyncProperty(letters, letters, letters, async (name, language, timeZone) => {
        await says({ name, language, timeZone })
        const kept = await account()
        expect(kept.name?.length ?? 0).toBeLessThanOrEqual(80)
        expect(kept.name ?? '').not.toMatch(/[\p{Cc}\u202E]/u)
        expect((await tellAll()).missed).toEqual([])
      }),
      { numRuns: 25 },
    )
  })
})
