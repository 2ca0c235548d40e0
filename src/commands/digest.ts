import { z } from 'zod'
import { ATTENTION, type Attention, byAttention, digestWindow, nextDigestAt } from '../domain/digest.ts'
import { answersNeeded, discloseTotal } from '../domain/disclosure.ts'
import { GROUPS_ON_PAGE } from '../domain/limits.ts'
import { attendanceBand } from '../domain/summary.ts'
import { DAY_MS, plus } from '../domain/time.ts'
import { UserError } from '../errors.ts'
import { listMemberships, type Membership } from '../store/access.ts'
import { countDropped } from '../store/checkin.ts'
import { countPromised } from '../store/contact.ts'
import { deleteDigestPlan, ensureDigest, findDigest, findDigestPlan } from '../store/digest.ts'
import { findFlag } from '../store/flag.ts'
import { getGroup } from '../store/group.ts'
import type { OccurrenceRow } from '../store/occurrence.ts'
import { countFailed } from '../store/outbox.ts'
import { fixedId } from '../store/queue.ts'
import { listResults, type ResultRow } from '../store/release.ts'
import { countAgreement } from '../store/roster.ts'
import { listEnded, sessionPlace } from '../store/session.ts'
import { type DigestGroup, digestCard, type Total } from '../views/digest.ts'
import { type Base, type Context, command, type Effects } from './command.ts'
import { areLinesOld } from './help-lines.ts'
import { type ShownResult, showResult } from './results.ts'

/** Results that one digest window can hold, and the one before them to compare with. */
const RESULTS_READ = 8

/** The week of a supervisor's groups: the one that the id names, or the last seven days. */
export const digest = command({
  verb: 'digest',
  opens: 'content',
  isTyped: true,
  access: { who: 'supervisor' },
  effect: 'audited',
  input: z.object({ id: z.uuid().optional(), text: z.string().optional() }),
  takesText: true,
  run: async (context, { id, text }) => {
    const { tx, texts, actor, now, example, memberships } = context
    const known = id ? await findDigest(tx, actor.organisationId, id) : null
    if (id && known?.personId !== actor.personId)
      throw new UserError(texts.t('error.notFound', { example: example('digest') }))
    const plan = await findDigestPlan(tx, actor.organisationId, actor.personId)
    const window = known ?? { startsAt: plus(now, -7 * DAY_MS), endsAt: now, timeZone: plan?.timeZone ?? 'UTC' }
    const groups: DigestGroup[] = []
    const rows: ResultRow[] = []
    for (const membership of memberships.filter(({ role }) => role === 'supervisor')) {
      const { results, ...week } = await groupWeek(context, membership, window)
      groups.push({ ...week, results: showWindow(context, results, window.startsAt) })
      rows.push(...results.filter(({ closedAt }) => closedAt >= window.startsAt))
    }
    const ordered = byAttention(groups)
    const pages = Math.max(1, Math.ceil(ordered.length / GROUPS_ON_PAGE))
    // "digest 2" is its second page; so is the button that says so.
    const page = /^\d{1,2}$/.test(text ?? '') ? Math.min(pages, Math.max(1, Number(text))) : 1
    const facts = {
      ...window,
      digestId: known?.id ?? null,
      page,
      pages,
      groups: ordered.slice((page - 1) * GROUPS_ON_PAGE, page * GROUPS_ON_PAGE),
      totals: totalsOf(context, rows),
      areLinesOld: areLinesOld(context.organisation.crisisLines, now),
      now,
    }
    return {
      reply: {
        type: 'content',
        card: digestCard(texts, facts),
      },
      audit: [{ action: 'digest.opened', subjectId: known?.id ?? actor.personId }],
    }
  },
})

/** Far enough back for the last two sessions of a group that meets every few weeks. */
const RECENT_DAYS = 70

async function groupWeek(
  context: Context,
  { groupId, alias, contactHours }: Membership,
  window: { startsAt: Date; endsAt: Date },
): Promise<Omit<DigestGroup, 'results'> & { results: ResultRow[] }> {
  const { tx, actor } = context
  const { organisationId } = actor
  const ended = await listEnded(tx, organisationId, groupId, window.startsAt, window.endsAt)
  const held = ended.filter((session) => session.state === 'planned')
  const recent = await listEnded(tx, organisationId, groupId, plus(window.endsAt, -RECENT_DAYS * DAY_MS), window.endsAt)
  const lastTwo = recent.slice(-2)
  const lastHeld = held.at(-1)
  const place = lastHeld ? await sessionPlace(tx, organisationId, lastHeld.id) : null
  const results = await listResults(tx, organisationId, groupId, window.endsAt, RESULTS_READ)
  const { backupId } = await getGroup(tx, organisationId, groupId)
  const flag = await findFlag(tx, organisationId, groupId)
  const contacts = await countPromised(tx, organisationId, groupId, window)
  const undelivered = await countFailed(tx, organisationId, groupId, window)
  const droppedCheckIns = await countDropped(tx, organisationId, groupId, window.startsAt, window.endsAt)
  const { members } = await countAgreement(tx, organisationId, groupId)
  const cancelled = ended.length - held.length
  const attention: Record<Attention, boolean> = {
    flag: flag !== null,
    contactLate: contacts.inTime < contacts.promised,
    nobodyForContact: contactHours === null,
    noBackup: contactHours !== null && backupId === null,
    undelivered: undelivered > 0,
    dropped: droppedCheckIns > 0,
    cancelled: lastTwo.length === 2 && lastTwo.every(({ state }) => state === 'cancelled'),
  }
  return {
    alias,
    flag,
    contacts,
    undelivered,
    attendance: attendanceBand(
      held.flatMap(({ headcount }) => headcount ?? []),
      members,
    ),
    attention: ATTENTION.filter((one) => attention[one]),
    held: held.length,
    cancelled,
    sessionNumber: place?.number ?? null,
    sessionTotal: place?.total ?? 0,
    results,
    droppedCheckIns,
  }
}

/** Each result that closed in the window, compared with the group's one before it, oldest first. */
function showWindow({ content }: Context, newestFirst: readonly ResultRow[], startsAt: Date): ShownResult[] {
  const shown = newestFirst.flatMap((row, index) =>
    row.closedAt < startsAt ? [] : [showResult(content, row, newestFirst[index + 1])],
  )
  return shown.reverse()
}

/**
 * The groups of a supervisor together, for each question set that more than one of them was asked in the window. Of each group
 * its latest unit: a group that was asked twice does not count twice.
 */
function totalsOf({ content, organisation }: Context, rows: readonly ResultRow[]): Total[] {
  const bySet = Map.groupBy(rows, ({ questionSetId, questionSetVersion }) => `${questionSetId} ${questionSetVersion}`)
  return [...bySet.values()].flatMap((ofSet) => {
    const [first] = ofSet
    if (!first) return []
    const latest = [...Map.groupBy(ofSet, ({ groupId }) => groupId).values()].flatMap((own) =>
      own.toSorted((a, b) => b.closedAt.getTime() - a.closedAt.getTime()).slice(0, 1),
    )
    const set = content.questionSet(first.questionSetId, first.questionSetVersion)
    // The digest shows a supervisor each of these units by itself.
    const parts = latest.map(({ result }) => ({ result, isShownSingly: true }))
    const disclosed = discloseTotal(set, parts, answersNeeded('staff', organisation, null))
    return disclosed ? [{ set, disclosed }] : []
  })
}

/** A digest is due: its row, one neutral note, and the next week's occurrence. After a long downtime no week is left out. */
export async function sendDigest(
  { tx, organisationId }: Base & { organisationId: string },
  occurrence: OccurrenceRow,
): Promise<Effects & { dropped: string | null }> {
  const { personId } = occurrence
  const plan = personId ? await findDigestPlan(tx, organisationId, personId) : null
  if (!plan || !personId) return { dropped: 'noPlan' }
  const memberships = await listMemberships(tx, organisationId, personId)
  if (!memberships.some(({ role }) => role === 'supervisor')) {
    await deleteDigestPlan(tx, organisationId, personId)
    return { dropped: 'noGroups' }
  }
  const id = fixedId('digest', organisationId, personId, occurrence.dueAt.toISOString())
  await ensureDigest(tx, organisationId, {
    id,
    personId,
    ...digestWindow(plan, occurrence.dueAt),
    timeZone: plan.timeZone,
  })
  return {
    dropped: null,
    deliveries: [{ key: `digest ${id}`, kind: 'digest-notice', personId, digestId: id }],
    occurrences: [{ kind: 'digest', dueAt: nextDigestAt(plan, occurrence.dueAt), personId }],
  }
}
