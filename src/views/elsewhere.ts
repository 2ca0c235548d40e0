import type { Texts } from '../content/load.ts'

/**
 * Somebody as a form's field shows them: by their account on this connection, or, where they have
 * none, by the name that stands in the hint. Both null: nobody.
 */
export type ShownPerson = { externalId: string | null; elsewhere: string | null }

/** A field's hint: who it is now, if the field cannot show them, or else its own. */
export const elsewhereHint = (
  t: Texts['t'],
  { elsewhere }: ShownPerson,
  hint: Parameters<Texts['t']>[0],
): string => (elsewhere === null ? t(hint) : t('settings.safetyElsewhere', { name: elsewhere }))
