import { createHmac } from 'node:crypto'
import { z } from 'zod'
import { keysOf } from '../ballot/wrap.ts'
import type { Command, Context, ReadCommand, Result, WriteContext } from '../commands/command.ts'
import { linesFor } from '../commands/help-lines-for.ts'
import { applyEffects, type Services } from '../commands/services.ts'
import { hourOf } from '../domain/time.ts'
import { UserError } from '../errors.ts'
import type { Incoming } from '../platform.ts'
import { appendAudit } from '../store/audit.ts'
import type { Reader, Tx } from '../store/engine/transaction.ts'
import { claimRequest } from '../store/request.ts'
import type { Reply } from '../views/card.ts'
import { leadOnCard } from '../views/notice.ts'
import { answer } from './answer.ts'
import { authorise, type Person, readVerb, type VerbCall } from './authorise.ts'
import { COMMAND_TRANSACTION } from './deadline.ts'
import { identify, platformOf } from './identify.ts'
import { failure, refusal } from './refuse.ts'

/**
 * The door for what people do: finds out who it is, checks the rule, runs the verb in one
 * transaction with what it causes, and turns every failure into words. Null means that nothing is
 * to be said (a repeated request).
 */
export async function run(services: Services, incoming: Incoming): Promise<Reply | null> {
  const startedAt = performance.now()
  let texts = services.content.textsFor(incoming.sender.language ?? null)
  let command: Command | null = null
  let who: Pick<Context, 'organisation' | 'actor'> | null = null
  const done = (outcome: 'ok' | 'refused' | 'failed') => {
    if (command && !command.isUntraced)
      services.onDone?.({
        platform: incoming.platform,
        verb: command.verb,
        outcome,
        ms: performance.now() - startedAt,
      })
  }
  try {
    const platform = platformOf(services, incoming)
    const call = readVerb(texts, platform, incoming)
    command = call.command
    const { connection, actor } = await identify(services, texts, call.command, incoming)
    who = { organisation: connection.organisation, actor }
    texts = services.content.textsFor(actor.language ?? connection.organisation.language)
    const reply = await perform(services, call, {
      incoming,
      platform,
      connection,
      actor,
      texts,
    })
    if (command.changesSettings) services.identityCache.forget()
    done('ok')
    return reply
  } catch (error) {
    const request = {
      again: (next: Incoming) => run(services, next),
      texts,
      command,
      incoming,
      help: who && {
        lines: linesFor({ texts, content: services.content, ...who }),
        mayAsk: incoming.via === 'typed' && !who.actor.isStaff,
      },
    }
    if (error instanceof UserError || error instanceof z.ZodError) {
      done('refused')
      return await refusal(request, error)
    }
    done('failed')
    return await failure(request, services, error)
  }
}

async function perform(services: Services, call: VerbCall, person: Person): Promise<Reply | null> {
  const { command, input } = call
  if (command.effect === 'ballot') return await answer(services, command, person)
  if (command.effect === 'read') return await read(services, { command, input }, person)
  return await services.database.transaction(async (tx) => {
    if (command.effect === 'write' && !(await isFirst(services, tx, person))) return null
    const authorised = await authorise(services, tx, { command, input }, person)
    if ('reply' in authorised) return authorised.reply
    const { context } = authorised
    const act = async () => await command.handle(context, authorised.input)
    if (mustLeadOn(command, person))
      return await leadOn(context, { command, input: authorised.input }, act)
    const result = await act()
    await apply(services, context, result)
    return result.reply
  }, COMMAND_TRANSACTION)
}

async function read(
  services: Services,
  call: VerbCall<ReadCommand>,
  person: Person,
): Promise<Reply> {
  const { command } = call
  const authorised = await authorise<Reader>(services, services.database.db, call, person)
  if ('reply' in authorised) return authorised.reply
  const { context, input } = authorised
  const act = async () => await command.handle(context, input)
  return mustLeadOn(command, person)
    ? await leadOn(context, { command, input }, act)
    : (await act()).reply
}

const mustLeadOn = ({ opens }: Command, { incoming }: Person): boolean =>
  opens !== undefined && !incoming.canOpen

/**
 * For a request that cannot open a form or a result: the neutral card that leads to it. A form is
 * made once, so that what was typed is checked now; a result is not, so that nothing is recorded as
 * opened.
 */
async function leadOn(
  context: Context,
  { command, input }: VerbCall,
  make: () => Promise<Result>,
): Promise<Reply> {
  const what = command.opens ?? 'form'
  if (what === 'form') await make()
  const id = context.incoming.input.id ?? context.group?.id ?? null
  const card = leadOnCard(context.texts, what, {
    verb: command.verb,
    id,
    // A draft only where it is used: no card holds words that nobody reads.
    ...(input.text && command.takesText && !command.ignoresText ? { draft: input.text } : {}),
  })
  return { type: 'card', card }
}

/** Claims the request. A platform's retry, or an impatient second press, changes nothing. */
async function isFirst(
  services: Services,
  tx: Tx,
  { incoming, connection, actor }: Person,
): Promise<boolean> {
  const { keyring } = services.ballotKeys
  const digest = createHmac('sha256', keysOf(keyring, keyring.current).request)
    .update([incoming.platform, connection.id, incoming.requestId].join('\n'))
    .digest()
  return await claimRequest(
    { tx, organisationId: actor.organisationId },
    digest,
    services.clock.now(),
  )
}

async function apply(services: Services, context: WriteContext, result: Result): Promise<void> {
  await applyEffects(services, context, result)
  const { keyring } = context.ballotKeys
  const now = services.clock.now()
  for (const isUnnamed of [true, false]) {
    const actorId = isUnnamed ? null : context.actor.personId
    const facts = (result.audit ?? [])
      .filter((fact) => (fact.isUnnamed ?? false) === isUnnamed)
      .map(({ isUnnamed: _, ...fact }) => ({ ...fact, actorId }))
    await appendAudit(context, keyring, facts, isUnnamed ? hourOf(now) : now)
  }
}
