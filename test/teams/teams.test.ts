import { generateKeyPair, SignJWT, UnsecuredJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { lastSeen, waitUntil } from '../../src/simulator/workspace.ts'
import { CLOUDS, isServiceUrl } from '../../src/teams/clouds.ts'
import {
  answer,
  dump,
  moveTo,
  open,
  press,
  SESSION,
  setUpGroup,
  startWorld,
  type World,
} from '../helpers.ts'
import { transport } from './transport-of.ts'

let world: World
beforeAll(async () => {
  world = await startWorld({ teamsTransport: transport() })
  await setUpGroup(world, 'teams')
})
afterAll(() => world.end())

const now = () => Math.floor(Date.now() / 1000)
const cast = () => world.casts.teams
const typed = (change = {}) =>
  world.teams.activity(cast().facilitator, { type: 'message', text: 'help', ...change })

describe(`the validation of the token by ${transport()}`, () => {
  const claims = async () => {
    const token = await world.teams.token()
    return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as {
      aud: string
      serviceurl: string
    }
  }
  const forged = async (): Promise<string> => {
    const { privateKey } = await generateKeyPair('RS256')
    return await new SignJWT(await claims())
      .setProtectedHeader({ alg: 'RS256', kid: 'simulated' })
      .setIssuer('https://api.botframework.com')
      .setExpirationTime('5m')
      .sign(privateKey)
  }
  it.each([
    ['no token', async () => ''],
    ['an empty bearer', async () => 'Bearer '],
    ['not a token', async () => 'Bearer abc'],
    ['another scheme', async () => `Basic ${Buffer.from('a:b').toString('base64')}`],
    [
      'an expired token',
      async () => `Bearer ${await world.teams.token({ exp: now() - 3600, iat: now() - 7200 })}`,
    ],
    [
      'a token that is not valid yet',
      async () => `Bearer ${await world.teams.token({ nbf: now() + 3600, exp: now() + 7200 })}`,
    ],
    [
      'another audience',
      async () =>
        `Bearer ${await world.teams.token({ aud: '00000000-0000-4000-8000-0000000000ff' })}`,
    ],
    [
      'another issuer',
      async () => `Bearer ${await world.teams.token({ iss: 'https://sts.windows.net/x/' })}`,
    ],
    [
      'another serviceUrl',
      async () =>
        `Bearer ${await world.teams.token({ serviceurl: 'https://smba.trafficmanager.net/teams/' })}`,
    ],
    ['a token signed by another key', async () => `Bearer ${await forged()}`],
    [
      'alg none',
      async () => `Bearer ${new UnsecuredJWT(await claims()).setExpirationTime('5m').encode()}`,
    ],
    [
      'a payload that was tampered with',
      async () =>
        `Bearer ${(await world.teams.token()).replace(/\.[^.]+\./, `.${Buffer.from('{}').toString('base64url')}.`)}`,
    ],
  ])('refuses %s, and nothing runs', async (_name, authorization) => {
    const before = await dump(world.db)
    const { status } = await world.teams.send(typed(), await authorization())
    expect([401, 403]).toContain(status)
    expect(await dump(world.db)).toEqual(before)
  })

  it('takes a valid one (control)', async () => {
    expect((await world.teams.send(typed())).status).toBe(200)
  })

  it.each([
    [
      'another service address, before any token is looked at',
      { serviceUrl: 'https://evil.invalid/' },
      403,
    ],
    ['a lookalike of Teams', { serviceUrl: 'https://smba.trafficmanager.net.evil.invalid/' }, 403],
    ['something that is no address', { serviceUrl: 'smba' }, 403],
    ['another channel', { channelId: 'directline' }, 400],
  ])('refuses %s', async (_name, change, status) => {
    expect((await world.teams.send(typed(change))).status).toBe(status)
  })

  it('does not know another tenant, whatever the token', async () => {
    const tenant = '00000000-0000-4000-8000-0000000000ee'
    const conversation = {
      id: `a:${cast().facilitator}`,
      conversationType: 'personal',
      tenantId: tenant,
    }
    const before = await dump(world.db)
    expect(
      (await world.teams.send(typed({ conversation, channelData: { tenant: { id: tenant } } })))
        .status,
    ).toBe(200)
    await waitUntil(() => world.teams.journal.seen.at(-1)?.text.includes('not connected') ?? false)
    expect(await dump(world.db)).toEqual(before)
  })
})

describe('the addresses that get a token', () => {
  it.each([
    ['public', 'https://smba.trafficmanager.net/emea/'],
    ['public', 'https://smba.onyx.prod.teams.trafficmanager.net/emea/'],
    ['gcc', 'https://smba.infra.gcc.teams.microsoft.com/teams'],
    ['gcchigh', 'https://smba.infra.gov.teams.microsoft.us/'],
    ['dod', 'https://smba.infra.dod.teams.microsoft.us/'],
  ] as const)('are, in the %s cloud, %s', (cloud, url) => {
    expect(isServiceUrl(url, CLOUDS[cloud])).toBe(true)
    // Tokens of one cloud go to no other.
    const isGovernment = cloud === 'gcchigh' || cloud === 'dod'
    expect(isServiceUrl(url, CLOUDS[isGovernment ? 'public' : 'gcchigh'])).toBe(false)
  })
  it.each([
    'http://smba.trafficmanager.net/',
    'https://smba.trafficmanager.net:8443/',
    'https://a@smba.trafficmanager.net/',
    'https://x.smba.trafficmanager.net/',
    'https://smba.trafficmanager.net.evil.invalid/',
    'https://127.0.0.1/',
  ])('are not %s', (url) => {
    expect(isServiceUrl(url, CLOUDS.public)).toBe(false)
  })
})

describe('what somebody types in Teams', () => {
  it.each(['personal', 'mention', 'targeted'] as const)(
    'is answered to them alone when typed in a %s message',
    async (place) => {
      const before = world.teams.journal.seen.length
      expect(
        (
          await world.teams.typeIn(
            place,
            cast().facilitator,
            place === 'targeted' ? '/group summary' : 'summary',
          )
        ).status,
      ).toBe(200)
      await waitUntil(() => world.teams.journal.seen.length > before)
      const seen = world.teams.journal.seen.at(-1)
      // A connector that does not know targeted messages would show one to the whole channel.
      expect([seen?.audience, seen?.person, seen?.kind]).toEqual([
        place === 'mention' ? 'dm' : 'private',
        cast().facilitator,
        'lead-on',
      ])
      const sent = world.teams.journal.requests.at(-1)
      expect(JSON.stringify(sent?.payload).includes('"isTargeted":true')).toBe(place === 'targeted')
      expect(world.teams.journal.seen.some(({ audience }) => audience === 'channel')).toBe(false)
    },
  )

  it('is answered in the personal chat when targeted messages are refused', async () => {
    world.teams.failNext({ status: 403 })
    const before = world.teams.journal.seen.length
    await world.teams.typeIn('targeted', cast().facilitator, '/group next')
    await waitUntil(() => world.teams.journal.seen.length > before)
    expect(world.teams.journal.seen.at(-1)).toMatchObject({
      audience: 'dm',
      person: cast().facilitator,
      kind: 'next',
    })
  })

  it('is answered with where to go, and nothing else, when neither works', async () => {
    world.teams.failNext({ status: 403 })
    world.teams.failNext({ status: 403 })
    const before = world.teams.journal.seen.length
    await world.teams.typeIn('targeted', cast().facilitator, '/group next')
    await waitUntil(() => world.teams.journal.seen.length > before)
    expect(world.teams.journal.seen.at(-1)).toMatchObject({
      audience: 'channel',
      text: 'Please open a private chat with Groupwell and type it there.',
    })
  })

  it('is not answered a second time elsewhere when nobody knows whether the first answer arrived', async () => {
    world.teams.failNext({ status: 502, isAfterActing: true })
    const before = world.teams.journal.seen.length
    await world.teams.typeIn('targeted', cast().facilitator, '/group next')
    await waitUntil(() => world.teams.journal.seen.length > before)
    expect(world.teams.journal.seen.length).toBe(before + 1)
  })

  it('comes back into the form that could not open at once', async () => {
    await open(
      world.teams,
      cast().facilitator,
      'schedule every Friday 9:15 for 45 minutes, 5 sessions',
    )
    const form = lastSeen(world.teams.journal, cast().facilitator, 'schedule-form')
    expect(
      Object.fromEntries(form.surface.inputs.map(({ name, value }) => [name, value])),
    ).toMatchObject({
      firstDate: '2026-03-06',
      time: '09:15',
      minutes: '45',
      count: '5',
      timeZone: 'Europe/Berlin',
    })
  })
})

describe('buttons in Teams', () => {
  it('answer in place of their card (Action.Execute), and by message for clients that only submit', async () => {
    await world.teams.type(cast().facilitator, '')
    const home = lastSeen(world.teams.journal, cast().facilitator, 'home')
    await press(world.teams, home, 'privacy')
    expect(lastSeen(world.teams.journal, cast().facilitator, 'privacy').text).toContain(
      'Nobody can see what you said.',
    )
    const before = world.teams.journal.seen.length
    await world.teams.send(
      world.teams.activity(cast().facilitator, {
        type: 'message',
        value: { verb: 'help', id: null },
      }),
    )
    await waitUntil(() => world.teams.journal.seen.length > before)
    expect(world.teams.journal.seen.at(-1)?.kind).toBe('help')
  })

  it('refuse an invoke that is not ours', async () => {
    expect(
      (
        await world.teams.send(
          world.teams.activity(cast().facilitator, {
            type: 'invoke',
            name: 'task/fetch',
            value: { data: { x: 1 } },
          }),
        )
      ).status,
    ).toBe(400)
  })
})

describe('repeated requests in Teams', () => {
  it('of a form: the first counts, the second changes nothing', async () => {
    const submit = world.teams.activity(cast().facilitator, {
      type: 'invoke',
      name: 'task/submit',
      value: {
        data: {
          verb: 'new.submit',
          id: null,
          'field:kind': 'therapeutic-support',
          'field:alias': 'Twice',
          'field:timeZone': 'UTC',
          'field:contactHours': 'none',
        },
      },
    })
    const statuses = (await Promise.all([world.teams.send(submit), world.teams.send(submit)])).map(
      ({ status }) => status,
    )
    expect(statuses).toEqual([200, 200])
    expect(await world.db.group.count({ where: { alias: 'Twice' } })).toBe(1)
  })

  it('of an installation and of answers: harmless', async () => {
    const people = await world.db.person.count()
    await world.teams.install(cast().members[0] ?? '')
    await world.teams.install(cast().members[0] ?? '')
    expect(await world.db.person.count()).toBe(people)
    await moveTo(world, SESSION.endsAt)
    await answer(world, 'teams', cast().members[0] ?? '', '3')
    await answer(world, 'teams', cast().members[0] ?? '', '3')
    expect(await world.db.ballot.count()).toBe(8)
  })
})
