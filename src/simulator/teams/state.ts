import { createFaults, type Faults } from '../faults.ts'
import { createPace, type Pace } from '../pace.ts'
import { plainText, type Surface, teamsSurface } from '../surface.ts'
import {
  type Audience,
  createJournal,
  type Journal,
  type Message,
  type Seen,
  type SimulatedPerson,
} from '../workspace.ts'

export type Json = Record<string, unknown>

/** `isAnonymous`: a client of the evaluating kind, which neither shows nor asks for a token. */
export type TeamsApp = { appId: string; tenants: readonly TeamsTenant[]; isAnonymous?: boolean }
export type TeamsTenant = { tenantId: string; people: readonly SimulatedPerson[] }

/** A dialog that a person has open: what was seen, and the card that it shows. */
type Dialog = { seen: Seen; card: Json; title: string }

export type TeamsState = {
  app: TeamsApp
  now(): Date
  journal: Journal
  faults: Faults
  pace: Pace
  dialogs: Map<string, Dialog>
  /** People who added the app to their own chat. */
  installed: Set<string>
  /** People who took it off again. */
  removed: Set<string>
  /** People who blocked it. */
  blocked: Set<string>
  /** Targeted messages vanish from clients; when each was sent, on the product clock. */
  targetedAt: Map<string, number>
}

export const BOT_ID = '28:groupwell'
export const mriOf = (person: string): string => `29:${person}`
export const chatOf = (person: string): string => `a:${person}`

export function createState(app: TeamsApp, now: () => Date): TeamsState {
  return {
    app,
    now,
    journal: createJournal(),
    faults: createFaults(),
    pace: createPace(Date.now),
    dialogs: new Map(),
    installed: new Set(),
    removed: new Set(),
    blocked: new Set(),
    targetedAt: new Map(),
  }
}

export function tenantOf(state: TeamsState, person: string): TeamsTenant {
  const own = state.app.tenants.find(({ people }) => people.some(({ id }) => id === person))
  const first = state.app.tenants[0]
  if (!first) throw new Error('a Teams without a tenant')
  return own ?? first
}

/** The one channel of a tenant's team; everybody of the tenant is in it. */
export const channelOf = (tenant: TeamsTenant): string => `19:${tenant.tenantId}@thread.tacv2`

/**
 * A conversation of the app's: a person's own chat, or a channel with its tenant's people; null for
 * none.
 */
export function findConversation(
  state: TeamsState,
  id: string,
): { person: string | null; tenant: TeamsTenant } | null {
  for (const tenant of state.app.tenants) {
    if (channelOf(tenant) === id) return { person: null, tenant }
    const person = tenant.people.find((known) => chatOf(known.id) === id)
    if (person) return { person: person.id, tenant }
  }
  return null
}

export function findMember(tenant: TeamsTenant, mri: string): SimulatedPerson | null {
  return tenant.people.find(({ id }) => mriOf(id) === mri) ?? null
}

export const cardOf = (activity: Json): Json | null => {
  const attachment = (activity.attachments as Json[] | undefined)?.[0]
  return attachment ? ((attachment.content ?? {}) as Json) : null
}

export function see(
  state: TeamsState,
  audience: Audience,
  person: string,
  facts: { payload: unknown; surface: Surface; notification: string | null },
): Seen {
  const seen: Seen = {
    at: state.now().toISOString(),
    platform: 'teams',
    audience,
    person,
    kind: facts.surface.kind,
    notification: facts.notification,
    text: plainText(facts.surface),
    payload: facts.payload,
    surface: facts.surface,
  }
  state.journal.seen.push(seen)
  state.journal.onChange()
  return seen
}

export function showDialog(
  state: TeamsState,
  person: string,
  { payload, title, card }: { payload: unknown; title: string; card: Json },
): void {
  const seen = see(state, 'form', person, {
    payload,
    surface: teamsSurface(card, title),
    notification: null,
  })
  state.dialogs.set(person, { seen, card, title })
}

export function post(state: TeamsState, message: Omit<Message, 'at' | 'isEdited'>): Message {
  const posted = { ...message, at: state.now().toISOString(), isEdited: false }
  state.journal.messages.push(posted)
  state.journal.onChange()
  return posted
}
