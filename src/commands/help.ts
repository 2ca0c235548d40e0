import type { Texts } from '../content/load.ts'
import type { PlatformName } from '../platform.ts'
import type { Card } from '../views/card.ts'
import { helpCard, helpLines, homeCard, privacyCard } from '../views/help.ts'
import { type Context, command } from './command.ts'
import { noInput } from './input.ts'

/** Help is the same for everybody who reads a language on a platform: made once. */
const helpCards = new WeakMap<Texts, Map<PlatformName, Card>>()

function helpFor({ texts, incoming: { platform }, example }: Context): Card {
  const known = helpCards.get(texts) ?? new Map<PlatformName, Card>()
  const card = known.get(platform) ?? helpCard(texts, example)
  helpCards.set(texts, known.set(platform, card))
  return card
}

export const help = command({
  verb: 'help',
  isTyped: true,
  isSameForAll: true,
  access: { who: 'anyone' },
  effect: 'read',
  input: noInput,
  run: async (context) => ({ reply: { type: 'message', card: helpFor(context) } }),
})

const PLATFORM_NAMES = { slack: 'Slack', teams: 'Microsoft Teams' } as const

export const privacy = command({
  verb: 'privacy',
  isTyped: true,
  isSameForAll: true,
  access: { who: 'anyone' },
  effect: 'read',
  input: noInput,
  run: async ({ texts, content, organisation, incoming }) => {
    const lines = helpLines(texts, organisation.country, content.crisisLines)
    return {
      reply: { type: 'message', card: privacyCard(texts, { platform: PLATFORM_NAMES[incoming.platform], lines }) },
    }
  },
})

/** What this person can do next. */
export const home = command({
  verb: 'home',
  isTyped: true,
  access: { who: 'anyone' },
  effect: 'read',
  input: noInput,
  run: async ({ texts, actor, memberships }) => {
    const facts = {
      groups: memberships.map((membership) => membership.alias),
      isStaff: actor.isStaff,
      isAdmin: actor.isAdmin,
      isFacilitator: memberships.some((membership) => membership.role === 'facilitator'),
      isSupervisor: memberships.some((membership) => membership.role === 'supervisor'),
    }
    return { reply: { type: 'message', card: homeCard(texts, facts) } }
  },
})
