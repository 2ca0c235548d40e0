import { digestWindow, nextDigestAt } from '../domain/digest.ts'
import type { SkipReason } from '../domain/occurrence.ts'
import { createDigests, type DueDigest, deletePlansOf, lockDigests } from '../store/digest-due.ts'
import type { JobData } from '../store/engine/queue.ts'
import { fixedId } from '../store/ids.ts'
import { listSupervising } from '../store/membership.ts'
import { finishTogether, planOwnOccurrences } from '../store/occurrence.ts'
import { planDeliveries } from '../store/outbox.ts'
import type { Services } from './services.ts'

type Planned = DueDigest & { plan: NonNullable<DueDigest['plan']> }
const isPlanned = (due: DueDigest): due is Planned => due.plan !== null

/**
 * Does the digests of a batch of jobs, of any organisations, in one transaction: on a Monday
 * morning thousands are due at once. Of each its row, one neutral note, and the next week's
 * occurrence; after a long downtime no week is left out. Returns the ids of those done; whatever
 * else the batch holds is not its business.
 */
export async function digestTogether(
  services: Services,
  jobs: readonly JobData[],
): Promise<ReadonlySet<string>> {
  return await services.database.transaction(async (tx) => {
    const due = firstOfEach(await lockDigests(tx, jobs))
    if (due.length === 0) return new Set<string>()
    const digests = due.filter(isPlanned).map((one) => ({ ...one, digest: digestOf(one) }))
    // A group that ended in this week has its last digest yet.
    const alive = await listSupervising(
      tx,
      digests.map(({ digest }) => digest),
    )
    const going = digests.filter(({ digest }) => alive.has(digest.id))
    const empty = digests.filter(({ digest }) => !alive.has(digest.id))
    if (empty.length > 0) await deletePlansOf(tx, empty)
    if (going.length > 0) {
      const rows = going.map(({ digest }) => digest)
      await createDigests(tx, rows)
      await planDeliveries(tx, going.map(noteOf), services.clock.now())
      await planOwnOccurrences(tx, going.map(nextOf))
    }
    const reasonOf = ({ id, plan }: DueDigest): SkipReason | null => {
      if (!plan) return 'noPlan'
      return empty.some((one) => one.id === id) ? 'noGroups' : null
    }
    await finishTogether(
      tx,
      due.map((one) => ({ ...one, dropped: reasonOf(one) })),
    )
    return new Set(due.map(({ id }) => id))
  })
}

/**
 * Where two of one person are due, the later one comes after the first: its window begins there.
 */
function firstOfEach(due: readonly DueDigest[]): DueDigest[] {
  const inOrder = due.toSorted((a, b) => a.dueAt.getTime() - b.dueAt.getTime())
  return [...Map.groupBy(inOrder, ({ personId }) => personId).values()].flatMap((own) =>
    own.slice(0, 1),
  )
}

function digestOf({ organisationId, personId, dueAt, earlierEnd, plan }: Planned) {
  const id = fixedId('digest', organisationId, personId, dueAt.toISOString())
  const window = digestWindow(plan, dueAt, earlierEnd)
  return { organisationId, id, personId, ...window, timeZone: plan.timeZone }
}

type Going = Planned & { digest: ReturnType<typeof digestOf> }

const noteOf = ({ organisationId, personId, plan, digest: { id } }: Going) => ({
  organisationId,
  key: `digest ${id}`,
  kind: 'digest-notice' as const,
  personId,
  digestId: id,
  ...(plan.connectionId ? { connectionId: plan.connectionId } : {}),
})

const nextOf = ({ organisationId, personId, plan, dueAt }: Going) => ({
  organisationId,
  kind: 'digest' as const,
  dueAt: nextDigestAt(plan, dueAt),
  personId,
})
