import { randomBytes } from 'node:crypto'
import { newUnitKey, sealBlank } from '../ballot/seal.ts'
import { TIME_KEY_BYTES } from '../ballot/sent-at.ts'
import { sharesItems } from '../content/question-set.ts'
import { MOST_STATEMENTS } from '../domain/change.ts'
import { type DropReason, daysToWait, decideOpening, fitsBudget } from '../domain/checkin.ts'
import { hasBackupOf, mayOpenCheckIns } from '../domain/contact.ts'
import { answersNeeded, LEAST_WRITERS } from '../domain/disclosure.ts'
import type { Due } from '../domain/occurrence.ts'
import { listInvited } from '../store/ballot.ts'
import {
  type CheckInRow,
  closeCheckIn,
  dropCheckIn,
  findCheckIn,
  listOpen,
  lockCheckIn,
  nextPlanned,
  openCheckIn,
} from '../store/checkin.ts'
import { type GroupRow, getGroup, lockGroup } from '../store/group.ts'
import { areKeysHere, takesTimedBoxes } from '../store/installation.ts'
import { listHelpers } from '../store/ladder.ts'
import { getThresholds } from '../store/organisation.ts'
import { type Asked, listAskable } from '../store/roster.ts'
import { closeUnits, createUnit, getUnit, lockRunningUnit, type UnitRow } from '../store/unit.ts'
import { boundTo } from './ballots.ts'
import { setOf } from './checkin-plan.ts'
import type { Base, DueOutcome } from './command.ts'
import { readAsked, releaseJobs } from './programme.ts'
import { isComparable } from './results.ts'

/**
 * A check-in's time has come: the roster freezes, the unit gets its key, every member a sealed
 * blank and a note.
 */
export async function openDueCheckIn(
  base: Base,
  occurrence: Due<'checkInOpens'>,
): Promise<DueOutcome> {
  const { now, ballotKeys } = base
  const planned = await findCheckIn(base, occurrence.checkInId)
  if (!planned) return { dropped: 'notPlanned' }
  // The group before the check-in, as a roster change takes them: what is frozen is one roster, not
  // half of two.
  await lockGroup(base, planned.groupId)
  const row = await lockCheckIn(base, planned.id)
  if (row?.state !== 'planned') return { dropped: 'notPlanned' }
  const group = await getGroup(base, row.groupId)
  if (group.endedAt) {
    return await drop(base, row, 'groupEnded')
  }
  const { needsContact } = base.content.kinds.get(group.kind) ?? { needsContact: true }
  const hasBackup = needsContact && hasBackupOf(await listHelpers(base, group.id, now))
  if (!mayOpenCheckIns(needsContact, group, hasBackup)) return await drop(base, row, 'noContact')
  const set = setOf(base, row.questionSetId)
  const asked = await listAskable(base, group.id, now)
  const members = asked.map(({ personId }) => personId)
  // An id that nobody ever used counts for nothing here, but whoever is behind it is asked.
  const known = asked.filter(({ hasActed }) => hasActed).length
  const earlier = (await readAsked(base, group.id)).earlier.filter(({ unitId }) => unitId !== null)
  // One whose time is over is as good as closed: after a downtime, what is due comes in any order.
  const isOneOpen = (await listOpen(base, group.id)).some(
    ({ questionSetId, closesAt }) => sharesItems(set, setOf(base, questionSetId)) && closesAt > now,
  )
  const isTooSoon = earlier.some(
    ({ questionSetId, opensAt }) =>
      questionSetId !== set.id &&
      sharesItems(set, setOf(base, questionSetId)) &&
      daysToWait(set.recallDays, opensAt, now) > 0,
  )
  const nextOne = row.planId ? await nextPlanned(base, group.id, row.opensAt, row.planId) : null
  const opening = decideOpening(
    now,
    row,
    known,
    isOneOpen || isTooSoon ? now : (nextOne?.opensAt ?? null),
  )
  if (opening.decision === 'drop') return await drop(base, row, opening.reason)
  const running = row.planId ? await lockRunningUnit(base, row.planId) : null
  const unit = running ?? (await beginUnit(base, group, row, known))
  if (!unit) return await drop(base, row, 'budget')
  const timeKey = await ballotKeys.keyStore.timeKey(unit.id)
  const blanks = members.map((memberId) => ({
    memberId,
    box: sealBlank(ballotKeys.keyring, unit.publicKey, boundTo(unit, row.id, memberId), timeKey),
  }))
  const opened = {
    id: row.id,
    closesAt: opening.closesAt,
    unitId: unit.id,
    newcomers: await countNewcomers(base, group.id, asked, earlier),
  }
  await openCheckIn(base, opened, blanks)
  return {
    dropped: null,
    deliveries: noticesFor(members, row, 'check-in', opening.closesAt),
    occurrences: [
      ...(opening.nudgeAt
        ? [{ kind: 'checkInNudge' as const, dueAt: opening.nudgeAt, checkInId: row.id }]
        : []),
      { kind: 'checkInCloses', dueAt: opening.closesAt, checkInId: row.id },
    ],
  }
}

/** How many of those who are asked were not asked in the one before; 0 where this is the first. */
async function countNewcomers(
  base: Base,
  groupId: string,
  asked: readonly Asked[],
  earlier: readonly { opensAt: Date }[],
): Promise<number> {
  if (earlier.length === 0) return 0
  const last = new Date(Math.max(...earlier.map(({ opensAt }) => opensAt.getTime())))
  const before = await listAskable(base, groupId, last)
  return asked.filter(({ personId }) => !before.some((one) => one.personId === personId)).length
}

/** It does not open; the unit that waited for it may have no other left. */
async function drop(
  base: Base,
  row: CheckInRow,
  reason: Exclude<DropReason, 'notHeld'>,
): Promise<DueOutcome> {
  const { organisationId } = base
  await dropCheckIn(base, row.id, reason)
  const unitIds = await closeUnits(base, row.groupId)
  return { dropped: reason, jobs: releaseJobs(organisationId, unitIds) }
}

/**
 * A new unit with a key of its own; everything that decides what it shows is frozen here. Null: the
 * budget is spent.
 */
async function beginUnit(
  base: Base,
  group: GroupRow,
  row: CheckInRow,
  members: number,
): Promise<UnitRow | null> {
  const { now, ballotKeys, newId } = base
  const set = base.content.questionSets.get(row.questionSetId)
  if (!set) throw new Error(`question set ${row.questionSetId} is not in the content`)
  const { begun, earlier } = await readAsked(base, group.id)
  if (!fitsBudget(now, set.scales.length, begun)) return null
  const id = newId()
  const key = newUnitKey()
  const k = answersNeeded(row.audience, await getThresholds(base), row.leastAnswers)
  if (!(await areKeysHere(base.tx, await ballotKeys.keyStore.id())))
    throw new Error('KEY_DIR is not the one that the store knows')
  // Kept before the unit exists: a crash in between leaves a key without a unit, which the sweeper
  // destroys.
  await ballotKeys.keyStore.put(id, {
    privateKey: key.privateKey,
    k,
    audience: row.audience,
    ...((await takesTimedBoxes(base.tx)) ? { timeKey: randomBytes(TIME_KEY_BYTES) } : {}),
  })
  key.privateKey.fill(0)
  await createUnit(base, {
    id,
    groupId: group.id,
    questionSetId: set.id,
    questionSetVersion: set.version,
    k,
    audience: row.audience,
    publicKey: key.publicKey,
    rosterChanges: group.rosterChanges,
    statements: statementsOf(base, [row, ...earlier.filter((one) => isComparable(one, row))]),
    checkInCount: row.unitSize,
    // With fewer members than must write, the words could never be shown: they are not asked for.
    asksText: row.asksText && members >= LEAST_WRITERS,
  })
  return await getUnit(base, id)
}

/** Changes that a page of these results may tell: one for each scale of each set, or its most. */
function statementsOf({ content }: Base, asked: readonly { questionSetId: string }[]): number {
  const ids = new Set(asked.map(({ questionSetId }) => questionSetId))
  const scales = [...ids].map((id) => content.questionSets.get(id)?.scales.length ?? 1)
  return Math.min(
    MOST_STATEMENTS,
    scales.reduce((sum, count) => sum + count, 0),
  )
}

const noticesFor = (
  members: readonly string[],
  row: CheckInRow,
  kind: 'check-in' | 'check-in-nudge',
  closesAt: Date,
) =>
  members.map((personId) => ({
    key: `${kind} ${row.id}`,
    kind,
    personId,
    groupId: row.groupId,
    checkInId: row.id,
    expiresAt: closesAt,
  }))

/** One more note, to everyone alike. */
export async function nudge(base: Base, occurrence: Due<'checkInNudge'>): Promise<DueOutcome> {
  const { now } = base
  const row = await findCheckIn(base, occurrence.checkInId)
  if (row?.state !== 'open' || now >= row.closesAt) return { dropped: 'notOpen' }
  const invited = await listInvited(base, row.id)
  return { dropped: null, deliveries: noticesFor(invited, row, 'check-in-nudge', row.closesAt) }
}

/** Closes a check-in; when it was its unit's last, the unit is made. */
export async function closeDueCheckIn(
  base: Base,
  occurrence: Due<'checkInCloses'>,
): Promise<DueOutcome> {
  const { organisationId } = base
  const row = await lockCheckIn(base, occurrence.checkInId)
  if (row?.state !== 'open' || !row.unitId) return { dropped: 'notOpen' }
  await closeCheckIn(base, row.id)
  const unitIds = await closeUnits(base, row.groupId)
  return { dropped: null, jobs: releaseJobs(organisationId, unitIds) }
}
