import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Command, Context, PlainCommand, Result } from '../commands/command.ts'
import { applyEffects, type Services } from '../commands/services.ts'
import { UserError } from '../errors.ts'
import type { Incoming } from '../platform.ts'
import type { Actor } from '../store/access.ts'
import { appendAudit } from '../store/audit.ts'
import { COMMAND_TRANSACTION, type Tx } from '../store/engine/database.ts'
import { claimRequest } from '../store/request.ts'
import type { Reply } from '../views/card.ts'
import { opener } from '../views/notice.ts'
import { answer } from './answer.ts'
import { authorise, identify, type Person, type Resolved, resolve } from './authorise.ts'
import { failure, refusal } from './refuse.ts'

/**
 * The one door for what people do: finds out who it is, checks the rule, runs the verb in one transaction with what it
 * causes, and turns every failure into words. Null means that nothing is to be said (a repeated request).
 */
export async function run(services: Services, incoming: Incoming): Promise<Reply | null> {
  const startedAt = performance.now()
  let texts = services.content.textsFor(incoming.sender.language ?? null)
  let command: Command | null = null
  const done = (outcome: 'ok' | 'refused' | 'failed') => {
    if (command && !command.isUntraced)
      services.onDone?.({ platform: incoming.platform, verb: command.verb, outcome, ms: performance.now() - startedAt })
  }
  try {
    const resolved = resolve(texts, incoming)
    command = resolved.command
    const { connection, actor } = await identify(services, texts, resolved.command, incoming)
    texts = services.content.textsFor(actor.language ?? connection.organisation.language)
    const reply = await perform(services, resolved, { incoming, connection, actor, texts })
    if (command.changesSettings) services.identityCache.forget()
    done('ok')
    return reply
  } catch (error) {
    if (error instanceof UserError || error instanceof z.ZodError) {
      done('refused')
      return await refusal((next) => run(services, next), texts, command, incoming, error)
    }
    done('failed')
    return await failure((next) => run(services, next), services, texts, command, incoming, error)
  }
}

async function perform(services: Services, { command, input: given }: Resolved, person: Person): Promise<Reply | null> {
  if (command.effect === 'ballot') return await answer(services, command, person)
  const { incoming } = person
  const act = async (tx: Tx): Promise<Reply | null> => {
    if (command.effect === 'write' && !(await isFirst(tx, services, person))) return null
    const authorised = await authorise(services, tx, { command, input: given }, person)
    if ('reply' in authorised) return authorised.reply
    const { context, input } = authorised
    if (command.opens && !incoming.canOpen) return await leadOn(context, { command, input }, command.opens)
    const result = await command.handle(context, input)
    await apply(services, tx, person.actor, result)
    return result.reply
  }
  return command.effect === 'read'
    ? await act(services.database.db)
    : await services.database.db.$transaction(act, COMMAND_TRANSACTION)
}

/**
 * For a request that cannot open a form or a result: the neutral card that leads to it. A form is made once, so that what
 * was typed is checked now; a result is not, so that nothing is recorded as opened.
 */
async function leadOn(
  context: Context,
  { command, input }: Resolved<PlainCommand>,
  what: 'form' | 'content',
): Promise<Reply> {
  if (what === 'form') await command.handle(context, input)
  const id = context.incoming.input.id ?? context.group?.id ?? null
  const card = opener(context.texts, what, { verb: command.verb, id, ...(input.text ? { draft: input.text } : {}) })
  return { type: 'message', card }
}

/** Takes the request's receipt. A platform's retry, or an impatient second press, changes nothing. */
async function isFirst(tx: Tx, services: Services, { incoming, connection, actor }: Person): Promise<boolean> {
  const digest = createHash('sha256').update([incoming.platform, connection.id, incoming.requestId].join('\n')).digest()
  return await claimRequest(tx, actor.organisationId, digest, services.clock.now())
}

async function apply(services: Services, tx: Tx, actor: Actor, result: Result): Promise<void> {
  await applyEffects(services, tx, actor.organisationId, result)
  const facts = (result.audit ?? []).map((fact) => ({ ...fact, actorId: actor.personId }))
  await appendAudit(tx, actor.organisationId, facts, services.clock.now())
}
