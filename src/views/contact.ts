import type { Texts } from '../content/load.ts'
import type { Addressee, NoContactReason, Rung } from '../domain/contact.ts'
import { MAX_CONTACT_CHARS } from '../domain/limits.ts'
import {
  button,
  buttons,
  type Card,
  card,
  compact,
  type Field,
  type Form,
  note,
  text,
} from './card.ts'
import { type Notice, notice, timeWithZone } from './notice.ts'

const VERBS = {
  'contact-request': 'contact.read',
  'contact-reminder': 'contact.read',
  'contact-seen': 'contact.status',
  'contact-closed': 'contact.status',
  'contact-alone': 'contact.status',
} as const

/**
 * One neutral line: that there is a request, or what became of it, stands behind the button. Staff
 * are asked to open it today: it may come in the night.
 */
export function contactNotice(
  { t }: Texts,
  kind: keyof typeof VERBS,
  contact: { id: string; alias: string },
): Notice {
  const { alias } = contact
  const isForStaff = VERBS[kind] === 'contact.read'
  return notice(kind, t(isForStaff ? 'contact.notice' : 'summary.notice', { alias }), {
    ...button(t('button.open'), VERBS[kind], contact.id),
    isPrimary: true,
  })
}

const stepsOf = ({ t, language }: Texts, path: readonly Rung[]): string =>
  new Intl.ListFormat(language).format(path.map((rung) => t(`contact.step.${rung}`)))

/** Says whom a request reaches, one after the other, and that all of them can read it. */
function wayLines(texts: Texts, path: readonly [Rung, ...Rung[]] | readonly Rung[]): string {
  const [first] = path
  if (!first) return ''
  const behind = path.slice(1)
  return [
    texts.t(`contact.first.${first}`),
    ...(behind.length > 0 ? [texts.t('contact.then', { steps: stepsOf(texts, behind) })] : []),
    texts.t('contact.readers'),
  ].join(' ')
}

export function contactForm(
  texts: Texts,
  facts: {
    groupId: string
    alias: string
    dueAt: Date
    /** By addressee the steps on which somebody is there. */
    paths: Readonly<Record<Addressee, readonly Rung[]>>
    timeZone: string
    now: Date
    lines: string
  },
): Form {
  const { t } = texts
  const [past, ...behind] = facts.paths.others
  const to: Field | null = past
    ? {
        type: 'choice',
        name: 'to',
        label: t('contact.to'),
        hint:
          behind.length === 0
            ? t('contact.toHint')
            : `${t('contact.toHint')} ${t('contact.toWay', { steps: stepsOf(texts, facts.paths.others) })}`,
        options: [
          { value: 'facilitators', label: t('contact.to.facilitators') },
          { value: 'others', label: t('contact.to.others', { step: t(`contact.step.${past}`) }) },
        ],
        value: 'facilitators',
        isExpanded: true,
      }
    : null
  return {
    kind: 'contact-form',
    verb: 'contact.submit',
    id: facts.groupId,
    title: t('contact.title'),
    submitLabel: t('contact.submit'),
    closeLabel: t('button.cancel'),
    intro: [
      text(t('checkin.helpNow', { lines: facts.lines })),
      text(t('contact.intro', { alias: facts.alias })),
      text(t('contact.by', { time: timeWithZone(texts, facts.dueAt, facts.timeZone, facts.now) })),
      text(wayLines(texts, facts.paths.facilitators)),
      note(t('contact.separate')),
    ],
    fields: [
      ...(to ? [to] : []),
      {
        type: 'text',
        name: 'text',
        label: t('contact.text'),
        hint: t('contact.textHint'),
        maxLength: MAX_CONTACT_CHARS,
        isLong: true,
        isOptional: true,
      },
    ],
  }
}

/** Nobody would see a request: why, and what there is instead. */
export function contactOff(
  { t }: Texts,
  why: NoContactReason | 'none' | 'nobody' | 'noGroup',
  lines: string,
): Card {
  return card('contact-off', t('contact.title'), [
    text(t(`contact.off.${why}`)),
    text(t('checkin.helpNow', { lines })),
  ])
}

export function contactDone(
  texts: Texts,
  facts: {
    path: readonly [Rung, ...Rung[]]
    dueAt: Date
    timeZone: string
    now: Date
    lines: string
  },
): Card {
  const { t } = texts
  const time = timeWithZone(texts, facts.dueAt, facts.timeZone, facts.now)
  return card('contact-done', t('contact.title'), [
    text(t('contact.sent', { step: t(`contact.step.${facts.path[0]}`) })),
    text(t('contact.by', { time })),
    text(t('contact.youHear')),
    text(t('checkin.helpNow', { lines: facts.lines })),
  ])
}

/**
 * Open requests: for staff those that have come up to them, and for everybody their own in groups
 * where they have no place any more.
 */
export function contactsCard(
  texts: Texts,
  facts: {
    /** Null: requests of several groups. */
    alias: string | null
    open: readonly {
      id: string
      alias: string
      createdAt: Date
      holderId: string | null
      isDrill: boolean
      isOwn: boolean
    }[]
    timeZone: string
    now: Date
  },
): Card {
  const { t } = texts
  const time = (at: Date) => timeWithZone(texts, at, facts.timeZone, facts.now)
  return card(
    'contacts',
    facts.alias === null
      ? t('contact.listTitleAll')
      : t('contact.listTitle', { alias: facts.alias }),
    compact([
      facts.open.length === 0 && text(t('contact.none')),
      ...facts.open.flatMap(({ id, alias, createdAt, holderId, isDrill, isOwn }) => [
        text(
          [
            facts.alias === null ? `${alias}:` : null,
            isDrill ? t('contact.drill') : null,
            isOwn ? t('contact.own') : null,
            t('contact.asked', { time: time(createdAt) }),
            t(holderId === null ? 'contact.notTaken' : 'contact.taken'),
          ]
            .filter((part) => part !== null)
            .join(' '),
        ),
        buttons(button(t('button.open'), isOwn ? 'contact.status' : 'contact.read', id)),
      ]),
    ]),
  )
}
