import { PLATFORM_TITLES } from '../platform.ts'
import { helpLines } from '../views/help-lines.ts'
import { privacyCard } from '../views/privacy.ts'
import { command } from './command.ts'
import { noInput } from './input.ts'

export const privacy = command({
  verb: 'privacy',
  isTyped: true,
  isSameForAll: true,
  access: { who: 'anyone' },
  effect: 'read',
  input: noInput,
  run: async ({ texts, content, organisation, platform, example }) => {
    const lines = helpLines(texts, organisation, content.crisisLines)
    const { resultMonths, ledgerDays, leastShared, leastStaff } = organisation
    const thresholds = { leastShared, leastStaff }
    const facts = {
      platform: PLATFORM_TITLES[platform.name],
      lines,
      resultMonths,
      ledgerDays,
      thresholds,
      example,
    }
    return { reply: { type: 'card', card: privacyCard(texts, facts) } }
  },
})
