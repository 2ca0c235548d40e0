import { z } from 'zod'
import { byAttention, digestWindow } from '../domain/digest.ts'
import { discloseTotal } from '../domain/together.ts'
import { UserError } from '../errors.ts'
import { findDigest, findDigestPlan } from '../store/digest.ts'
import { listSupervised } from '../store/membership.ts'
import type { ResultRow } from '../store/result.ts'
import { digestCard, type Total } from '../views/digest.ts'
import { type Context, command } from './command.ts'
import { weeksOf } from './digest-week.ts'
import { areLinesOld } from './help-lines-for.ts'

/** The week of a supervisor's groups: the one that the id names, or the last seven days. */
export const digest = command({
  verb: 'digest',
  opens: 'content',
  isTyped: true,
  access: { who: 'supervisor' },
  worksAfterEnd: true,
  effect: 'audited',
  input: z.object({ id: z.uuid().optional(), text: z.string().optional() }),
  takesText: true,
  run: async (context, { id, text }) => {
    const { content, actor, now, example } = context
    const known = id ? await findDigest(context, id) : null
    if (id && known?.personId !== actor.personId)
      throw new UserError(context.texts.t('error.notFound', { example: example('digest') }))
    const plan = await findDigestPlan(context, actor.personId)
    const texts = plan?.language ? content.textsFor(plan.language) : context.texts
    const timeZone = plan?.timeZone ?? context.zone.timeZone
    const window = known ?? { ...digestWindow({ timeZone }, now), timeZone }
    const supervised = await listSupervised(context, actor.personId, window)
    const ordered = byAttention(await weeksOf(context, supervised, window))
    // "digest 2" is its second page; so is the button that says so.
    const page = /^\d{1,3}$/.test(text ?? '') ? Number(text) : 1
    const facts = {
      ...window,
      digestId: known?.id ?? null,
      page,
      groups: ordered,
      totals: totalsOf(
        context,
        ordered.flatMap(({ rows }) => rows),
      ),
      areLinesOld: areLinesOld(context, now),
      now,
    }
    return {
      reply: {
        type: 'content',
        card: digestCard(texts, facts),
      },
      audit: [{ action: 'digest.opened', subjectId: known?.id ?? actor.organisationId }],
    }
  },
})

/**
 * The groups of a supervisor together, for each question set that more than one of them was asked
 * in the window. Of each group its latest unit: a group that was asked twice does not count twice.
 */
function totalsOf({ content }: Context, rows: readonly ResultRow[]): Total[] {
  const bySet = Map.groupBy(
    rows,
    ({ questionSetId, questionSetVersion }) => `${questionSetId} ${questionSetVersion}`,
  )
  return [...bySet.values()].flatMap((ofSet) => {
    const [first] = ofSet
    if (!first) return []
    const latest = [...Map.groupBy(ofSet, ({ groupId }) => groupId).values()].flatMap((own) =>
      own.toSorted((a, b) => b.closedAt.getTime() - a.closedAt.getTime()).slice(0, 1),
    )
    const set = content.questionSet(first.questionSetId, first.questionSetVersion)
    const parts = latest.map(({ disclosed }) => disclosed)
    const disclosed = discloseTotal(set, parts)
    return disclosed ? [{ set, disclosed }] : []
  })
}
