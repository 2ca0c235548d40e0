import { describePerson, findName } from '../store/people.ts'
import type { ShownPerson } from '../views/elsewhere.ts'
import type { Context } from './command.ts'

/** Somebody's name as staff of this connection read it: theirs here, or else on any. */
export async function nameOf(context: Context, personId: string): Promise<string> {
  const here = await describePerson(context, personId, context.connection.id)
  return here?.name ?? (await findName(context, personId)) ?? context.texts.t('roster.someone')
}

/** Somebody as a field of a form on this connection shows them; null: nobody. */
export async function shownHere(context: Context, personId: string | null): Promise<ShownPerson> {
  if (personId === null) return { externalId: null, elsewhere: null }
  const here = await describePerson(context, personId, context.connection.id)
  return here
    ? { externalId: here.externalId, elsewhere: null }
    : { externalId: null, elsewhere: await nameOf(context, personId) }
}

/**
 * The person that a field settles: the one chosen, or nobody. Somebody on another platform cannot
 * stand in it: they stay until another is named.
 */
export async function settledOn(
  context: Context,
  chosen: string | null,
  before: string | null,
): Promise<string | null> {
  if (chosen !== null || before === null) return chosen
  return (await shownHere(context, before)).elsewhere === null ? null : before
}
