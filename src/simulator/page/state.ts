import { topView } from '../slack/modals.ts'
import { channelsOf, directOf, notesOf, workspaceOf } from '../slack/state.ts'
import { channelOf, chatOf, tenantOf } from '../teams/state.ts'
import type { Message } from '../workspace.ts'
import type { PageMessage, PagePerson, PagePlace, PageState, PageView } from './protocol.ts'
import type { Stage } from './stage.ts'

const LOCK_SCREEN_LINES = 4

/** Everything that the page shows for one person. Null for somebody who is not there. */
export async function pageState(stage: Stage, personId: string): Promise<PageState | null> {
  const people = stage.people.map((person) => ({ ...person, messages: countFor(stage, person.id) }))
  const person = people.find(({ id }) => id === personId)
  if (!person) return null
  const places = placesOf(stage, person)
  const next = await stage.next()
  return {
    now: stage.now().toISOString(),
    next: next && { at: next.at.toISOString(), what: next.what },
    history: stage.history(),
    trouble: stage.trouble(),
    people,
    commands: stage.commands,
    person,
    places,
    messages: messagesFor(stage, person, places),
    home: homeOf(stage, person),
    form: formOf(stage, person),
    lockScreen: lockScreenOf(stage, person, places),
    directory: directoryOf(stage, person),
    canOthersAnswer: person.role === 'member' && (await stage.canOthersAnswer(person.platform)),
  }
}

function placesOf({ slack, teams }: Stage, { platform, id }: PagePerson): PagePlace[] {
  if (platform === 'teams')
    return [
      { id: chatOf(id), title: 'Groupwell', kind: 'direct' },
      { id: channelOf(tenantOf(teams.state, id)), title: 'General', kind: 'channel' },
    ]
  const channels = channelsOf(workspaceOf(slack.state, id)).filter(({ members }) =>
    members.includes(id),
  )
  return [
    { id: directOf(id), title: 'Groupwell', kind: 'direct' },
    { id: `home:${id}`, title: 'Home', kind: 'home' },
    { id: notesOf(id), title: 'Your own notes', kind: 'notes' },
    ...channels.map(
      (channel): PagePlace => ({ id: channel.id, title: `#${channel.name}`, kind: 'channel' }),
    ),
  ]
}

function visible(message: Message, person: string, places: ReadonlySet<string>): boolean {
  return places.has(message.place) && (message.onlyFor === null || message.onlyFor === person)
}

function countFor(stage: Stage, personId: string): number {
  const person = stage.people.find(({ id }) => id === personId)
  if (!person) return 0
  const places = new Set(placesOf(stage, { ...person, messages: 0 }).map(({ id }) => id))
  return stage[person.platform].journal.messages.filter((message) =>
    visible(message, personId, places),
  ).length
}

function messagesFor(
  stage: Stage,
  person: PagePerson,
  places: readonly PagePlace[],
): PageMessage[] {
  const known = new Set(places.map(({ id }) => id))
  const nameOf = (id: string) => stage.people.find((one) => one.id === id)?.name ?? id
  return stage[person.platform].journal.messages
    .filter((message) => visible(message, person.id, known))
    .map((message) => ({
      id: message.id,
      place: message.place,
      at: message.at,
      author: message.author === 'bot' ? 'bot' : 'person',
      authorName: message.author === 'bot' ? 'Groupwell' : nameOf(message.author),
      isPrivate: message.onlyFor !== null,
      isEdited: message.isEdited,
      payload: message.payload,
    }))
}

/**
 * The notifications of messages in the person's own chat; answers to the person raise none there.
 */
function lockScreenOf(stage: Stage, person: PagePerson, places: readonly PagePlace[]) {
  const direct = places.find(({ kind }) => kind === 'direct')?.id
  return stage[person.platform].journal.messages
    .filter(
      ({ place, author, onlyFor, payload }) =>
        place === direct && author === 'bot' && onlyFor === null && payload.replyToId === undefined,
    )
    .slice(-LOCK_SCREEN_LINES)
    .reverse()
    .map(({ at, payload }) => ({ at, text: String(payload.summary ?? payload.text ?? '') }))
}

function homeOf({ slack }: Stage, { platform, id }: PagePerson): PageView | null {
  if (platform !== 'slack') return null
  const home = slack.state.views.get(slack.state.homes.get(id) ?? '')
  return home ? { id: home.id, title: 'Home', payload: home.view } : null
}

function formOf({ slack, teams }: Stage, { platform, id }: PagePerson): PageView | null {
  if (platform === 'slack') {
    const view = topView(slack.state, id)
    return view ? { id: view.id, title: view.seen.surface.title ?? '', payload: view.view } : null
  }
  const dialog = teams.state.dialogs.get(id)
  return dialog
    ? { id: dialog.seen.at + dialog.seen.kind, title: dialog.title, payload: dialog.card }
    : null
}

function directoryOf(
  stage: Stage,
  { platform, workspace }: PagePerson,
): { id: string; name: string }[] {
  return stage.people
    .filter((person) => person.platform === platform && person.workspace === workspace)
    .map(({ id, name }) => ({ id, name }))
}
