import { PLATFORM_TITLES } from '../platform.ts'
import { privacyCard } from '../views/privacy.ts'
import { command } from './command.ts'
import { linesFor } from './help-lines-for.ts'
import { noInput } from './input.ts'

export const privacy = command({
  verb: 'privacy',
  isWholeLine: true,
  isTyped: true,
  isSameForAll: true,
  access: { who: 'anyone' },
  effect: 'read',
  input: noInput,
  run: async (context) => {
    const { texts, organisation, platform, example } = context
    const { name, responsible, complaints, resultMonths, ledgerDays, leastShared, leastStaff } =
      organisation
    const facts = {
      platform: PLATFORM_TITLES[platform.name],
      lines: linesFor(context),
      controller: { name, responsible, complaints },
      resultMonths,
      ledgerDays,
      thresholds: { leastShared, leastStaff },
      example,
    }
    return { reply: { type: 'card', card: privacyCard(texts, facts) } }
  },
})
