import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Reply } from './views/card.ts'
import type { Notice } from './views/notice.ts'

/** Why a Teams message waits for its person to open the app: the ledger's reason, and what `send` throws. */
export const NOT_OPENED = 'notOpened'

export type PlatformName = 'slack' | 'teams'

/** Somebody as a platform names them. What is undefined was not said; it never overwrites what is known. */
export type PersonRef = {
  externalId: string
  name?: string
  language?: string
  timeZone?: string
  isBot?: boolean
  isDeactivated?: boolean
  /** The platform did not tell in time who this is. */
  isUnchecked?: boolean
  /** Teams: the plain-JSON conversation reference of the personal chat. */
  conversation?: ConversationRef
}

/** Where a Teams bot can reach a person; plain JSON, no SDK object. */
export type ConversationRef = { serviceUrl: string; conversationId: string; botId: string; tenantId: string }

/** One thing that somebody did, verified and parsed. `requestId` is the platform's own id of it, for duplicates. */
export type Incoming = {
  requestId: string
  platform: PlatformName
  /** Slack team id or Entra tenant id, from the verified request only. */
  workspaceId: string
  sender: PersonRef
  verb: string
  /** Typed text after the verb, a button's or form's id, and a form's values by field name. */
  input: { text?: string; id?: string; values?: Record<string, FieldValue> }
  /** `typed` at a command line, `button` on a card, `form` submitted. */
  via: 'typed' | 'button' | 'form'
  /** Whether the answer can open a form or show a result by itself. A line typed in Teams can only get a card. */
  canOpen: boolean
}

/** What a form field held; null when it was left empty. */
export type FieldValue = string | readonly PersonRef[] | null

/** One message to one person. */
export type Outgoing = { workspaceId: string; externalId: string; conversation: ConversationRef | null; notice: Notice }

export type OnIncoming = (incoming: Incoming) => Promise<Reply | null>

export type HttpHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void

/** A chat platform behind one port. `send` throws PlatformError; it tries once. */
export type Platform = {
  name: PlatformName
  /** Exact path of the one endpoint, and what serves it. */
  path: string
  handle: HttpHandler
  start(): Promise<Workspace>
  /** Whether the credentials are for this workspace. Nothing is sent to another one. */
  serves(workspaceId: string): boolean
  send(outgoing: Outgoing): Promise<void>
  /** Resolves when what was acknowledged is finished. */
  stop(): Promise<void>
}

/** The workspace or tenant that the credentials belong to. */
export type Workspace = { externalId: string; name: string }
