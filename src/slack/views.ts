import type { WebClient } from '@slack/web-api'
import type { TextKey } from '../content/load.ts'
import { type Card, type Form, type Reply, text } from '../views/card.ts'
import { isConflict, isViewGone } from './failure.ts'
import { renderCardView, renderForm } from './render.ts'

/** The modal that a press or a sending came from. */
export type InView = { id: string; hash: string }

/**
 * Shows forms and results as modals: opened by a trigger; in place of the modal that a press came
 * from, since Slack promises nothing of a second one opened over it.
 */
export type Views = {
  problemsOf(form: Form, problems: Readonly<Record<string, string>>): string[]
  /** Rejects when Slack does not take it: the trigger is old, or nothing came back. */
  show(triggerId: string, from: InView | null, reply: Reply): Promise<void>
  /** Puts what came of a form in the place of the one that says to wait. */
  replace(viewId: string, reply: Reply, round: number): Promise<void>
}

/** Each problem with the name of its field in front, for above a form. */
const problemsOf = (form: Form, problems: Readonly<Record<string, string>>): string[] =>
  Object.entries(problems).map(([name, problem]) => {
    const label = form.fields.find((field) => field.name === name)?.label
    return label === undefined ? problem : `${label}: ${problem}`
  })

/** A line that stands alone, for what went wrong. */
export const problemCard = (words: string): Card => ({
  kind: 'problem',
  title: words,
  notification: words,
  blocks: [text(words)],
})

export function createViews(client: WebClient, say: (key: TextKey) => string): Views {
  const viewOf = (reply: Reply, round = 1) => {
    if (reply.type === 'form') return renderForm(reply.form)
    if (reply.type === 'errors')
      return reply.form
        ? renderForm(reply.form, problemsOf(reply.form, reply.fields), round)
        : renderCardView(problemCard(reply.message), say('button.close'))
    return renderCardView(reply.card, say('button.close'))
  }
  return {
    problemsOf,
    async show(triggerId, from, reply) {
      const view = viewOf(reply)
      const open = async () => void (await client.views.open({ trigger_id: triggerId, view }))
      if (!from) return await open()
      try {
        await client.views.update({ view_id: from.id, hash: from.hash, view })
      } catch (error) {
        // Another press was first, and what it led to stands there.
        if (isConflict(error)) return
        if (!isViewGone(error)) throw error
        // They closed it meanwhile: nothing is open that it could be in the way of.
        await open()
      }
    },
    async replace(viewId, reply, round) {
      await client.views.update({ view_id: viewId, view: viewOf(reply, round) })
    },
  }
}
