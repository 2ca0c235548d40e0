import type { AckFn, RespondArguments, ViewResponseAction } from '@slack/bolt'
import type { WebClient } from '@slack/web-api'
import type { TextKey } from '../content/load.ts'
import { messageOf } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Incoming, OnIncoming } from '../platform.ts'
import { toPlatformError } from './failure.ts'
import { renderCardView, renderForm, renderHome, renderMessage } from './render.ts'
import { createViews } from './views.ts'

export type SlackDeps = {
  onIncoming: OnIncoming
  log: Log
  say(key: TextKey): string
  wall(): Date
}

/** Slack stops waiting at 3 s: past this a read is acknowledged empty and answered later. */
const ANSWER_WITHIN_MS = 2_200

/**
 * The turn after each kind of request: run the verb, then answer so that only this person sees it.
 */
export function createTurns(client: WebClient, deps: SlackDeps) {
  const openView = createViews(client, deps)
  return {
    async command(
      parse: () => Promise<Incoming>,
      triggerId: string,
      ack: AckFn<string | RespondArguments>,
      respond: (message: RespondArguments) => Promise<unknown>,
    ): Promise<void> {
      const work = parse().then((incoming) => deps.onIncoming(incoming))
      const isInTime = await endsWithin(work, ANSWER_WITHIN_MS)
      if (!isInTime) await ack()
      const reply = await work
      if (reply?.type === 'form') {
        const isOpen = await opens(openView(triggerId, reply))
        if (isInTime)
          await ack(
            isOpen ? undefined : { response_type: 'ephemeral', text: deps.say('error.busy') },
          )
        return
      }
      const message =
        reply && 'card' in reply
          ? ({ response_type: 'ephemeral', ...renderMessage(reply.card) } as const)
          : undefined
      if (isInTime) await ack(message)
      else if (message)
        await respond(message).catch((error: unknown) =>
          deps.log.warn('slack.reply', { reason: messageOf(error).slice(0, 100) }),
        )
    },
    async button(
      incoming: Incoming | null,
      triggerId: string,
      ack: AckFn<void>,
      /** Missing for a button in a view, such as the home tab. */
      respond: ((message: RespondArguments) => Promise<unknown>) | undefined,
    ): Promise<void> {
      if (!incoming) return await ack()
      const reply = await deps.onIncoming(incoming)
      const isOpen = !reply || (await opens(openView(triggerId, reply)))
      // Nobody can be told there; left unacknowledged, Slack itself marks the button as failed. No
      // line is logged, see below.
      if (!isOpen && !respond) return
      await ack()
      // Told, not logged: the button may be a check-in's, and a line would say when somebody came.
      if (!isOpen)
        await respond?.({
          response_type: 'ephemeral',
          replace_original: false,
          text: deps.say('error.busy'),
        }).catch(() => {})
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
    async form(
      parse: () => Promise<Incoming | null>,
      ack: AckFn<ViewResponseAction>,
    ): Promise<void> {
      const incoming = await parse()
      const reply = incoming && (await deps.onIncoming(incoming))
      if (!reply) return await ack()
      if (reply.type === 'errors') {
        const errors = Object.fromEntries(
          Object.entries(reply.fields).map(([name, text]) => [`field:${name}`, text]),
        )
        return await ack({ response_action: 'errors', errors })
      }
      const view =
        'card' in reply
          ? renderCardView(reply.card, deps.say('button.close'))
          : renderForm(reply.form)
      await ack({ response_action: 'update', view })
    },
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
