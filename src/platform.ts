import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Attempt } from './domain/reasons.ts'
import type { Reply } from './views/card.ts'
import type { Notice } from './views/notice.ts'

export type PlatformName = 'slack' | 'teams'

/** Their names for people, also where another process serves one. */
export const PLATFORM_TITLES: Readonly<Record<PlatformName, string>> = {
  slack: 'Slack',
  teams: 'Microsoft Teams',
}

/** Whether somebody can be written to who has never opened the app. */
export const REACHES_UNSEEN: Readonly<Record<PlatformName, boolean>> = {
  slack: true,
  teams: false,
}

/**
 * Somebody as a platform names them, in its own words: unchecked until they are kept. An undefined
 * field was not said; it never overwrites what is known.
 */
export type PersonRef = {
  externalId: string
  name?: string
  language?: string
  timeZone?: string
  isBot?: boolean
  isDeactivated?: boolean
  /** A guest of the workspace. */
  isGuest?: boolean
  /** The platform did not tell in time who this is. */
  isUnchecked?: boolean
  /** Where the app can write to them alone. */
  address?: Address
}

/**
 * Where somebody can be written to, as their platform says it: plain JSON that nobody else reads.
 */
export type Address = Readonly<Record<string, string>>

/**
 * The channel or chat that a line was typed in. `isPrivate`: only its own people see it.
 * `isShared`: people of another organisation are in it; null when the platform did not say.
 */
export type ChannelRef = {
  id: string
  isPrivate: boolean
  isShared: boolean | null
  address: Address | null
}

/**
 * One thing that somebody did, verified and parsed. `requestId` is the platform's own id of it, for
 * duplicates.
 */
export type Incoming = {
  requestId: string
  platform: PlatformName
  /** When the platform says that it was sent; left out: it did not say. */
  sentAt?: Date
  /** Slack team id or Entra tenant id, from the verified request only. */
  workspaceId: string
  sender: PersonRef
  verb: string
  /** Typed text after the verb, a button's or form's id, and a form's values by field name. */
  input: {
    text?: string
    id?: string
    version?: string
    /** The form's own id; left out: it has none. */
    key?: string
    values?: Record<string, FieldValue>
  }
  /** `typed` at a command line, `button` on a card, `form` submitted. */
  via: 'typed' | 'button' | 'form'
  /** Where it was typed, when that was a channel or a chat of several. */
  channel?: ChannelRef
  /**
   * Whether the answer can open a form or show a result by itself. A line typed in Teams can only
   * get a card.
   */
  canOpen: boolean
}

/** A form's own id is a UUID; a longer one is nobody's. */
export const LONGEST_KEY = 64

/** The value of a form's field; null when it was left empty. */
export type FieldValue = string | readonly PersonRef[] | null

/** Where a notice goes: to one person's own chat with the app, or to a group's private channel. */
type Recipient =
  | { type: 'person'; externalId: string; address: Address | null }
  | { type: 'channel'; id: string; address: Address | null }

export type Outgoing = {
  workspaceId: string
  recipient: Recipient
  notice: Notice
  /** The language that the notice is in; left out: not known. */
  language?: string
}

/** The news from sending: where this person can be written to from now on. Null: nothing new. */
export type Sent = { address: Address | null }

/** A platform refused or did not answer, and how that is to be taken. */
export class PlatformError extends Error {
  override readonly name = 'PlatformError'
  readonly attempt: Exclude<Attempt, { outcome: 'sent' }>
  /** The platform's own word, for the log. */
  readonly code: string
  constructor(
    attempt: PlatformError['attempt'],
    { code, cause }: { code?: string; cause?: unknown } = {},
  ) {
    super(attempt.reason, { cause })
    this.attempt = attempt
    this.code = code ?? attempt.reason
  }
}

/** At most `calls` of what `key` names in `perMs` of wall-clock time. */
export type Rate = { key: string; calls: number; perMs: number }

/** Counts calls that wait for nobody, such as answers, among those that do. */
export type Count = { begin(rates: readonly Rate[]): void; done(rates: readonly Rate[]): void }

export type OnIncoming = (incoming: Incoming) => Promise<Reply | null>

export type HttpHandler = (
  request: IncomingMessage,
  response: ServerResponse,
) => Promise<void> | void

/** The characters typed on a platform, and how what goes out over it is taken. */
export type Traits = {
  name: PlatformName
  /** The characters typed before a command. */
  prefix: string
  /** Whether it takes a notice for somebody who never opened the app. */
  reachesUnseen: boolean
  /** Whether a form that is sent back for mending keeps by itself what was put into it. */
  keepsForms: boolean
}

/** A chat platform behind one port. `send` throws PlatformError; it tries once. */
export type Platform = Traits & {
  /** Exact path of the one endpoint, and what serves it. */
  path: string
  handle: HttpHandler
  start(): Promise<Workspace>
  /** Whether the credentials are for this workspace. Nothing is sent to another one. */
  serves(workspaceId: string): boolean
  send(outgoing: Outgoing): Promise<Sent>
  /** The rates of a whole workspace, and those that sending this keeps to besides. */
  rates(outgoing: Outgoing): readonly Rate[]
  workspaceRates(workspaceId: string): readonly Rate[]
  /** Notices that are taken up at a time: what goes out within a moment. */
  batch: number
  /**
   * Asks in passing how somebody is known now; `near`: a channel in which they may be, as its
   * address. Null: nothing is told. Throws nothing.
   */
  describe(workspaceId: string, externalId: string, near: Address | null): Promise<PersonRef | null>
  /** Resolves when what was acknowledged is finished. */
  stop(): Promise<void>
}

/** The workspace or tenant that the credentials belong to. */
export type Workspace = { externalId: string; name: string }
