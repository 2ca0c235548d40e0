import type { Kind, Language, Texts } from '../content/load.ts'
import { LEAST_MEMBERS_AT_OPEN, MAX_ALIAS_CHARS } from '../domain/limits.ts'
import {
  button,
  buttons,
  type Card,
  card,
  type Field,
  type Form,
  note,
  type Option,
  text,
} from './card.ts'
import { contactFields } from './contact-fields.ts'

/** A group's name and rules, as its forms start with. Empty: not chosen. */
export type GroupDraft = { alias: string; isOpen: boolean; language: string }

/**
 * The languages that the content is complete in, named in themselves, and "as the organisation".
 */
const languageField = ({ t }: Texts, languages: readonly Language[], value: string): Field => ({
  type: 'choice',
  name: 'language',
  label: t('edit.language'),
  hint: t('edit.languageHint'),
  options: [
    { value: 'default', label: t('edit.default') },
    ...languages.map(({ id, name }) => ({ value: id, label: name })),
  ],
  value: value === '' ? 'default' : value,
})

const aliasField = ({ t }: Texts, value: string): Field => ({
  type: 'text',
  name: 'alias',
  label: t('new.alias'),
  hint: t('new.aliasHint'),
  value,
  maxLength: MAX_ALIAS_CHARS,
})

const openField = ({ t }: Texts, isOpen: boolean): Field => ({
  type: 'choice',
  name: 'isOpen',
  label: t('new.open'),
  options: [
    { value: 'closed', label: t('new.closedGroup') },
    { value: 'open', label: t('new.openGroup') },
  ],
  value: isOpen ? 'open' : 'closed',
})

export function newGroupForm(
  texts: Texts,
  facts: {
    kinds: readonly Kind[]
    timeZone: string
    alias: string
    languages: readonly Language[]
  },
): Form {
  const { t } = texts
  const size = ({ title, sizeHint }: Kind) =>
    t('new.kindOption', { title: texts.pick(title), ...sizeHint })
  return {
    kind: 'new-form',
    verb: 'new.submit',
    id: null,
    title: t('new.title'),
    submitLabel: t('button.save'),
    closeLabel: t('button.cancel'),
    intro: [],
    fields: [
      {
        type: 'choice',
        name: 'kind',
        label: t('new.kind'),
        hint: t('new.kindHint'),
        options: facts.kinds.map((kind): Option => ({ value: kind.id, label: size(kind) })),
        ...(facts.kinds[0] ? { value: facts.kinds[0].id } : {}),
      },
      aliasField(texts, facts.alias),
      openField(texts, false),
      languageField(texts, facts.languages, ''),
      {
        type: 'text',
        name: 'timeZone',
        label: t('new.timeZone'),
        hint: t('new.timeZoneHint'),
        value: facts.timeZone,
        maxLength: 60,
      },
      ...contactFields(texts, {
        backup: { externalId: null, elsewhere: null },
        times: [],
        reason: null,
      }),
    ],
  }
}

export function newGroupDone(
  texts: Texts,
  facts: {
    id: string
    alias: string
    kind: Kind
    /** Whether check-ins open: somebody can be asked for, or the form says why not. */
    mayAsk: boolean
  },
): Card {
  const { t } = texts
  return card('new-done', t('new.title'), [
    text(t('new.done', { alias: facts.alias })),
    text(t('new.next')),
    !facts.mayAsk && text(t('contactSettings.needed')),
    note(t('new.size', { ...facts.kind.sizeHint, least: LEAST_MEMBERS_AT_OPEN })),
    buttons(
      button(t('home.roster'), 'roster', facts.id),
      button(t('home.schedule'), 'schedule', facts.id),
      button(t('home.agreement'), 'agreement', facts.id),
      button(t('contactSettings.title'), 'contact.settings', facts.id),
    ),
  ])
}

export function editForm(
  texts: Texts,
  facts: {
    id: string
    draft: GroupDraft
    languages: readonly Language[]
    holidays: string
  },
): Form {
  const { t } = texts
  return {
    kind: 'edit-form',
    verb: 'edit.submit',
    id: facts.id,
    title: t('edit.title'),
    submitLabel: t('button.save'),
    closeLabel: t('button.cancel'),
    merges: {},
    intro: [],
    fields: [
      aliasField(texts, facts.draft.alias),
      openField(texts, facts.draft.isOpen),
      languageField(texts, facts.languages, facts.draft.language),
      {
        type: 'text',
        name: 'holidays',
        label: t('edit.holidays'),
        hint: t('edit.holidaysHint'),
        value: facts.holidays,
        maxLength: 12,
        isOptional: true,
      },
    ],
  }
}

export function editDone(
  texts: Texts,
  facts: {
    id: string
    alias: string
    isOpen: boolean
    hasChannel: boolean
    mayUseChannel: boolean
    example: string
  },
): Card {
  const { t } = texts
  const channel = facts.mayUseChannel
    ? t(facts.hasChannel ? 'edit.hasChannel' : 'edit.noChannel', { example: facts.example })
    : t('edit.channelNever')
  return card('edit-done', t('edit.title'), [
    text(t('edit.done', { alias: facts.alias })),
    text(t(facts.isOpen ? 'new.openGroup' : 'new.closedGroup')),
    note(channel),
  ])
}
