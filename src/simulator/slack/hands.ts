import type { Surface } from '../surface.ts'
import { emptySurface, plainText } from '../surface.ts'
import type { BotAnswer, Filled, Seen } from '../workspace.ts'
import { checkMessage, checkView } from './limits.ts'
import { closeView, showView, topView, viewObject } from './modals.ts'
import type { Sender, SlackAnswer } from './send.ts'
import {
  BOT_USER,
  channelsOf,
  directOf,
  newHook,
  newTrigger,
  post,
  type SlackState,
  see,
  workspaceOf,
} from './state.ts'
import { type Json, stateOf } from './wire.ts'

/**
 * A button where it stands: in a message, in a view, or (a story's way) in something that was seen.
 */
type ButtonPlace = { messageId: string } | { viewId: string } | { place: string }

/** The acts of a person in Slack, each as the requests that Slack sends for it. */
export type SlackHands = {
  typeIn(place: string, person: string, line: string): Promise<BotAnswer>
  pressButton(person: string, at: ButtonPlace, button: Json): Promise<BotAnswer>
  submitForm(person: string, filled: Filled): Promise<BotAnswer>
  /** Closes the modal in front; the bot hears of it when the view asked for that. */
  closeForm(person: string): Promise<void>
  /** Opens the app's home tab. */
  openHome(person: string): Promise<void>
}

export function createHands(
  state: SlackState,
  sender: Sender,
  hookUrl: (id: string) => string,
): SlackHands {
  const userRef = (person: string) => ({
    id: person,
    username: person.toLowerCase(),
    name: person.toLowerCase(),
    team_id: workspaceOf(state, person).teamId,
  })
  /** The words of Slack's client when the bot did not answer as it should. */
  const problemOf = (answer: SlackAnswer): BotAnswer => {
    const { status, body, isLate } = answer
    if (isLate) return { status, body: null, problem: 'operation_timeout' }
    return status === 200
      ? { status, body }
      : { status, body, problem: status >= 500 ? 'http_service_error' : 'dispatch_failed' }
  }

  /** Slack names no private channel to an app: each is "privategroup". */
  const nameOf = (place: string, person: string): string => {
    if (place.startsWith('D')) return 'directmessage'
    const channel = channelsOf(workspaceOf(state, person)).find(({ id }) => id === place)
    return channel?.isPrivate ? 'privategroup' : (channel?.name ?? 'channel')
  }

  async function typeIn(place: string, person: string, line: string): Promise<BotAnswer> {
    if (!state.app.scopes.includes('commands'))
      throw new Error('Slack has no slash command of this app: no commands scope')
    const { teamId } = workspaceOf(state, person)
    closeView(state, person, true)
    const answer = problemOf(
      await sender.sendForm({
        token: 'unused',
        team_id: teamId,
        team_domain: 'demo',
        channel_id: place,
        channel_name: nameOf(place, person),
        user_id: person,
        user_name: person.toLowerCase(),
        command: '/group',
        text: line,
        api_app_id: 'A0GROUPWELL',
        is_enterprise_install: 'false',
        response_url: hookUrl(newHook(state, person, place, null)),
        trigger_id: newTrigger(state, person),
      }),
    )
    const body = answer.body
    if (answer.problem || body === null || body === '') return answer
    const payload = typeof body === 'string' ? { text: body } : (body as Json)
    const complaints = checkMessage(payload)
    if (complaints.length > 0)
      throw new Error(`Slack would refuse the reply: ${complaints.join('; ')}`)
    const isPublic = payload.response_type === 'in_channel'
    post(state, { place, author: 'bot', onlyFor: isPublic ? null : person, payload })
    see(state, isPublic ? 'channel' : 'private', person, {
      payload: body,
      shown: payload,
      notification: null,
    })
    return answer
  }

  async function pressButton(person: string, at: ButtonPlace, button: Json): Promise<BotAnswer> {
    const { teamId } = workspaceOf(state, person)
    const shown = 'viewId' in at ? state.views.get(at.viewId) : undefined
    const message =
      'messageId' in at ? state.journal.messages.find(({ id }) => id === at.messageId) : undefined
    const place = message?.place ?? ('place' in at ? at.place : directOf(person))
    const where = shown
      ? { container: { type: 'view', view_id: shown.id }, view: viewObject(state, shown) }
      : {
          container: {
            type: 'message',
            message_ts: message?.id ?? '0',
            channel_id: place,
            is_ephemeral: (message?.onlyFor ?? null) !== null,
          },
          channel: { id: place, name: nameOf(place, person) },
          message: { ts: message?.id ?? '0', user: BOT_USER, ...message?.payload },
          response_url: hookUrl(newHook(state, person, place, message?.id ?? null)),
        }
    const { action_id, block_id, value, text, style } = button
    const action = {
      type: 'button',
      action_id,
      block_id,
      value,
      text,
      style,
      action_ts: String(Date.now() / 1000),
    }
    return problemOf(
      await sender.interact(teamId, {
        type: 'block_actions',
        user: userRef(person),
        trigger_id: newTrigger(state, person, shown?.view.type === 'modal' ? shown.id : null),
        ...where,
        actions: [action],
      }),
    )
  }

  async function submitForm(person: string, filled: Filled): Promise<BotAnswer> {
    const form = topView(state, person)
    if (!form) throw new Error(`no form is open for ${person}`)
    const answer = problemOf(
      await sender.interact(workspaceOf(state, person).teamId, {
        type: 'view_submission',
        user: userRef(person),
        trigger_id: newTrigger(state, person, form.id),
        response_urls: [],
        view: { ...viewObject(state, form), state: { values: stateOf(form.seen.surface, filled) } },
      }),
    )
    if (answer.problem) return answer
    const body = answer.body as Json | null
    const action = body && typeof body === 'object' ? body.response_action : undefined
    if (action === 'errors') seeErrors(person, body as Json, form.seen.surface)
    else if (action === 'update' || action === 'push') {
      const view = (body as Json).view as Json
      const complaints = checkView(view)
      if (complaints.length > 0)
        throw new Error(`Slack would refuse the view: ${complaints.join('; ')}`)
      showView(state, person, {
        payload: body,
        view,
        ...(action === 'update' ? { replaces: form } : { isPushed: true }),
      })
    } else closeView(state, person, action === 'clear')
    return answer
  }

  function seeErrors(person: string, body: Json, surface: Surface): void {
    const lines = Object.entries((body.errors ?? {}) as Record<string, string>).map(
      ([block, text]) => {
        const input = surface.inputs.find(({ at }) => at.block === block)
        if (!input) throw new Error(`Slack would refuse an error for ${block}: no such input`)
        return `${input.label}: ${text}`
      },
    )
    const shown: Surface = { ...emptySurface('form-errors', surface.title), reading: lines }
    const seen: Seen = {
      at: state.now().toISOString(),
      platform: 'slack',
      audience: 'form',
      person,
      kind: 'form-errors',
      notification: null,
      text: plainText(shown),
      payload: body,
      surface: shown,
    }
    state.journal.seen.push(seen)
    state.journal.onChange()
  }

  return {
    typeIn,
    pressButton,
    submitForm,
    async closeForm(person) {
      const form = topView(state, person)
      closeView(state, person, false)
      if (form?.view.notify_on_close !== true) return
      await sender.interact(workspaceOf(state, person).teamId, {
        type: 'view_closed',
        user: userRef(person),
        view: viewObject(state, form),
        is_cleared: false,
      })
    },
    async openHome(person) {
      const { teamId } = workspaceOf(state, person)
      const home = state.views.get(state.homes.get(person) ?? '')
      await sender.event(teamId, {
        type: 'app_home_opened',
        user: person,
        channel: directOf(person),
        tab: 'home',
        event_ts: String(Date.now() / 1000),
        ...(home ? { view: viewObject(state, home) } : {}),
      })
    },
  }
}
