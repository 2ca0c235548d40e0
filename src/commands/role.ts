import { UserError } from '../errors.ts'
import { getGroup } from '../store/group.ts'
import { wasTold } from '../store/outbox.ts'
import { findRole } from '../store/roster.ts'
import { roleCard } from '../views/role.ts'
import { command } from './command.ts'
import { idInput } from './input.ts'

/** Says what a changed part in a group means, to staff who were told of it. */
export const role = command({
  verb: 'role',
  opens: 'content',
  isTyped: false,
  access: { who: 'staff' },
  effect: 'read',
  input: idInput,
  run: async (context, { id }) => {
    const { texts, actor, example } = context
    if (!(await wasTold(context, actor.personId, id, 'role-changed')))
      throw new UserError(texts.t('error.notFound', { example: example('next') }))
    const { alias } = await getGroup(context, id)
    const facts = { alias, role: await findRole(context, id, actor.personId), example }
    return { reply: { type: 'content', card: roleCard(texts, facts) } }
  },
})
