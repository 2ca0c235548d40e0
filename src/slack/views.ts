import type { WebClient } from '@slack/web-api'
import type { TextKey } from '../content/load.ts'
import type { Log } from '../log.ts'
import type { Reply } from '../views/card.ts'
import { isRefusedBlock, toPlatformError } from './failure.ts'
import { hasCharts, renderCardView, renderForm } from './render.ts'

/**
 * Opens forms and results as modals. A chart that Slack refuses is left out: the same content
 * stands beside it as text.
 */
export function createViews(
  client: WebClient,
  deps: { say(key: TextKey): string; log: Log },
): (triggerId: string, reply: Reply) => Promise<void> {
  /** Set when this workspace's Slack refused one: it is not asked again until the next start. */
  let refusesCharts = false
  return async (triggerId, reply) => {
    if (reply.type === 'form')
      return void (await client.views.open({ trigger_id: triggerId, view: renderForm(reply.form) }))
    if (!('card' in reply)) return
    const openCard = async (draws: 'charts' | 'text') =>
      void (await client.views.open({
        trigger_id: triggerId,
        view: renderCardView(reply.card, deps.say('button.close'), draws),
      }))
    if (refusesCharts || !hasCharts(reply.card)) return await openCard('text')
    try {
      await openCard('charts')
    } catch (error) {
      if (!isRefusedBlock(error)) throw error
      deps.log.warn('slack.chartsRefused', { reason: toPlatformError(error, false).code })
      refusesCharts = true
      await openCard('text').catch((again: unknown) => {
        // When the text is refused as well, it was not the chart.
        if (isRefusedBlock(again)) refusesCharts = false
        throw again
      })
    }
  }
}
