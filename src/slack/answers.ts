import type { RespondArguments } from '@slack/bolt'
import { messageOf } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Card } from '../views/card.ts'
import { toPlatformError } from './failure.ts'
import { hasCharts, renderMessage } from './render.ts'

export type Respond = (message: RespondArguments) => Promise<unknown>

/**
 * Private answers beside a command or a message: only their reader sees them, and no banner carries
 * them. Slack draws charts there and in no modal; one that it refuses is left out, since the same
 * stands beside it as text.
 */
export function createAnswers(log: Log) {
  /** Set when Slack refused one: it is not asked again until the next start. */
  let refusesCharts = false
  const privately = (card: Card, draws: 'charts' | 'text') =>
    ({
      response_type: 'ephemeral',
      replace_original: false,
      ...renderMessage(card, draws),
    }) as const
  return {
    /**
     * Whether an answer has to be sent by itself: the acknowledgement does not say if it was taken.
     */
    isDrawn: (card: Card): boolean => hasCharts(card) && !refusesCharts,
    text: (card: Card) => privately(card, 'text'),
    async send(respond: Respond, card: Card): Promise<void> {
      if (hasCharts(card) && !refusesCharts) {
        try {
          return void (await respond(privately(card, 'charts')))
        } catch (error) {
          log.warn('slack.chartsRefused', { reason: toPlatformError(error, false).code })
          refusesCharts = true
        }
      }
      await respond(privately(card, 'text')).catch((error: unknown) =>
        log.warn('slack.reply', { reason: messageOf(error).slice(0, 100) }),
      )
    },
  }
}
