import { unheardOn } from '../domain/contact.ts'
import { UserError } from '../errors.ts'
import { listOpenContacts } from '../store/contact.ts'
import { getGroup } from '../store/group.ts'
import { listHelpers } from '../store/ladder.ts'
import { wasTold } from '../store/outbox.ts'
import { nobodyCard } from '../views/nobody.ts'
import { command } from './command.ts'
import { idInput } from './input.ts'

/** Why an admin or a supervisor was told that nobody is there for a group's requests. */
export const contactNobody = command({
  verb: 'contact.nobody',
  opens: 'content',
  isTyped: false,
  access: { who: 'anyone' },
  effect: 'read',
  input: idInput,
  run: async (context, { id }) => {
    const { texts, actor, now, example } = context
    if (!(await wasTold(context, actor.personId, id, 'contact-nobody')))
      throw new UserError(texts.t('error.notFound', { example: example('next') }))
    const { alias, contactHours, endedAt } = await getGroup(context, id)
    const helpers = await listHelpers(context, id, now)
    const waiting = (await listOpenContacts(context, { groupIds: [id] })).filter(
      ({ avoidedIds }) => !avoidedIds.includes(actor.personId),
    )
    const isOffered = contactHours !== null && endedAt === null
    const unheard = unheardOn(helpers, isOffered, waiting)
    const facts = {
      alias,
      unheard,
      waiting: waiting.filter(({ addressee }) => unheard.includes(addressee)).length,
    }
    return { reply: { type: 'content', card: nobodyCard(texts, facts) } }
  },
})
