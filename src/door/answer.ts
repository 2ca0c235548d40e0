import { z } from 'zod'
import type { AnsweringCommand } from '../commands/command.ts'
import type { Services } from '../commands/services.ts'
import { isAllowed } from '../domain/access.ts'
import { UserError } from '../errors.ts'
import { lockForAnswer } from '../store/ballot.ts'
import type { Reply } from '../views/card.ts'
import { notAllowed, type Person } from './authorise.ts'
import { COMMAND_TRANSACTION } from './deadline.ts'

/**
 * The door's way for answers: the same rule, asked in one statement together with the check-in's
 * lock, in a transaction of hand-written statements. It can write boxes and nothing else.
 */
export async function answer(
  services: Services,
  command: AnsweringCommand,
  person: Person,
): Promise<Reply> {
  const { actor, texts, incoming, connection } = person
  const notFound = () =>
    new UserError(texts.t('error.notFound', { example: `${person.platform.prefix}next` }))
  const id = z.uuid().safeParse(incoming.input.id)
  if (!id.success) throw notFound()
  return await services.database.sqlTransaction(async (tx) => {
    const checkIn = await lockForAnswer(
      { tx, organisationId: actor.organisationId },
      id.data,
      actor.personId,
    )
    // Somebody who has no place in a group does not learn that it exists.
    if (!checkIn || checkIn.role === null) throw notFound()
    const { isStaff, isAdmin } = actor
    if (
      !isAllowed(command.access, {
        isStaff,
        isAdmin,
        isSupervisor: false,
        roleInGroup: checkIn.role,
      })
    )
      throw notAllowed(texts, command)
    const { content, ballotKeys, clock } = services
    const context = {
      tx,
      organisationId: actor.organisationId,
      checkIn,
      actor,
      texts,
      content,
      ballotKeys,
      organisation: connection.organisation,
      now: clock.now(),
      sentAt: (incoming.sentAt ?? clock.wall()).getTime(),
    }
    return await command.answer(context, incoming.input)
  }, COMMAND_TRANSACTION)
}
