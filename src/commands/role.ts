import { UserError } from '../errors.ts'
import { type GroupRow, getGroup } from '../store/group.ts'
import { wasTold } from '../store/outbox.ts'
import { findRole } from '../store/roster.ts'
import { type Part, roleCard } from '../views/role.ts'
import { type Context, command } from './command.ts'
import { groupInput } from './input.ts'

/** Says what a changed part in a group, or for all groups, means to staff who were told of it. */
export const role = command({
  verb: 'role',
  opens: 'content',
  isTyped: false,
  access: { who: 'staff' },
  effect: 'read',
  input: groupInput,
  run: async (context, { id }) => {
    const { texts, actor, example } = context
    if (!(await wasTold(context, actor.personId, id ?? null, 'role-changed')))
      throw new UserError(texts.t('error.notFound', { example: example('next') }))
    const group = id ? await getGroup(context, id) : null
    const facts = {
      alias: group?.alias ?? texts.t('home.title'),
      part: await partOf(context, group),
      example,
    }
    return { reply: { type: 'content', card: roleCard(texts, facts) } }
  },
})

/** Null `group`: for all groups. */
async function partOf(context: Context, group: GroupRow | null): Promise<Part | null> {
  const { actor, organisation } = context
  const { personId } = actor
  if (!group) return organisation.safetyContactId === personId ? 'safety' : null
  const place = await findRole(context, group.id, personId)
  if (place === 'facilitator' || place === 'supervisor') return place
  return group.backupId === personId ? 'backup' : null
}
