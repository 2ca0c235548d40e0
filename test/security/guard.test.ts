import { generateKeyPair, SignJWT } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { ISSUER } from '../../src/simulator/teams/authority.ts'
import { createBotbuilder } from '../../src/teams/botbuilder.ts'
import { type Admitted, admitChannel } from '../../src/teams/guard.ts'
import { createTransport } from '../../src/teams/transport.ts'
import { dump, setUpGroup, startWorld, type World } from '../helpers.ts'

/** Strangers at Teams' address: what may reach botbuilder, and what it costs to be refused. */
let world: World
beforeAll(async () => {
  world = await startWorld()
  await setUpGroup(world, 'teams')
})

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const HEADER = { alg: 'RS256', kid: 'simulated', typ: 'JWT' }
const now = () => Math.floor(Date.now() / 1000)

async function goodClaims(): Promise<Record<string, unknown>> {
  const [, claims = ''] = (await world.teams.token()).split('.')
  return JSON.parse(Buffer.from(claims, 'base64url').toString()) as Record<string, unknown>
}

/** Not signed by anybody: three parts that look like a token. */
const unsigned = (claims: unknown, header: unknown = HEADER) =>
  `Bearer ${part(header)}.${part(claims)}.${'A'.repeat(342)}`
const many = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`c${index}`, 1]))

const post = (authorization: string, body = '{}') =>
  fetch(`http://127.0.0.1:${world.app.port}/api/messages`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body,
  })

/** Rounds of a measurement: the least counts, since other processes only add. */
const ROUNDS = 4

/** CPU milliseconds of this process, the sender's share included, for each of so many requests. */
async function cpuOf(send: () => Promise<unknown>, count: number): Promise<number> {
  await send()
  const costs: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = process.cpuUsage()
    for (let index = 0; index < count / ROUNDS; index += 1) await send()
    const { user, system } = process.cpuUsage(before)
    costs.push((user + system) / 1000 / (count / ROUNDS))
  }
  return Math.min(...costs)
}

describe('an unsigned token', () => {
  it('of 1,500 claims costs no more than a broken one, and at most a millisecond', async () => {
    const long = unsigned({ iss: ISSUER, ...many(1_500) })
    expect(long.length).toBeGreaterThan(11_000)
    const broken = await cpuOf(() => post('Bearer abc'), 60)
    const refused = await cpuOf(() => post(long), 60)
    const alone = await cpuOf(async () => {
      expect(admitChannel(long, { issuer: ISSUER, audience: 'x' }, new Date())).toEqual({
        reason: 'unsigned',
      })
    }, 1_000)
    console.info(
      `guard: an 11 KB token ${refused.toFixed(2)} ms with its request, a broken one ${broken.toFixed(2)} ms; the guard alone ${alone.toFixed(3)} ms`,
    )
    expect(alone).toBeLessThan(1)
    expect(refused).toBeLessThan(broken + 1)
  })

  it('of the most claims that the guard lets through costs at most a few milliseconds', async () => {
    const claims = { ...(await goodClaims()), ...many(10) }
    const cost = await cpuOf(() => post(unsigned(claims)), 60)
    console.info(`guard: a forged token that passes the guard ${cost.toFixed(2)} ms`)
    expect(cost).toBeLessThan(8)
  })

  it('that names a new tenant each time grows nothing and gets no dearer', async () => {
    const tenants = (from: number) => {
      let next = from
      return () => {
        next += 1
        const tid = `${'t'.repeat(10_000)}${next}`
        return post(unsigned({ iss: `https://sts.windows.net/${tid}/`, tid, ver: '1.0' }))
      }
    }
    // Beside a broken token each time: a machine that slows down meanwhile slows both.
    const beyond = async (from: number) => {
      const broken = await cpuOf(() => post('Bearer abc'), 60)
      return (await cpuOf(tenants(from), 60)) / broken
    }
    const first = await beyond(0)
    for (let index = 0; index < 900; index += 1) await tenants(1_000 + index)()
    const last = await beyond(10_000)
    console.info(
      `guard: a new tenant ${first.toFixed(2)} broken tokens at first, ${last.toFixed(2)} after 900`,
    )
    expect(last).toBeLessThan(3)
  })

  it('would cost botbuilder itself a hundred times that (negative control)', async () => {
    const settings = {
      appId: String((await goodClaims()).aud),
      appPassword: 'not a secret',
      appType: 'SingleTenant',
      tenantId: 'x',
      cloud: 'public',
    } as const
    const transport = createTransport(settings, createBotbuilder, null, () => new Date())
    const authorization = unsigned({ iss: 'https://sts.windows.net/x/', ...many(1_500) })
    const activity = { type: 'message', channelId: 'msteams' }
    const cost = await cpuOf(
      () =>
        transport.receive(
          { authorization } as Admitted,
          activity,
          'https://smba.trafficmanager.net/emea/',
          async () => ({ status: 200 }),
        ),
      2,
    )
    console.info(`guard: without it the same token costs ${cost.toFixed(0)} ms`)
    expect(cost).toBeGreaterThan(100)
  })
})

describe('a token', () => {
  const typed = () =>
    world.teams.activity(world.casts.teams.admin, { type: 'message', text: 'admin settings' })
  const signedWith = async (claims: Record<string, unknown>, exp = true): Promise<string> => {
    const { privateKey } = await generateKeyPair('RS256')
    const jwt = new SignJWT(claims).setProtectedHeader(HEADER)
    return `Bearer ${await (exp ? jwt.setExpirationTime('5m') : jwt).sign(privateKey)}`
  }
  it.each<[string, () => Promise<string>]>([
    [
      'of the emulator’s kind, as Entra issues it for the bot’s own secret',
      async () => {
        const { aud } = await goodClaims()
        const iss = 'https://sts.windows.net/d6d49420-f39b-4df7-a1dc-d59a935871db/'
        return await world.teams
          .token({ iss, appid: aud, ver: '1.0', serviceurl: undefined } as never)
          .then((token) => `Bearer ${token}`)
      },
    ],
    [
      'that the bot itself sends with',
      async () => `Bearer ${await world.teams.token({ aud: ISSUER })}`,
    ],
    [
      'without an end',
      async () => {
        const { exp: _, ...claims } = await goodClaims()
        return unsigned(claims)
      },
    ],
    [
      'that ended an hour ago',
      async () => `Bearer ${await world.teams.token({ exp: now() - 3_600 })}`,
    ],
    ['for nobody', async () => await signedWith({ iss: ISSUER })],
    [
      'whose audience is a list',
      async () => unsigned({ ...(await goodClaims()), aud: ['a', 'b'] }),
    ],
    ['whose claims are a list', async () => unsigned([1, 2])],
    ['whose claims are no JSON', async () => `Bearer ${part(HEADER)}.YWJj.${'A'.repeat(342)}`],
    ['without a key’s id', async () => unsigned(await goodClaims(), { alg: 'RS256' })],
    ['of another algorithm', async () => unsigned(await goodClaims(), { alg: 'HS256', kid: 'x' })],
    ['of four parts', async () => `${unsigned(await goodClaims())}.AAAA`],
    ['with a space in it', async () => unsigned(await goodClaims()).replace('.', '. ')],
    ['of another scheme', async () => unsigned(await goodClaims()).replace('Bearer', 'bearer')],
    ['twice', async () => `${unsigned(await goodClaims())}, ${unsigned(await goodClaims())}`],
  ])('%s acts as nobody', async (_name, authorization) => {
    const before = await dump(world.db)
    const { status } = await world.teams.send(typed(), await authorization())
    expect(status).toBe(401)
    expect(await dump(world.db)).toEqual(before)
  })

  it('of the channel acts as its sender (control)', async () => {
    expect((await world.teams.send(typed())).status).toBe(200)
  })

  it('is looked at before the body: an unfinished body is not waited for', async () => {
    const endless = new ReadableStream({
      async pull(controller) {
        controller.enqueue(new Uint8Array(16_384))
        await new Promise((resolve) => setTimeout(resolve, 20))
      },
    })
    const started = performance.now()
    const request = new Request(`http://127.0.0.1:${world.app.port}/api/messages`, {
      method: 'POST',
      headers: { authorization: 'Bearer abc', 'content-type': 'application/json' },
      body: endless,
      duplex: 'half',
    } as RequestInit)
    const status = await fetch(request).then(
      (response) => response.status,
      () => 401,
    )
    expect(status).toBe(401)
    expect(performance.now() - started).toBeLessThan(2_000)
  })
})

describe('a service address', () => {
  it.each([
    'http://smba.trafficmanager.net/emea/',
    'https://smba.trafficmanager.net:444/',
    'https://smba.trafficmanager.net.evil.invalid/',
    'https://evil.invalid/smba.trafficmanager.net/',
    'https://evil.invalid#smba.trafficmanager.net',
    'https://evil.invalid?smba.trafficmanager.net',
    'https://user@smba.trafficmanager.net/',
    'https://smba.trafficmanager.net@evil.invalid/',
    'https://smba%2etrafficmanager.net.evil.invalid/',
    'https://xsmba.trafficmanager.net/',
    'https://smba-trafficmanager.net/',
    'https://ѕmba.trafficmanager.net/',
    'https://127.0.0.1/',
    'https://[::1]/',
    'https://169.254.169.254/latest/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    '//smba.trafficmanager.net/',
    'smba.trafficmanager.net',
    '',
  ])('that is none of Teams’ gets no token and nothing runs: %s', async (serviceUrl) => {
    const before = await dump(world.db)
    const sent = { type: 'message', text: 'help', serviceUrl }
    const { status } = await world.teams.send(
      world.teams.activity(world.casts.teams.admin, sent),
      `Bearer ${await world.teams.token({ serviceurl: serviceUrl } as never)}`,
    )
    expect([400, 401, 403]).toContain(status)
    expect(await dump(world.db)).toEqual(before)
  })
})
