import { randomUUID } from 'node:crypto'
import { type Surface, teamsSurface } from '../surface.ts'
import type { BotAnswer, Filled } from '../workspace.ts'
import { checkCard, checkDialog } from './limits.ts'
import type { Sender } from './send.ts'
import {
  BOT_ID,
  channelOf,
  chatOf,
  type Json,
  mriOf,
  post,
  see,
  showDialog,
  type TeamsState,
  tenantOf,
} from './state.ts'

/**
 * Where somebody types: in their own chat with the bot, or in a channel, with a mention or as a
 * private slash message.
 */
type Place = 'personal' | 'mention' | 'targeted'

/** The acts of a person in Teams, each as the activity that Teams sends for it. */
export type TeamsHands = {
  typeIn(place: Place, person: string, line: string): Promise<BotAnswer>
  /**
   * Presses a button of a card; `messageId` is the message that the answer may take the place of.
   */
  pressAction(person: string, action: Json, messageId: string | null): Promise<BotAnswer>
  submitForm(person: string, filled: Filled): Promise<BotAnswer>
  /** Closes the dialog; the bot hears nothing of it. */
  closeForm(person: string): Promise<void>
  /** Adds the app to their own chat: the bot learns where to reach them. */
  install(person: string): Promise<BotAnswer>
  uninstall(person: string): Promise<BotAnswer>
  /** Joins the team's channel. */
  join(person: string): Promise<BotAnswer>
  block(person: string): void
}

export function createHands(state: TeamsState, { send, activity }: Sender): TeamsHands {
  const inChannel = (person: string) => {
    const tenant = tenantOf(state, person)
    return { id: channelOf(tenant), conversationType: 'channel', tenantId: tenant.tenantId }
  }

  async function typeIn(place: Place, person: string, line: string): Promise<BotAnswer> {
    if (place === 'personal') {
      // Teams offers a chat with an app only to those who added it.
      state.installed.add(person)
      state.removed.delete(person)
      // Teams lets nobody write to an app that they have blocked: who writes has unblocked it.
      state.blocked.delete(person)
      const id = randomUUID()
      post(state, {
        id,
        place: chatOf(person),
        author: person,
        onlyFor: null,
        payload: { text: line },
      })
      return await send(activity(person, { id, type: 'message', text: line }))
    }
    const conversation = inChannel(person)
    const id = randomUUID()
    const isTargeted = place === 'targeted'
    const typed = isTargeted ? line : `@Groupwell ${line}`
    post(state, {
      id,
      place: conversation.id,
      author: person,
      onlyFor: isTargeted ? person : null,
      payload: { text: typed },
    })
    if (isTargeted) {
      const recipient = { id: BOT_ID, name: 'Groupwell', isTargeted: true }
      return await send(
        activity(person, { id, type: 'message', text: line, conversation, recipient }),
      )
    }
    const entities = [
      { type: 'mention', text: '<at>Groupwell</at>', mentioned: { id: BOT_ID, name: 'Groupwell' } },
    ]
    return await send(
      activity(person, {
        id,
        type: 'message',
        text: `<at>Groupwell</at> ${line}`,
        entities,
        conversation,
      }),
    )
  }

  async function pressAction(
    person: string,
    action: Json,
    messageId: string | null,
  ): Promise<BotAnswer> {
    const data = (action.data ?? {}) as Json
    const isDialog = (data.msteams as Json | undefined)?.type === 'task/fetch'
    const message = state.journal.messages.find(({ id }) => id === messageId)
    const conversation =
      message && message.place !== chatOf(person) ? { conversation: inChannel(person) } : {}
    const reply = messageId === null ? {} : { replyToId: messageId }
    // A submit of a dialog's card is the dialog's own, also where it stands open on another device:
    // nothing is fetched from within one.
    const isOfDialog = action.type === 'Action.Submit' && !isDialog
    if (messageId === null && (isOfDialog || state.dialogs.has(person)))
      return readDialog(
        person,
        await send(activity(person, { type: 'invoke', name: 'task/submit', value: { data } })),
      )
    if (isDialog) {
      const value = { data, context: { theme: 'default' } }
      return readDialog(
        person,
        await send(
          activity(person, {
            type: 'invoke',
            name: 'task/fetch',
            value,
            ...conversation,
            ...reply,
          }),
        ),
      )
    }
    // Clients that do not know Action.Execute submit its data as a message.
    if (action.type === 'Action.Submit')
      return await send(
        activity(person, { type: 'message', value: data, ...conversation, ...reply }),
      )
    const value = { action: { type: action.type, verb: action.verb, data } }
    const answer = await send(
      activity(person, {
        type: 'invoke',
        name: 'adaptiveCard/action',
        value,
        ...conversation,
        ...reply,
      }),
    )
    const card = answer.body as Json | null
    if (answer.problem || card?.type !== 'application/vnd.microsoft.card.adaptive') return answer
    const content = (card.value ?? {}) as Json
    const complaints = checkCard(content)
    if (complaints.length > 0)
      throw new Error(`Teams would refuse the card: ${complaints.join('; ')}`)
    if (message) {
      message.payload = { ...message.payload, attachments: [{ contentType: card.type, content }] }
      message.isEdited = true
    }
    see(state, 'private', person, {
      payload: card,
      surface: teamsSurface(content, null),
      notification: null,
    })
    return answer
  }

  async function submitForm(person: string, filled: Filled): Promise<BotAnswer> {
    const dialog = state.dialogs.get(person)
    const action = ((dialog?.card.actions ?? []) as Json[])[0]
    if (!dialog || !action) throw new Error(`no dialog is open for ${person}`)
    const data = { ...(action.data as Json), ...fieldsOf(dialog.seen.surface, filled) }
    return readDialog(
      person,
      await send(activity(person, { type: 'invoke', name: 'task/submit', value: { data } })),
    )
  }

  /** A dialog's answer: the next card, or nothing, which closes it. */
  function readDialog(person: string, answer: BotAnswer): BotAnswer {
    if (answer.problem) return answer
    const task = ((answer.body as Json | null)?.task ?? null) as Json | null
    state.dialogs.delete(person)
    state.journal.onChange()
    if (task?.type !== 'continue') return answer
    const value = task.value as Json
    const card = ((value.card as Json).content ?? {}) as Json
    const complaints = checkDialog(card)
    if (complaints.length > 0)
      throw new Error(`Teams would refuse the dialog: ${complaints.join('; ')}`)
    showDialog(state, person, { payload: answer.body, title: String(value.title), card })
    return answer
  }

  return {
    typeIn,
    pressAction,
    submitForm,
    async closeForm(person) {
      state.dialogs.delete(person)
      state.journal.onChange()
    },
    // Both come, in this order.
    async install(person) {
      state.installed.add(person)
      state.removed.delete(person)
      state.blocked.delete(person)
      await send(activity(person, { type: 'conversationUpdate', membersAdded: [{ id: BOT_ID }] }))
      return await send(activity(person, { type: 'installationUpdate', action: 'add' }))
    },
    async uninstall(person) {
      state.installed.delete(person)
      state.removed.add(person)
      await send(activity(person, { type: 'conversationUpdate', membersRemoved: [{ id: BOT_ID }] }))
      return await send(activity(person, { type: 'installationUpdate', action: 'remove' }))
    },
    join(person) {
      const membersAdded = [{ id: mriOf(person), aadObjectId: person }]
      return send(
        activity(person, {
          type: 'conversationUpdate',
          membersAdded,
          conversation: inChannel(person),
        }),
      )
    },
    block(person) {
      state.blocked.add(person)
    },
  }
}

/**
 * The values of a dialog as Teams sends them: every input by its id; several choices as ids with
 * commas.
 */
function fieldsOf(surface: Surface, filled: Filled): Json {
  return Object.fromEntries(
    surface.inputs.map((input) => {
      const value = filled[input.name] ?? input.value ?? ''
      return [input.at.action, Array.isArray(value) ? value.join(',') : value]
    }),
  )
}
