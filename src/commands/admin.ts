import type { TextKey, Texts } from '../content/load.ts'
import { DAY_MS, plus } from '../domain/time.ts'
import { listConnections } from '../store/connection.ts'
import { countTroubles } from '../store/outbox.ts'
import { adminCard, type FailedLine } from '../views/admin.ts'
import { command } from './command.ts'
import { areLinesOld } from './help-lines.ts'
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
    const { texts, organisation, now } = context
    const connections = await listConnections(context)
    const troubles = connections.flatMap(({ name, trouble }) =>
      trouble === null ? [] : [texts.t('admin.trouble', { name, reason: trouble })],
    )
    const rows = await countTroubles(context, plus(now, -HEALTH_DAYS * DAY_MS))
    const failed = rows.filter(({ reason }) => !EXPECTED.has(reason)).map((row) => failedLine(texts, row))
    const facts = { troubles, failed, days: HEALTH_DAYS, areLinesOld: areLinesOld(organisation.crisisLines, now) }
    return { reply: { type: 'card', card: adminCard(texts, facts) } }
  },
})

/** Reasons that are nobody's trouble: people's own choice, and times that have passed their use. */
const EXPECTED = new Set(['paused', 'optedOut', 'quietHours', 'noLongerApplies'])

/** What an admin can do, by the ledger's reason. Anything else: ask with the reason. */
const REMEDIES: Record<string, { why: TextKey; todo: TextKey }> = {
  notOpened: { why: 'reason.notOpened', todo: 'todo.notOpened' },
  noAccount: { why: 'reason.noAccount', todo: 'todo.noAccount' },
  user_disabled: { why: 'reason.closed', todo: 'todo.closed' },
  user_not_found: { why: 'reason.closed', todo: 'todo.closed' },
  MessageWritesBlocked: { why: 'reason.blocked', todo: 'todo.blocked' },
  ConversationNotFound: { why: 'reason.blocked', todo: 'todo.blocked' },
  not_in_channel: { why: 'reason.channel', todo: 'todo.channel' },
  channel_not_found: { why: 'reason.channel', todo: 'todo.channel' },
  tooLate: { why: 'reason.tooLate', todo: 'todo.tooLate' },
  unknown: { why: 'reason.unknown', todo: 'todo.unknown' },
}

function failedLine(
  { t }: Texts,
  { kind, reason, count }: { kind: string; reason: string; count: number },
): FailedLine {
  const known = REMEDIES[reason]
  const what = t(`kind.${kind}` as TextKey)
  if (!known) return { count, what, why: t('reason.other', { reason }), todo: t('todo.other') }
  return { count, what, why: t(known.why), todo: t(known.todo) }
}

/** Why an account is not reached, in words. */
export function reasonWords({ t }: Texts, reason: string): { why: string; what: string } {
  const known = REMEDIES[reason]
  return known
    ? { why: t(known.why), what: t(known.todo) }
    : { why: t('reason.other', { reason }), what: t('todo.other') }
}
