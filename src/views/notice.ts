import type { Texts } from '../content/load.ts'
import { cityOf, formatDateTime } from '../domain/time.ts'
import {
  type Button,
  button,
  buttons,
  type Card,
  card,
  note,
  text,
  type VerbButton,
} from './card.ts'

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

/** The help that stands on a screen for what went wrong. `mayAsk`: a person can be asked for. */
export type HelpNow = { lines: string; mayAsk: boolean }

/**
 * A private reply for what went wrong. It may be the worst moment to be told that something does
 * not work, so it says where help is.
 */
export function problem({ t }: Texts, message: string, help: HelpNow): Card {
  const title = t('error.title')
  const blocks = [
    text(message),
    note(t('checkin.helpNow', { lines: help.lines })),
    ...(help.mayAsk ? [buttons(button(t('contact.button'), 'contact', null))] : []),
  ]
  return { kind: 'problem', title, notification: title, blocks }
}

/** Said where a form was taken already, and what it was thanked with is not known here. */
export const sentAlready = ({ t }: Texts): Card =>
  card('sent-already', t('error.sentAlready'), [text(t('error.sentAlready'))])

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
