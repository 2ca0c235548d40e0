import { setTimeout as wait } from 'node:timers/promises'
import { fill } from '../../src/cli/story.ts'
import type { SlackSimulator } from '../../src/simulator/slack.ts'
import type { TeamsSimulator } from '../../src/simulator/teams.ts'
import { type Hands, lastSeen } from '../../src/simulator/workspace.ts'
import { press } from '../played.ts'
import { castOf, PLATFORMS, type PlatformName } from './cast.ts'

export type Platforms = { slack: SlackSimulator; teams: TeamsSimulator }

/** A member's way: what they were thanked for last, and what they sent later without thanks. */
export type Answered = { thanked: Value | null; later: Value[] }
type Value = '1' | '5'
/** An alias that somebody gave a new group, and whether they were told that it is there. */
type Made = { alias: string; isTold: boolean }
export type Done = { answers: Map<string, Answered>; thanks: number; made: Made[] }

/** Members of all groups who are at their phones at a time, over both platforms. */
const AT_ONCE = 8
/** Between two answers at one phone. */
const PAUSE_MS = 150

/** Everybody adds the app to their own chat, or looks at its home; again until that was taken. */
export async function arrive(platforms: Platforms): Promise<void> {
  for (const platform of PLATFORMS)
    for (const id of castOf(platform).everybody)
      if (platform === 'slack') await platforms.slack.openHome(id)
      else await platforms.teams.install(id)
}

/**
 * Members answer, and answer anew, until the check-in closes; staff make groups. Everybody who was
 * told that it failed, or was told nothing, tries again.
 */
export async function live(platforms: Platforms, closes: Date, done: Done): Promise<void> {
  // Somebody who is about to answer when it closes may be too late by their own fault.
  const isOver = () => Date.now() > closes.getTime() - 2_000
  const waiting = PLATFORMS.flatMap((platform) =>
    castOf(platform)
      .groups.flat()
      .map((member) => ({ platform, member })),
  )
  const phone = async () => {
    for (let next = waiting.shift(); next && !isOver(); next = waiting.shift()) {
      const { platform, member } = next
      while (!isOver() && !(await answerOnce(platforms[platform], member, done)))
        await wait(2 * PAUSE_MS)
      waiting.push(next)
      await wait(PAUSE_MS)
    }
  }
  const desk = async (platform: PlatformName) => {
    for (let number = 0; !isOver(); number += 1) {
      await makeGroup(platforms[platform], castOf(platform).facilitator, number, done)
      await wait(500)
    }
  }
  await Promise.all([...Array.from({ length: AT_ONCE }, phone), ...PLATFORMS.map(desk)])
}

/** The kinds of cards that came to somebody while `act` ran; it may have got nowhere. */
async function shownBy(
  hands: Hands,
  person: string,
  act: () => Promise<unknown>,
): Promise<string[]> {
  const before = hands.journal.seen.length
  await act().catch(() => undefined)
  return hands.journal.seen
    .slice(before)
    .filter((seen) => seen.person === person)
    .map(({ kind }) => kind)
}

async function answerOnce(hands: Hands, member: string, done: Done): Promise<boolean> {
  const own = done.answers.get(member) ?? { thanked: null, later: [] }
  done.answers.set(member, own)
  const value: Value = Math.random() < 0.5 ? '1' : '5'
  let isSent = false
  const kinds = await shownBy(hands, member, async () => {
    await press(hands, lastSeen(hands.journal, member, 'check-in'), 'checkin.answer')
    if (!hands.openForm(member)) return
    isSent = true
    await hands.submit(member, { belonging: value, voice: value, safety: value, useful: value })
  })
  await hands.closeForm(member).catch(() => undefined)
  const isThanked = kinds.includes('thanks')
  if (isThanked) {
    done.thanks += 1
    done.answers.set(member, { thanked: value, later: [] })
  } else if (isSent) own.later.push(value)
  return isThanked
}

async function makeGroup(
  hands: Hands,
  facilitator: string,
  number: number,
  done: Done,
): Promise<void> {
  const made = { alias: `Made ${hands.platform} ${number}`, isTold: false }
  done.made.push(made)
  const kinds = await shownBy(hands, facilitator, () =>
    fill(hands, facilitator, 'new', {
      alias: made.alias,
      contactHours: 'none',
      timeZone: 'Europe/Berlin',
    }),
  )
  made.isTold = kinds.some((kind) => kind.endsWith('-done'))
  await hands.closeForm(facilitator).catch(() => undefined)
}
