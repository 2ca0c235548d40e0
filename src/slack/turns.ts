import type { AckFn, RespondArguments, ViewResponseAction } from '@slack/bolt'
import type { WebClient } from '@slack/web-api'
import type { TextKey } from '../content/load.ts'
import type { Log } from '../log.ts'
import type { Incoming, OnIncoming } from '../platform.ts'
import type { OnRejected } from '../rejections.ts'
import type { Reply } from '../views/card.ts'
import { createAnswers, type Respond } from './answers.ts'
import { toPlatformError } from './failure.ts'
import { blockOf } from './fields.ts'
import { renderCardView, renderForm, renderHome, renderWaiting } from './render.ts'
import { createViews, type InView, problemCard } from './views.ts'

export type SlackDeps = {
  onIncoming: OnIncoming
  onRejected: OnRejected
  log: Log
  say(key: TextKey): string
  wall(): Date
}

/** Slack stops waiting at 3 s: past this a request is acknowledged, and answered later. */
const ANSWER_WITHIN_MS = 2_200

/**
 * The turn after each kind of request: run the verb, then answer so that only this person sees it.
 */
export function createTurns(client: WebClient, deps: SlackDeps) {
  const views = createViews(client, deps.say)
  const answers = createAnswers(deps.log)
  const busy = () => ({
    response_type: 'ephemeral' as const,
    replace_original: false,
    text: deps.say('error.busy'),
  })
  /** Told, not logged: it may be about a check-in, and a line would say when somebody came. */
  const sayBusy = async (respond: Respond | undefined) =>
    void (await respond?.(busy()).catch(() => {}))
  return {
    async command(
      parse: () => Promise<Incoming>,
      triggerId: string,
      ack: AckFn<string | RespondArguments>,
      respond: Respond,
    ): Promise<void> {
      const work = parse().then((incoming) => deps.onIncoming(incoming))
      const isInTime = await endsWithin(work, ANSWER_WITHIN_MS)
      if (!isInTime) await ack()
      const reply = await work
      if (reply?.type === 'form') {
        const isOpen = await opens(views.show(triggerId, null, reply))
        if (isInTime) await ack(isOpen ? undefined : busy())
        else if (!isOpen) await sayBusy(respond)
        return
      }
      const card = reply && 'card' in reply ? reply.card : null
      const isSent = card !== null && (!isInTime || answers.isDrawn(card))
      if (card && isSent) await answers.send(respond, card)
      if (isInTime) await ack(card && !isSent ? answers.text(card) : undefined)
    },
    async button(
      incoming: Incoming | null,
      triggerId: string,
      ack: AckFn<void>,
      /** Missing for a button in a view, such as the home tab. */
      respond: Respond | undefined,
      from: InView | null,
    ): Promise<void> {
      const work = incoming ? deps.onIncoming(incoming) : Promise.resolve(foreign())
      const isInTime = await endsWithin(work, ANSWER_WITHIN_MS)
      if (!isInTime) await ack()
      const reply = await work
      // A chart is drawn beside the message, not over it.
      if (respond && reply && 'card' in reply && answers.isDrawn(reply.card)) {
        await answers.send(respond, reply.card)
        return void (isInTime && (await ack()))
      }
      const isOpen = !reply || (await opens(views.show(triggerId, from, reply)))
      // Nobody can be told there; left unacknowledged, Slack itself marks the button as failed.
      if (!isOpen && !respond) return
      if (isInTime) await ack()
      if (!isOpen) await sayBusy(respond)
    },
    /**
     * Bolt has acknowledged it already; a home tab that cannot be drawn now is drawn at its next
     * opening.
     */
    async home(incoming: Incoming | null): Promise<void> {
      const reply = incoming && (await deps.onIncoming(incoming))
      if (!reply || !('card' in reply)) return
      try {
        await client.views.publish({
          user_id: incoming.sender.externalId,
          view: renderHome(reply.card),
        })
      } catch (error) {
        deps.log.warn('slack.home', { reason: toPlatformError(error, false).code })
      }
    },
    /**
     * A form that takes long says so in its own place, until what came of it takes that; or at its
     * first field, where what was chosen must not be lost.
     */
    async form(
      parse: () => Promise<Incoming | null>,
      ack: AckFn<ViewResponseAction>,
      { id, waitsOpenAt, round }: { id: string; waitsOpenAt: string | null; round: number },
    ): Promise<void> {
      const work = parse().then(async (incoming) =>
        incoming ? await deps.onIncoming(incoming) : foreign(),
      )
      if (await endsWithin(work, ANSWER_WITHIN_MS)) return await ack(answerOf(await work, round))
      if (waitsOpenAt !== null) {
        const errors = { [waitsOpenAt]: deps.say('error.sendAgain') }
        await ack({ response_action: 'errors', errors })
        return void (await work)
      }
      await ack({ response_action: 'update', view: renderWaiting(deps.say) })
      const reply = await work
      if (reply) await views.replace(id, reply, round + 1).catch(() => {})
    },
  }

  /** A button or form that this app did not make, or reads no more: counted, and said. */
  function foreign(): Reply {
    deps.onRejected('slack', { reason: 'foreign' })
    return { type: 'done', card: problemCard(deps.say('error.badRequest')) }
  }

  /** The answer to a form that was sent; undefined: it closes. */
  function answerOf(reply: Reply | null, round: number): ViewResponseAction | undefined {
    if (!reply) return undefined
    if (reply.type === 'errors' && reply.isAnew && reply.form) {
      const problems = views.problemsOf(reply.form, reply.fields)
      return { response_action: 'update', view: renderForm(reply.form, problems, round + 1) }
    }
    if (reply.type === 'errors') {
      const errors = Object.fromEntries(
        Object.entries(reply.fields).map(([name, text]) => [blockOf(name, round), text]),
      )
      return { response_action: 'errors', errors }
    }
    const view =
      'card' in reply
        ? renderCardView(reply.card, deps.say('button.close'))
        : renderForm(reply.form)
    return { response_action: 'update', view }
  }
}

/**
 * Whether a form or result could be opened: its trigger may have expired, or Slack may not have
 * answered.
 */
async function opens(opening: Promise<void>): Promise<boolean> {
  return await opening.then(
    () => true,
    () => false,
  )
}

/** Whether work ended in time; it goes on either way. */
async function endsWithin(work: Promise<unknown>, ms: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<false>()
  const patience = setTimeout(() => resolve(false), ms)
  return await Promise.race([work.then(() => true), promise]).finally(() => clearTimeout(patience))
}
