import type { Texts } from '../content/load.ts'
import { cityOf, formatDateTime } from '../domain/time.ts'
import { type Button, buttons, type Card, text, type VerbButton } from './card.ts'

/**
 * A card that nobody asked for: one line of time and alias, and a button. It is its own type, so
 * that only cards made here can be sent to a person unasked: desktop banners read a message's
 * blocks, not just its fallback text.
 */
export type Notice = Card & { readonly isNotice: true }

/**
 * A neutral line with a button that leads to the content, and perhaps another; null for a line that
 * says all.
 */
export function notice(
  kind: string,
  line: string,
  button: Button | null,
  another?: Button,
): Notice {
  return {
    kind,
    title: line,
    notification: line,
    blocks: button
      ? [text(line), another ? buttons(button, another) : buttons(button)]
      : [text(line)],
    isNotice: true,
  }
}

/** "Tuesday 3 March, 17:30 (Berlin time)". */
export function timeWithZone(texts: Texts, instant: Date, timeZone: string, now: Date): string {
  const time = formatDateTime(instant, timeZone, texts.language, now)
  return texts.t('time.inZone', { time, city: cityOf(timeZone) })
}

/** A private reply of one paragraph, for what went wrong. */
export function problem(texts: Texts, message: string): Card {
  const title = texts.t('error.title')
  return { kind: 'problem', title, notification: title, blocks: [text(message)] }
}

/**
 * The neutral card that leads to a form or a result on platforms that open nothing by themselves.
 */
export function leadOnCard(
  texts: Texts,
  what: 'form' | 'content',
  to: Pick<VerbButton, 'verb' | 'id' | 'draft'>,
): Card {
  const line = texts.t(what === 'form' ? 'leadOn.form' : 'leadOn.content')
  return {
    kind: 'lead-on',
    title: line,
    notification: line,
    blocks: [
      text(line),
      buttons({ ...to, label: texts.t('button.open'), opens: 'dialog', isPrimary: true }),
    ],
  }
}
