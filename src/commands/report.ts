import type { Content } from '../content/load.ts'
import { discloseOutside } from '../domain/disclosure.ts'
import { MINUTE_MS, plus } from '../domain/time.ts'
import type { Reader, Tenant } from '../store/engine/transaction.ts'
import { getGroup } from '../store/group.ts'
import { findActorLanguage } from '../store/people.ts'
import { listResults } from '../store/result.ts'
import { findRole } from '../store/roster.ts'
import { type Report, reportCard } from '../views/report.ts'
import { command, groupOf } from './command.ts'
import { groupInput } from './input.ts'
import { readLink, signLink } from './link.ts'
import { MOST_RESULTS } from './results.ts'
import type { Services } from './services.ts'

export const REPORT_PATH = '/report'
/** Long enough to press a button; a link that is found later opens nothing. */
const GOOD_FOR_MINUTES = 10

/**
 * The addresses of a group's report, good for a few minutes and for this person alone. Making one
 * is audited.
 */
export const summaryExport = command({
  verb: 'summary.export',
  opens: 'content',
  isTyped: true,
  access: { who: 'group', roles: ['facilitator', 'supervisor'] },
  subject: 'group',
  worksAfterEnd: true,
  effect: 'audited',
  input: groupInput,
  run: async (context) => {
    const { texts, actor, content, ballotKeys, publicUrl, now, wall } = context
    const { id: groupId, alias } = groupOf(context)
    const until = plus(wall, GOOD_FOR_MINUTES * MINUTE_MS).getTime()
    const { organisationId, personId } = actor
    const token = signLink(ballotKeys.keyring, 'report', {
      organisationId,
      groupId,
      personId,
      until,
    })
    const { results } = await outsideOf(context, content, groupId, now)
    const isEmpty = results.every(({ disclosed }) =>
      disclosed.scales.every(({ shown }) => shown === null),
    )
    const url = publicUrl === null ? null : `${publicUrl}${REPORT_PATH}?t=${token}`
    return {
      reply: {
        type: 'content',
        card: reportCard(texts, { alias, url, minutes: GOOD_FOR_MINUTES, isEmpty }),
      },
      audit: [{ action: 'report.made', subjectId: groupId }],
    }
  },
})

/**
 * The report that a token stands for, in its holder's language. Null: it is none, too old, or its
 * holder has no place there any more.
 */
export async function readReport(
  {
    database,
    ballotKeys,
    clock,
    content,
  }: Pick<Services, 'database' | 'ballotKeys' | 'clock' | 'content'>,
  token: string,
): Promise<Report | null> {
  const holder = readLink(ballotKeys.keyring, 'report', token)
  if (!holder?.until || clock.wall().getTime() >= holder.until) return null
  const { organisationId, groupId, personId } = holder
  const tenant = { tx: database.db, organisationId }
  const role = await findRole(tenant, groupId, personId, true)
  if (role !== 'facilitator' && role !== 'supervisor') return null
  const { alias, timeZone } = await getGroup(tenant, groupId)
  const now = clock.now()
  const outside = await outsideOf(tenant, content, groupId, now)
  const texts = content.textsFor(await findActorLanguage(tenant, personId))
  return { texts, alias, timeZone, madeAt: now, ...outside }
}

/**
 * A group's results as they may leave the team, oldest first; those of questions that are no longer
 * here are left out.
 */
async function outsideOf(
  tenant: Tenant<Reader>,
  content: Content,
  groupId: string,
  now: Date,
): Promise<Pick<Report, 'results' | 'areMissing'>> {
  const rows = await listResults(tenant, [groupId], {
    closedBefore: plus(now, 1),
    limit: MOST_RESULTS,
  })
  const known = rows.filter((row) =>
    content.hasQuestionSet(row.questionSetId, row.questionSetVersion),
  )
  const results = known.reverse().map((row) => {
    const set = content.questionSet(row.questionSetId, row.questionSetVersion)
    return { at: row.sessionAt, set, disclosed: discloseOutside(set, row.disclosed) }
  })
  return { results, areMissing: known.length < rows.length }
}
