import type { Band } from '../domain/disclosure.ts'
import type { Verb } from '../domain/verbs.ts'

/**
 * A card is what a person sees, before any platform. All text is plain text: the renderers escape
 * it. A button carries a verb and an id, never state that matters. `spoken` is what a screen reader
 * says in place of a label that stands there twice (spoken.ts).
 */
export type VerbButton = {
  label: string
  verb: Verb
  id: string | null
  /** Text that was typed before the form could open; it only fills fields. */
  draft?: string
  /** The thing that pressing it leads to. Teams must know before it is pressed. */
  opens: 'dialog' | 'card'
  isPrimary?: boolean
  spoken?: string
}

/** A button to a web page. No verb runs. */
type LinkButton = {
  label: string
  opens: 'address'
  url: string
  isPrimary?: boolean
  spoken?: string
}

export type Button = VerbButton | LinkButton

export type Block =
  | { type: 'heading'; text: string }
  | { type: 'text'; text: string }
  | { type: 'list'; items: readonly string[] }
  | { type: 'note'; text: string }
  | { type: 'buttons'; buttons: readonly Button[] }
  | Chart

/**
 * Levels over time, as bars. It never stands alone: what it shows stands beside it as text, for who
 * does not see it and where a platform draws none. It takes bands, so that no figure can be read
 * off its pixels.
 */
export type Chart = {
  type: 'chart'
  title: string
  /** In words: what a missing bar means, and how many results are not drawn; null: neither. */
  hidden: string | null
  /** One for each result, oldest first, no two alike. */
  categories: readonly string[]
  /** Of each scale its band in each category. */
  series: readonly { name: string; bands: readonly Band[] }[]
  /** The bands' names, from low to high. */
  levels: readonly [string, string, string]
  /** The name of the band without a level. */
  apart: string
}

/** How high a band stands in a chart. Answers that lie far apart have no level, and no bar. */
export const LEVEL: Readonly<Record<Band, number>> = {
  low: 1,
  middle: 2,
  mixed: 2,
  high: 3,
  apart: 0,
}

/** `notification` is what a lock screen may show: time and alias at most. */
export type Card = { kind: string; title: string; notification: string; blocks: readonly Block[] }

export type Option = { value: string; label: string }

export type Field = {
  /** A question of the moment: it shows nothing that is kept. */
  isAsked?: true
} & (
  | {
      type: 'text'
      name: string
      label: string
      hint?: string
      value?: string
      maxLength: number
      isOptional?: boolean
      isLong?: boolean
    }
  | {
      type: 'choice'
      name: string
      label: string
      hint?: string
      options: readonly Option[]
      value?: string
      isOptional?: boolean
      isExpanded?: boolean
    }
  | {
      type: 'people'
      name: string
      label: string
      hint?: string
      value: readonly string[]
      limit: number
    }
)

/** A form; submitting it runs `verb` with `id` and the fields' values. */
export type Form = {
  kind: string
  verb: Verb
  id: string | null
  /**
   * A fingerprint of what the form was made of; it comes back with it, so that a stale one is
   * noticed. Nothing else is read from it.
   */
  version?: string
  /** The form's own id, given by the door: however often it is sent, it counts once. */
  key?: string
  title: string
  submitLabel: string
  closeLabel: string
  /**
   * Its fields show what is kept, as long as the field `whileSame` has its value: of those that
   * nobody touched nothing is written. `together`: fields that are one list.
   */
  merges?: { whileSame?: string; together?: readonly string[] }
  /** It stays open as it is while it is worked on: sending it again does no harm. */
  waitsOpen?: true
  intro: readonly Block[]
  fields: readonly Field[]
}

/** The answer to what somebody did. Everything is private to them. */
export type Reply = Answer & {
  /** The language that it is in; left out: not known. */
  language?: string
}
type Answer =
  /** Says nothing about health; may stand in a chat. */
  | { type: 'card'; card: Card }
  /**
   * A result: shown where no notification carries it, as an answer to a person who can see it open.
   */
  | { type: 'content'; card: Card }
  | { type: 'form'; form: Form }
  /**
   * Mistakes to mend, by field. `form` is the same form with what was typed, for platforms that do
   * not keep it. `isKept`: where there is none, the open one is to stay as it is. `isAnew`: fields
   * show what is kept by now.
   */
  | {
      type: 'errors'
      message: string
      fields: Readonly<Record<string, string>>
      form: Form | null
      isKept?: true
      isAnew?: true
    }
  /** A form is done; the card takes its place. */
  | { type: 'done'; card: Card }

export const text = (value: string): Block => ({ type: 'text', text: value })
export const note = (value: string): Block => ({ type: 'note', text: value })
export const heading = (value: string): Block => ({ type: 'heading', text: value })
export const list = (items: readonly string[]): Block => ({ type: 'list', items })
export const buttons = (...items: readonly Button[]): Block => ({ type: 'buttons', buttons: items })

/** A button that opens a form, a result or a reply. */
export const button = (
  label: string,
  verb: Verb,
  id: string | null,
  opens: 'dialog' | 'card' = 'dialog',
): VerbButton => ({
  label,
  verb,
  id,
  opens,
})

/** A button to a web page. */
export const link = (label: string, url: string): Button => ({ label, opens: 'address', url })

/**
 * A card that takes a form's place, or stands in a chat, and whose title says all that a banner
 * may.
 */
export const card = (
  kind: string,
  title: string,
  blocks: readonly (Block | null | false)[],
): Card => ({
  kind,
  title,
  notification: title,
  blocks: compact(blocks),
})

/** The blocks that are there, of blocks that may be missing. */
export function compact(blocks: readonly (Block | null | false)[]): Block[] {
  return blocks.filter((block) => block !== null && block !== false)
}
