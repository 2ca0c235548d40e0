import { z } from 'zod'
import type { Keyring } from '../ballot/keyring.ts'
import { openText, sealText } from '../ballot/secret-text.ts'
import { MAX_WIN_CHARS, MAX_WINS } from '../domain/limits.ts'
import { WIN_DAYS } from '../domain/retention.ts'
import { DAY_MS, plus } from '../domain/time.ts'
import { UserError } from '../errors.ts'
import { lockGroup } from '../store/group.ts'
import { listRoster } from '../store/roster.ts'
import { createWin, deleteWin, listWins, type WinRow } from '../store/win.ts'
import { winDone, winForm, winsCard } from '../views/win.ts'
import { type Context, command, groupOf } from './command.ts'
import { formInput, groupInput, textValue } from './input.ts'

const sealedSchema = z.object({ personId: z.string(), text: z.string() })

/** Who wrote a win, and what. Only to find a person's own wins, and whom to thank. */
export function openWin(keyring: Keyring, { id, sealed }: WinRow): z.infer<typeof sealedSchema> {
  return sealedSchema.parse(JSON.parse(openText(keyring, id, sealed)))
}

/**
 * A member shares a success; a facilitator sees those that wait, without who wrote them. What was typed after the word is not
 * read: it would stay on the line for others to see.
 */
export const win = command({
  verb: 'win',
  opens: 'form',
  isTyped: true,
  takesText: true,
  access: { who: 'group', roles: ['member', 'facilitator'] },
  subject: 'group',
  effect: 'read',
  input: groupInput,
  run: async (context) => {
    const { tx, texts, actor, role, vault } = context
    const { id, alias } = groupOf(context)
    if (role === 'member') return { reply: { type: 'form', form: winForm(texts, id) } }
    const rows = await listWins(tx, actor.organisationId, [id])
    const wins = rows.map((row) => ({ id: row.id, text: openWin(vault.keyring, row).text }))
    return { reply: { type: 'content', card: winsCard(texts, { alias, wins }) } }
  },
})

/** Keeps it sealed until a facilitator decides, and tells them that something waits. */
export const winSubmit = command({
  verb: 'win.submit',
  isTyped: false,
  access: { who: 'group', roles: ['member'] },
  subject: 'group',
  effect: 'write',
  form: 'win',
  input: formInput,
  run: async (context, { values }) => {
    const { tx, texts, actor, now, newId, vault } = context
    const { organisationId, personId } = actor
    const { id: groupId } = groupOf(context)
    const text = textValue(values, 'text')
    if (text === '') throw onText(texts.t('error.required', { example: texts.t('win.example') }))
    if (text.length > MAX_WIN_CHARS) throw onText(texts.t('error.tooLong', { limit: MAX_WIN_CHARS, got: text.length }))
    await lockGroup(tx, organisationId, groupId)
    if ((await listWins(tx, organisationId, [groupId])).length >= MAX_WINS) throw onText(texts.t('win.tooMany'))
    const id = newId()
    const sealed = sealText(vault.keyring, id, JSON.stringify({ personId, text }))
    await createWin(tx, organisationId, { id, groupId, sealed, deleteOn: plus(now, WIN_DAYS * DAY_MS) })
    const roster = await listRoster(tx, organisationId, groupId)
    return {
      reply: { type: 'done', card: winDone(texts, 'win.sent') },
      deliveries: roster
        .filter(({ role }) => role === 'facilitator')
        .map((entry) => ({ key: `win ${id}`, kind: 'win-waiting' as const, personId: entry.personId, groupId })),
    }
  },
})

const onText = (message: string) => new UserError(message, { text: message })

/** Who leaves takes along what they shared and nobody has decided on. */
export async function withdrawWins(
  { tx, actor, vault }: Pick<Context, 'tx' | 'actor' | 'vault'>,
  groupId: string,
  memberIds: readonly string[],
): Promise<void> {
  if (memberIds.length === 0) return
  for (const row of await listWins(tx, actor.organisationId, [groupId]))
    if (memberIds.includes(openWin(vault.keyring, row).personId)) await deleteWin(tx, actor.organisationId, row.id)
}

/** What a person shared in these groups and nobody has decided on. */
export async function countOwnWins({ tx, actor, vault }: Context, groupIds: readonly string[]): Promise<number> {
  const rows = await listWins(tx, actor.organisationId, groupIds)
  return rows.filter((row) => openWin(vault.keyring, row).personId === actor.personId).length
}
