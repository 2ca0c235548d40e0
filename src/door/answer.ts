import { z } from 'zod'
import type { AnsweringCommand } from '../commands/command.ts'
import type { Services } from '../commands/services.ts'
import { isAllowed } from '../domain/access.ts'
import { MINUTE_MS } from '../domain/time.ts'
import { UserError } from '../errors.ts'
import type { Incoming } from '../platform.ts'
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
      sentAt: sentAtOf(incoming, clock.wall()),
    }
    return await command.answer(context, incoming.input)
  }, COMMAND_TRANSACTION)
}

/**
 * When a request was sent, in ms since 1970: as its platform says, or now. One from the future
 * would lock its sender's box until then.
 */
function sentAtOf({ sentAt }: Incoming, wall: Date): number {
  return Math.min((sentAt ?? wall).getTime(), wall.getTime() + MOST_AHEAD_MS)
}
/** Platforms' clocks may differ from ours by so much (slack/signed.ts). */
const MOST_AHEAD_MS = 5 * MINUTE_MS
