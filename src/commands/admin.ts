import type { Texts } from '../content/load.ts'
import type { Reason } from '../domain/reasons.ts'
import { DAY_MS, plus } from '../domain/time.ts'
import { listConnections } from '../store/connection.ts'
import { isReachedStaff } from '../store/ladder.ts'
import { countTroubles, type Trouble } from '../store/outbox.ts'
import { adminCard, type FailedLine } from '../views/admin.ts'
import { command } from './command.ts'
import { areLinesOld } from './help-lines-for.ts'
import { noInput } from './input.ts'

/** How far back the health of deliveries looks. */
const HEALTH_DAYS = 7

/** Whether messages arrive, and the way to staff list and settings. Never a result. */
export const admin = command({
  verb: 'admin',
  isTyped: true,
  access: { who: 'admin' },
  effect: 'read',
  input: noInput,
  run: async (context) => {
    const { texts, now, organisation } = context
    const { safetyContactId } = organisation
    const isReached = await isReachedStaff(context, safetyContactId)
    const connections = await listConnections(context)
    const troubles = connections.flatMap(({ name, trouble }) =>
      trouble === null
        ? []
        : [
            texts.t('admin.trouble', {
              name,
              reason: texts.t(`reason.${trouble}`),
              todo: texts.t(`todo.${trouble}`),
            }),
          ],
    )
    const rows = await countTroubles(context, plus(now, -HEALTH_DAYS * DAY_MS))
    const failed = rows
      .filter(({ reason }) => !EXPECTED.has(reason))
      .map((row) => failedLine(texts, row))
    const facts = {
      troubles,
      failed,
      days: HEALTH_DAYS,
      areLinesOld: areLinesOld(context, now),
      safetyContact:
        safetyContactId === null
          ? ('none' as const)
          : isReached
            ? ('there' as const)
            : ('gone' as const),
    }
    return { reply: { type: 'card', card: adminCard(texts, facts) } }
  },
})

/** Reasons that are nobody's trouble: people's own choice, and times that have passed their use. */
const EXPECTED: ReadonlySet<Reason> = new Set<Reason>([
  'paused',
  'optedOut',
  'quietHours',
  'noLongerApplies',
])

function failedLine({ t }: Texts, { kind, reason, count }: Trouble): FailedLine {
  return { count, what: t(`kind.${kind}`), why: t(`reason.${reason}`), todo: t(`todo.${reason}`) }
}

/** Why an account is not reached, and what to do about it, in words. */
export function reasonWords({ t }: Texts, reason: Reason): { why: string; what: string } {
  return { why: t(`reason.${reason}`), what: t(`todo.${reason}`) }
}
