import { type Reason, toReason } from '../domain/reasons.ts'
import { listRoster, type RosterRow } from '../store/roster.ts'
import { problemsCard } from '../views/roster.ts'
import { reasonWords } from './admin.ts'
import { type Context, command, groupOf } from './command.ts'
import { groupInput } from './input.ts'

export const isUnreached = (entry: RosterRow) => entry.isDeactivated || entry.unreachable !== null

export const nameIn =
  ({ texts }: Context) =>
  ({ name }: { name: string | null }) =>
    name ?? texts.t('roster.someone')

const whyNot = ({ isDeactivated, isUnopened, unreachable }: RosterRow): Reason =>
  isDeactivated ? 'accountClosed' : isUnopened ? 'notOpened' : toReason(unreachable)

/** Lists whom messages do not reach, and why: a matter of the roster alone. */
export const problems = command({
  verb: 'problems',
  opens: 'content',
  isTyped: false,
  access: { who: 'group', roles: ['facilitator', 'supervisor'] },
  subject: 'group',
  effect: 'read',
  input: groupInput,
  run: async (context) => {
    const { texts } = context
    const group = groupOf(context)
    const entries = await listRoster(context, group.id)
    const troubles = entries
      .filter((entry) => isUnreached(entry) || entry.isUnopened)
      .map((entry) => ({ who: nameIn(context)(entry), ...reasonWords(texts, whyNot(entry)) }))
      .sort((one, other) => one.who.localeCompare(other.who, texts.language))
    return {
      reply: {
        type: 'content',
        card: problemsCard(texts, { groupId: group.id, alias: group.alias, troubles }),
      },
    }
  },
})
