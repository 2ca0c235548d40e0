import type { Verb } from '../domain/verbs.ts'
import { type TrendOf, trendCard } from '../views/trend.ts'
import { type Context, command, groupOf } from './command.ts'
import { groupInput } from './input.ts'
import { MOST_RESULTS, resultsOf } from './results.ts'

const LAST_FEW = 4

/**
 * The group's results of each question set, one line each, oldest first: whole releases, as they
 * were published.
 */
const trendOver = <V extends Verb>(verb: V, period: 'four' | 'all') =>
  command({
    verb,
    opens: 'content',
    isTyped: false,
    access: { who: 'group', roles: ['member', 'facilitator', 'supervisor'] },
    subject: 'group',
    worksAfterEnd: true,
    effect: 'audited',
    input: groupInput,
    run: async (context) => {
      const group = groupOf(context)
      const limit = period === 'four' ? LAST_FEW : MOST_RESULTS
      const facts = {
        groupId: group.id,
        alias: group.alias,
        timeZone: group.timeZone,
        period,
        sets: await trendsOf(context, limit),
        now: context.now,
      }
      return {
        reply: { type: 'content', card: trendCard(context.texts, facts) },
        audit: context.role === 'member' ? [] : [{ action: 'summary.opened', subjectId: group.id }],
      }
    },
  })

export const summaryFour = trendOver('summary.four', 'four')
export const summaryAll = trendOver('summary.all', 'all')

/** Each set's results that this reader may see, oldest first, with what the gate shows of each. */
async function trendsOf(context: Context, limit: number): Promise<TrendOf[]> {
  const { results } = await resultsOf(context)
  return [...Map.groupBy(results, ({ set }) => set.id).values()].flatMap((own) => {
    const newest = own[0]
    if (!newest) return []
    const shown = own
      .slice(0, limit)
      .map(({ row, set, disclosed }) => ({ at: row.sessionAt, set, disclosed }))
    return [{ title: newest.set.title, results: shown.reverse() }]
  })
}
