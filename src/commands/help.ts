import { listMemberships } from '../store/access.ts'
import { helpCard, helpLines, homeCard, privacyCard } from '../views/help.ts'
import { command } from './command.ts'
import { noInput } from './input.ts'

export const help = command({
  verb: 'help',
  isTyped: true,
  access: { who: 'anyone' },
  effect: 'read',
  input: noInput,
  run: async ({ texts, example }) => ({ reply: { type: 'message', card: helpCard(texts, example) } }),
})

const PLATFORM_NAMES = { slack: 'Slack', teams: 'Microsoft Teams' } as const

export const privacy = command({
  verb: 'privacy',
  isTyped: true,
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
  run: async ({ tx, texts, actor }) => {
    const memberships = await listMemberships(tx, actor.organisationId, actor.personId)
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
