import { WebClient } from '@slack/web-api'
import { describe, expect, it } from 'vitest'
import { createRateLimiter } from '../../src/jobs/rate-limit.ts'
import type { Outgoing } from '../../src/platform.ts'
import { startSlack } from '../../src/simulator/slack.ts'
import { send } from '../../src/slack/calls.ts'
import { createSlackPace } from '../../src/slack/rates.ts'
import { notice } from '../../src/views/notice.ts'
import { atTheEnd } from '../ends.ts'

const STEP_MS = 10
/** The way to Slack and back. */
const TAKES_MS = 150

/**
 * Plays some seconds of a workspace with much to send, whose Slack takes so many messages in any
 * minute and asks for half a minute's patience beyond. Returns when each was taken.
 */
function play(seconds: number, perMinute: number) {
  let now = 0
  const pace = createSlackPace(() => now)
  const limiter = createRateLimiter(() => now)
  const taken: number[] = []
  const asked: number[] = []
  let running: { endsAt: number; rates: ReturnType<typeof pace.workspaceRates> }[] = []
  let pausedUntil = 0
  for (; now < seconds * 1_000; now += STEP_MS) {
    for (const { rates } of running.filter(({ endsAt }) => endsAt <= now)) limiter.done(rates)
    running = running.filter(({ endsAt }) => endsAt > now)
    while (now >= pausedUntil) {
      const rates = pace.workspaceRates('T1')
      if (!limiter.tryTurn(rates)) break
      running.push({ endsAt: now + TAKES_MS, rates })
      if (taken.filter((at) => at > now - 60_000).length < perMinute) {
        taken.push(now)
        pace.took('T1')
      } else {
        asked.push(now)
        pace.tooMany('T1')
        pausedUntil = now + 30_000
      }
    }
  }
  return { taken, asked, pace }
}

describe('the pace of a Slack workspace', () => {
  it('has 400 reminders of one minute out within a minute, where Slack takes them', () => {
    const { taken, asked } = play(60, 10_000)
    expect(taken.length).toBeGreaterThanOrEqual(400)
    expect(asked).toEqual([])
  })

  it('is slower after each wish for patience, and loses nothing by trying', () => {
    const { taken, asked } = play(600, 300)
    // Four fifths of what that Slack takes, with few refusals.
    expect(taken.length).toBeGreaterThan(0.8 * 10 * 300)
    expect(asked.length).toBeLessThan(20)
  })

  it('is never below one a second, nor above ten', () => {
    let now = 0
    const pace = createSlackPace(() => now)
    const callsOf = () => pace.workspaceRates('T1')[0]?.calls
    expect(callsOf()).toBe(5)
    for (let times = 0; times < 1_000; times += 1) pace.took('T1')
    expect(callsOf()).toBe(10)
    for (const calls of [5, 2, 1, 1]) {
      now += 5_000
      // Five that were under way together are one wish.
      for (let times = 0; times < 5; times += 1) pace.tooMany('T1')
      expect(callsOf()).toBe(calls)
    }
    // Another workspace has its own.
    expect(pace.workspaceRates('T2')[0]?.calls).toBe(5)
  })
})

describe('what Slack says of our pace', () => {
  it('is how it takes messages; a wish for patience with an opened chat is about those', async () => {
    const slack = await startSlack(
      {
        signingSecret: 'pace, not a secret',
        scopes: ['chat:write', 'im:write'],
        events: [],
        workspaces: [
          {
            teamId: 'T1',
            teamName: 'One',
            botToken: 'xoxb-pace',
            people: [{ id: 'U1', name: 'One', language: 'en-GB', timeZone: 'UTC' }],
          },
        ],
      },
      () => new Date(),
    )
    atTheEnd(() => slack.close())
    const client = new WebClient('xoxb-pace', {
      slackApiUrl: slack.apiUrl,
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
    })
    const outgoing: Outgoing = {
      workspaceId: 'T1',
      recipient: { type: 'person', externalId: 'U1', address: null },
      notice: notice('test', 'Hello', null),
    }
    const told = async (method?: 'conversations.open' | 'chat.postMessage') => {
      const heard: string[] = []
      if (method) slack.failNext({ method, status: 429, retryAfter: 1 })
      const sending = send(client, outgoing, { token: null, onPosted: (how) => heard.push(how) })
      await sending.catch(() => heard.push('refused'))
      return heard
    }
    expect(await told()).toEqual(['taken'])
    expect(await told('chat.postMessage')).toEqual(['paced', 'refused'])
    expect(await told('conversations.open')).toEqual(['refused'])
  })
})
