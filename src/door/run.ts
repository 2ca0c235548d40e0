import { createHmac, randomUUID } from 'node:crypto'
import { z } from 'zod'
import { keysOf } from '../ballot/wrap.ts'
import type { Command, Context, ReadCommand, Result, WriteContext } from '../commands/command.ts'
import { type LinesContext, linesFor } from '../commands/help-lines-for.ts'
import type { Press, Served } from '../commands/recent-answers.ts'
import { applyEffects, type Services } from '../commands/services.ts'
import { hourOf } from '../domain/time.ts'
import { UserError } from '../errors.ts'
import type { Incoming } from '../platform.ts'
import { appendAudit } from '../store/audit.ts'
import type { Reader, Tx } from '../store/engine/transaction.ts'
import { forgetPeople } from '../store/forget.ts'
import { claimRequest } from '../store/request.ts'
import type { Reply } from '../views/card.ts'
import { leadOnCard, sentAlready } from '../views/notice.ts'
import { within } from '../within.ts'
import { answer } from './answer.ts'
import { authorise, type Person, readVerb, type VerbCall } from './authorise.ts'
import { COMMAND_TRANSACTION, REQUEST_WITHIN_MS } from './deadline.ts'
import { identify, platformOf } from './identify.ts'
import { lockKept, mergeSent, openKept } from './kept-form.ts'
import { asMeant } from './older-buttons.ts'
import { failure, refusal } from './refuse.ts'
import { findCommand } from './registry.ts'

/**
 * The door for what people do: finds out who it is, checks the rule, runs the verb in one
 * transaction with what it causes, and turns every failure into words. Null means that nothing is
 * to be said (a repeated request).
 */
export async function run(services: Services, incoming: Incoming): Promise<Reply | null> {
  // A store that does not answer is told of by the request itself.
  const meaning = asMeant(services, incoming)
  const meant = await within(REQUEST_WITHIN_MS, meaning).catch(() => incoming)
  const { reply, texts } = await serve(services, meant)
  return reply && { ...withKey(services, reply), language: texts.language }
}

/** A form gets an id of its own, by which it counts once. A check-in's answer may be changed. */
function withKey({ newId }: Services, reply: Reply): Reply {
  if (reply.type !== 'form' || findCommand(reply.form.verb)?.isUntraced) return reply
  return { ...reply, form: { ...reply.form, key: (newId ?? randomUUID)() } }
}

async function serve(services: Services, incoming: Incoming): Promise<Served> {
  const startedAt = performance.now()
  let texts = services.content.textsFor(incoming.sender.language ?? null)
  let command: Command | null = null
  const met: { who: Pick<Context, 'organisation' | 'actor'> | null } = { who: null }
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
    if (incoming.via !== 'typed' && !findCommand(incoming.verb))
      services.onRejected(incoming.platform, { reason: 'foreign' })
    const call = readVerb(texts, platform, incoming)
    command = call.command
    const act = async (): Promise<Served> => {
      const { connection, actor, isNew } = await identify(services, texts, call.command, incoming)
      met.who = { organisation: connection.organisation, actor }
      texts = services.content.textsFor(actor.language ?? connection.organisation.language)
      const person = { incoming, platform, connection, actor, texts, isNew }
      const reply = await perform(services, call, person)
      // Also when nobody waits for it any longer.
      if (call.command.changesSettings) services.identityCache.forget()
      return { reply, texts }
    }
    // Two presses get one answer twice, as long as this process remembers it.
    const serving =
      command.effect === 'write' && incoming.via !== 'typed'
        ? services.recentAnswers.once(pressOf(incoming), act)
        : act()
    const served = await within(REQUEST_WITHIN_MS, serving)
    done('ok')
    return served
  } catch (error) {
    const request = {
      again: (next: Incoming) => run(services, next),
      texts,
      command,
      incoming,
      help: {
        lines: linesFor({
          texts,
          content: services.content,
          ...(met.who ?? nobodyKnown(incoming)),
        }),
        mayAsk: incoming.via === 'typed' && met.who !== null && !met.who.actor.isStaff,
      },
    }
    if (error instanceof UserError || error instanceof z.ZodError) {
      done('refused')
      return { reply: await refusal(request, error), texts }
    }
    done('failed')
    return { reply: await failure(request, services, error), texts }
  }
}

/** The store did not answer, or does not know the workspace: what the request itself tells. */
const nobodyKnown = ({ sender }: Incoming): Pick<LinesContext, 'organisation' | 'actor'> => ({
  organisation: { country: '', crisisLines: null },
  actor: { timeZone: sender.timeZone ?? null, linesCountry: null },
})

async function perform(services: Services, call: VerbCall, person: Person): Promise<Reply | null> {
  const { command, input } = call
  if (command.effect === 'ballot') return await answer(services, command, person)
  if (command.effect === 'read') return await read(services, { command, input }, person)
  return await services.database.transaction(async (tx) => {
    if (command.effect === 'write' && !(await isFirst(services, tx, person)))
      return await repeated(tx, person)
    const first = await authorise(services, tx, { command, input }, person)
    if ('reply' in first) return first.reply
    // Nobody holds a lock who may not; and what was read before it is read again.
    const isLocked = await lockKept(first.context, command, input)
    const authorised = isLocked ? await authorise(services, tx, { command, input }, person) : first
    if ('reply' in authorised) return authorised.reply
    const merged = await mergeSent(authorised.context, command, authorised.input)
    const { context } = merged
    const act = async () => await command.handle(context, merged.input)
    if (mustLeadOn(command, person))
      return await leadOn(context, { command, input: merged.input }, act)
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
  const act = async () => await openKept(command, context, input)
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

/**
 * Nothing is done twice. Somebody who was forgotten by the first sending, as by leaving, has been
 * met again by this one: they are forgotten once more.
 */
async function repeated(tx: Tx, person: Person): Promise<Reply | null> {
  if (!isForm(person.incoming)) return null
  const { organisationId, personId } = person.actor
  if (person.isNew) await forgetPeople({ tx, organisationId }, [personId])
  return { type: 'done', card: sentAlready(person.texts) }
}

/**
 * The name under which a request counts once. A form's is its own id, with who sent it: two presses
 * have two ids of the platform.
 */
function nameOf({ ballotKeys: { keyring } }: Services, incoming: Incoming): Uint8Array {
  const { platform, workspaceId, sender, input, requestId } = incoming
  const named = isForm(incoming)
    ? ['form', platform, workspaceId, sender.externalId, input.key]
    : [platform, workspaceId, requestId]
  return createHmac('sha256', keysOf(keyring, keyring.current).request)
    .update(named.join('\n'))
    .digest()
}

/** The press of a form, by the form's own id; or of a button, by what it does to what. */
function pressOf(incoming: Incoming): Press {
  const { platform, workspaceId, sender, verb, input, requestId } = incoming
  const hasValues = Object.keys(input.values ?? {}).length > 0
  const what = input.key ?? (hasValues ? requestId : (input.id ?? ''))
  return {
    person: [platform, workspaceId, sender.externalId].join(' '),
    pressed: `${verb} ${what}`,
    forMs: isForm(incoming) ? FORM_AGAIN_MS : BUTTON_AGAIN_MS,
  }
}

/** Two presses of a button are a moment apart; later ones mean something else. */
const BUTTON_AGAIN_MS = 2_000
/** A form that was sent is over. Platforms send one again within a minute. */
const FORM_AGAIN_MS = 2 * 60_000

const isForm = ({ via, input }: Incoming): boolean => via === 'form' && input.key !== undefined

/** Claims the request. A platform's retry, or an impatient second press, changes nothing. */
async function isFirst(services: Services, tx: Tx, { actor, incoming }: Person): Promise<boolean> {
  return await claimRequest(
    { tx, organisationId: actor.organisationId },
    nameOf(services, incoming),
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
