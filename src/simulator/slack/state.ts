import { randomUUID } from 'node:crypto'
import { createFaults, type Faults } from '../faults.ts'
import { createPace, type Pace } from '../pace.ts'
import { plainText, slackSurface } from '../surface.ts'
import {
  type Audience,
  createJournal,
  type Journal,
  type Message,
  type Seen,
  type SimulatedPerson,
} from '../workspace.ts'
import type { Json } from './wire.ts'

/** The part of an app's manifest that Slack acts on. */
export type SlackApp = {
  signingSecret: string
  /** For oauth.v2.access; only installs in the browser need them. */
  clientId?: string
  clientSecret?: string
  scopes: readonly string[]
  /** Event types that the app subscribes to; nothing else is sent. */
  events: readonly string[]
  workspaces: readonly SlackWorkspace[]
}
export type SlackWorkspace = {
  teamId: string
  teamName: string
  botToken: string
  people: readonly SimulatedPerson[]
  channels?: readonly SlackChannel[]
}
/** A channel that people are in. `hasApp` tells whether the app was invited. */
export type SlackChannel = {
  id: string
  name: string
  isPrivate: boolean
  members: readonly string[]
  hasApp: boolean
  /** Shared with another organisation (Slack Connect). */
  isShared?: boolean
}

export type SlackView = {
  id: string
  person: string
  hash: string
  /** The payload as the bot gave it, block ids filled in. */
  view: Json
  seen: Seen
  /** The modal below it in the stack; null for the first and for a home tab. */
  previousId: string | null
}

export type SlackState = {
  app: SlackApp
  now(): Date
  journal: Journal
  faults: Faults
  pace: Pace
  triggers: Map<string, { person: string; until: number; isUsed: boolean; fromView: string | null }>
  responseUrls: Map<
    string,
    { person: string; place: string; until: number; uses: number; messageId: string | null }
  >
  /** Open DMs by channel id. */
  directs: Map<string, string>
  views: Map<string, SlackView>
  /** The modals that each person has open, the top one last. */
  stacks: Map<string, string[]>
  homes: Map<string, string>
  /**
   * Codes of installs in the browser, by workspace; used codes stay, so that they can be refused.
   */
  codes: Map<string, { teamId: string; isUsed: boolean }>
  revoked: Set<string>
  /** Messages ever posted, so that no two have one `ts`. */
  posted: number
}

const TRIGGER_LIFE_MS = 3_000
const RESPONSE_URL_LIFE_MS = 30 * 60_000

export function createState(app: SlackApp, now: () => Date): SlackState {
  // People may change under the app.
  const workspaces = app.workspaces.map((one) => ({
    ...one,
    people: one.people.map((person) => ({ ...person })),
  }))
  return {
    app: { ...app, workspaces },
    now,
    journal: createJournal(),
    faults: createFaults(),
    pace: createPace(Date.now),
    triggers: new Map(),
    responseUrls: new Map(),
    directs: new Map(),
    views: new Map(),
    stacks: new Map(),
    homes: new Map(),
    codes: new Map(),
    revoked: new Set(),
    posted: 0,
  }
}

export const directOf = (person: string): string => `D${person.slice(1)}`
/** Somebody's chat with themselves; the app is not in it. */
export const notesOf = (person: string): string => `DN${person.slice(1)}`

export function workspaceOf(state: SlackState, person: string): SlackWorkspace {
  const first = state.app.workspaces[0]
  const own = state.app.workspaces.find(({ people }) => people.some(({ id }) => id === person))
  if (!first) throw new Error('a Slack without a workspace')
  return own ?? first
}

export function channelsOf(workspace: SlackWorkspace): readonly SlackChannel[] {
  return workspace.channels ?? []
}

/** Writes down that somebody saw something. */
export function see(
  state: SlackState,
  audience: Audience,
  person: string,
  facts: { payload: unknown; shown: Json; notification: string | null },
): Seen {
  const surface = slackSurface(facts.shown)
  const seen: Seen = {
    at: state.now().toISOString(),
    platform: 'slack',
    audience,
    person,
    kind: surface.kind,
    notification: facts.notification,
    text: plainText(surface),
    payload: facts.payload,
    surface,
  }
  state.journal.seen.push(seen)
  state.journal.onChange()
  return seen
}

/** Slack gives every block without an id one of its own. */
export function withBlockIds(payload: Json): Json {
  if (!Array.isArray(payload.blocks)) return payload
  const blocks = (payload.blocks as Json[]).map((block) => ({
    block_id: randomUUID().slice(0, 5),
    ...block,
  }))
  return { ...payload, blocks }
}

/** Puts a message into a conversation; its id is Slack's `ts`. */
export function post(state: SlackState, message: Omit<Message, 'id' | 'at' | 'isEdited'>): Message {
  const payload = withBlockIds(message.payload)
  const posted = {
    ...message,
    payload,
    id: nextTs(state),
    at: state.now().toISOString(),
    isEdited: false,
  }
  state.journal.messages.push(posted)
  state.journal.onChange()
  return posted
}

function nextTs(state: SlackState): string {
  const seconds = Math.floor(Date.now() / 1000)
  state.posted += 1
  return `${seconds}.${String(state.posted % 1_000_000).padStart(6, '0')}`
}

export function newTrigger(
  state: SlackState,
  person: string,
  fromView: string | null = null,
): string {
  const id = `${Date.now()}.${randomUUID()}`
  state.triggers.set(id, { person, until: Date.now() + TRIGGER_LIFE_MS, isUsed: false, fromView })
  return id
}

/**
 * A response_url's id. `messageId` is the message whose button was pressed, which an answer may
 * replace.
 */
export function newHook(
  state: SlackState,
  person: string,
  place: string,
  messageId: string | null,
): string {
  const id = randomUUID()
  state.responseUrls.set(id, {
    person,
    place,
    until: Date.now() + RESPONSE_URL_LIFE_MS,
    uses: 0,
    messageId,
  })
  return id
}

export const APP_ID = 'A0GROUPWELL'
export const BOT_USER = 'U0BOT'
