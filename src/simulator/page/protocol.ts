// The words between the page and its server. Types alone: both sides import them.

export type PlatformName = 'slack' | 'teams'

/** Somebody who can be played. `isConnected` is false in the second workspace and tenant. */
export type PagePerson = {
  id: string
  name: string
  role: 'admin' | 'facilitator' | 'supervisor' | 'member' | 'other'
  platform: PlatformName
  workspace: string
  isConnected: boolean
  /** Messages that stand in conversations which this person sees. */
  messages: number
}

/** A conversation, or Slack's home tab. */
export type PagePlace = { id: string; title: string; kind: 'direct' | 'channel' | 'home' | 'notes' }

export type PageMessage = {
  id: string
  place: string
  /** Product clock. */
  at: string
  author: 'bot' | 'person'
  authorName: string
  isPrivate: boolean
  isEdited: boolean
  /** Slack's text and blocks, or Teams' activity. */
  payload: Record<string, unknown>
}

/** A modal or dialog in front of the person, or a home tab. */
export type PageView = { id: string; title: string; payload: Record<string, unknown> }

export type PageState = {
  now: string
  /** The next thing that happens by itself; null when nothing is planned. */
  next: { at: string; what: string } | null
  /** How far the story of the past weeks is told; null when it is told. */
  history: { done: number; total: number } | null
  /** A failure of the simulator or the service, in words; null when nothing failed. */
  trouble: string | null
  people: readonly PagePerson[]
  commands: readonly { line: string; does: string }[]
  person: PagePerson
  places: readonly PagePlace[]
  messages: readonly PageMessage[]
  home: PageView | null
  form: PageView | null
  /** The lines of a lock screen, newest first. */
  lockScreen: readonly { at: string; text: string }[]
  /** Ids and names, for people pickers and for reading ids. */
  directory: readonly { id: string; name: string }[]
  /** Whether a check-in is open that the other members could answer. */
  canOthersAnswer: boolean
}

/** A check-in as the database holds it. */
export type DatabaseView = {
  checkIn: { alias: string; state: string; opensAt: string; closesAt: string } | null
  unit: { state: string; k: number; isCleaned: boolean } | null
  /** Whether the key that opens the boxes exists. */
  hasKey: boolean
  /** One row a member of the frozen roster; the box is its first bytes in hexadecimal. */
  ballots: readonly { memberId: string; box: string; bytes: number }[]
  /** The released result as it is stored: what the gate shows, and nothing that it was made of. */
  shown: string | null
  /** The sums that later comparisons need: sealed, and destroyed on a day. */
  sums: { sealed: string; destroyOn: string } | null
}

/** One thing that a person does on the page. */
export type PageAct =
  | { do: 'type'; person: string; place: string; line: string }
  | {
      do: 'pressSlack'
      person: string
      messageId: string | null
      viewId: string | null
      block: string
      action: string
    }
  | { do: 'pressTeams'; person: string; messageId: string | null; action: Record<string, unknown> }
  | { do: 'submit'; person: string; values: Record<string, string | string[]> }
  | { do: 'close'; person: string }
  | { do: 'home'; person: string }
  | { do: 'clock'; platform: PlatformName; to: string }
  | { do: 'othersAnswer'; person: string }

/**
 * How an act went: what the platform's client would say when it failed, and what to mend by input.
 */
export type PageAnswer = { problem: string | null; errors: Record<string, string> }
