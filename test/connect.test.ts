import { describe, expect, it } from 'vitest'
import type { Config } from '../src/config.ts'
import { connect } from '../src/connect.ts'
import { type Platform, PlatformError, type PlatformName } from '../src/platform.ts'
import { startWorld, type World } from './helpers.ts'

/** A platform whose start answers what it is told to. */
type Fake = { name: PlatformName; answer: () => Promise<{ externalId: string; name: string }> }
const fake = ({ name, answer }: Fake) => {
  let own: string | null = null
  const start = async () => {
    const workspace = await answer()
    own = workspace.externalId
    return workspace
  }
  return { name, start, serves: (id: string) => id === own } as unknown as Platform
}
const there = (externalId: string) => async () => ({ externalId, name: externalId })
const refusal = (outcome: 'noWorkspace' | 'refused', code: string) => async () => {
  const reason = outcome === 'noWorkspace' ? 'tokenRefused' : 'noConnection'
  throw new PlatformError({ outcome, reason }, { code })
}

const config = (change: Partial<Config['organisation']> = {}) =>
  ({
    organisation: { name: 'Demo organisation', country: 'DE', ...change },
    slack: { firstAdmin: 'UADMIN' },
    teams: null,
  }) as unknown as Config

async function world() {
  const lines: string[] = []
  const made = await startWorld({ onLogLine: (line) => lines.push(line) })
  const events = () =>
    lines
      .map((line) => JSON.parse(line))
      .filter(({ event }) => String(event).startsWith('platform.'))
      .map(({ event, platform, reason }) => [event, platform, reason].filter(Boolean).join(' '))
  return { made, events, begin: (platforms: readonly Fake[]) => begin(made, platforms) }
}
const begin = async ({ app }: World, platforms: readonly Fake[], settings = config()) =>
  await connect(settings, app.services, platforms.map(fake))

describe('a second process on a store', () => {
  it('with the settings of another organisation is refused, and changes nothing', async () => {
    const { made } = await world()
    const before = await made.db.organisation.findMany()
    const people = await made.db.person.count()
    for (const change of [{ name: 'Other clinic' }, { country: 'US' }])
      await expect(
        begin(made, [{ name: 'slack', answer: there('T0DEMO') }], config(change)),
      ).rejects.toThrow('This store belongs to “Demo organisation” (DE)')
    expect(await made.db.organisation.findMany()).toEqual(before)
    expect(await made.db.person.count()).toBe(people)
  })

  it.each([
    ['slack', 'T0OTHER'],
    ['teams', '99999999-0000-4000-8000-000000000000'],
  ] as const)(
    'with another %s workspace is refused, with the command that adds it',
    async (name, id) => {
      const { made, begin } = await world()
      const before = await made.db.connection.count()
      await expect(begin([{ name, answer: there(id) }])).rejects.toThrow(
        `npx groupwell workspace add ${name} ${id}`,
      )
      expect(await made.db.connection.count()).toBe(before)
      expect(await made.db.account.count({ where: { externalId: 'UADMIN' } })).toBe(1)
    },
  )

  it('with the first workspace of a platform is refused too, unless it serves one that is known', async () => {
    const { made, begin } = await world()
    await made.db.connection.deleteMany({ where: { platform: 'teams' } })
    const tenant = '99999999-0000-4000-8000-000000000000'
    const teams: Fake = { name: 'teams', answer: there(tenant) }
    await expect(begin([teams])).rejects.toThrow('npx groupwell workspace add teams')
    // Nothing is taken before all is looked at.
    const stranger: Fake = { name: 'slack', answer: there('T0OTHER') }
    await expect(begin([teams, stranger])).rejects.toThrow('npx groupwell workspace add')
    expect(await made.db.connection.count()).toBe(1)
    await begin([teams, { name: 'slack', answer: there('T0DEMO') }])
    expect(await made.db.connection.count()).toBe(2)
  })

  it('with the same workspace starts, as it did', async () => {
    const { begin, events } = await world()
    await begin([{ name: 'slack', answer: there('T0DEMO') }])
    expect(events()).toEqual([])
  })
})

describe('a platform that is down at the start', () => {
  it.each([
    ['not reached', refusal('refused', 'ENOTFOUND'), 'noConnection'],
    [
      'refusing a token that it took before',
      refusal('noWorkspace', 'token_revoked'),
      'tokenRefused',
    ],
  ])('%s keeps nothing else from starting, and is tried again', async (_, answer, reason) => {
    const { begin, events } = await world()
    let isUp = false
    const slack: Fake = {
      name: 'slack',
      answer: () => (isUp ? there('T0DEMO')() : answer()),
    }
    const tenant = '00000000-0000-4000-8000-0000000000aa'
    const late = await begin([slack, { name: 'teams', answer: there(tenant) }])
    expect(events()).toEqual([`platform.down slack ${reason}`])
    await late.run()
    // Said once, however often it is tried.
    expect(events()).toHaveLength(1)
    isUp = true
    await late.run()
    await late.run()
    expect(events()).toEqual([`platform.down slack ${reason}`, 'platform.up slack'])
  })

  it('is a wrong setting where it refuses a token that it never took', async () => {
    const { made } = await world()
    await made.db.organisation.deleteMany()
    await expect(
      begin(made, [{ name: 'slack', answer: refusal('noWorkspace', 'invalid_auth') }]),
    ).rejects.toThrow('Slack refuses the credentials and says “invalid_auth”.')
  })

  it('says that a strange workspace is one when it comes late', async () => {
    const { begin, events } = await world()
    let isUp = false
    const late = await begin([
      {
        name: 'slack',
        answer: () => (isUp ? there('T0OTHER')() : refusal('refused', 'ECONNREFUSED')()),
      },
    ])
    isUp = true
    await late.run()
    expect(events()[1]).toContain('T0OTHER, to which this store is not connected')
  })
})
