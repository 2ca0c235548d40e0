import { z } from 'zod'
import type { Keyring } from '../ballot/keyring.ts'
import { openText, sealText } from '../ballot/secret-text.ts'
import { LEAST_WRITERS } from '../domain/disclosure.ts'
import { MAX_WIN_CHARS, MAX_WINS } from '../domain/limits.ts'
import { WIN_DAYS } from '../domain/retention.ts'
import { DAY_MS, plus } from '../domain/time.ts'
import { UserError } from '../errors.ts'
import type { Reader, Tenant } from '../store/engine/transaction.ts'
import { lockGroup } from '../store/group.ts'
import { listAskable, listRoster } from '../store/roster.ts'
import { createWin, deleteWin, listWins, resealWins, type WinRow } from '../store/win.ts'
import { winDone, winForm, winsCard, winsOff } from '../views/win.ts'
import { type BallotKeys, type Context, command, groupOf } from './command.ts'
import { formInput, groupInput, linesValue } from './input.ts'

/** `personId` is null when its writer was taken off the roster meanwhile. */
const sealedSchema = z.object({ personId: z.string().nullable(), text: z.string() })
type Opened = z.infer<typeof sealedSchema>

/**
 * Opens a win: who wrote it, and what. Only for finding a person's own wins, and whom to thank.
 * Null: it cannot be opened, so it is nobody's.
 */
export function openWin(keyring: Keyring, { id, sealed }: WinRow): Opened | null {
  try {
    return sealedSchema.parse(JSON.parse(openText(keyring, id, sealed)))
  } catch {
    return null
  }
}

const sealWin = (keyring: Keyring, id: string, win: Opened) =>
  sealText(keyring, id, JSON.stringify(win))

/**
 * A member shares a success; a facilitator sees those that wait, without who wrote them. Text after
 * the word is not read: it would stay on the line for others to see.
 */
export const win = command({
  verb: 'win',
  opens: 'form',
  isTyped: true,
  takesText: true,
  access: { who: 'group', roles: ['member', 'facilitator'] },
  subject: 'group',
  effect: 'audited',
  input: groupInput,
  run: async (context) => {
    const { texts, role, ballotKeys } = context
    const { id, alias } = groupOf(context)
    const isOpen = await mayShareWins(context)
    if (!isOpen)
      return { reply: { type: 'content', card: winsOff(texts, { least: LEAST_WRITERS }) } }
    if (role === 'member') return { reply: { type: 'form', form: winForm(texts, id) } }
    const rows = await listWins(context, [id])
    const wins = rows.flatMap((row) => {
      const opened = openWin(ballotKeys.keyring, row)
      return opened ? [{ id: row.id, text: opened.text }] : []
    })
    return {
      reply: { type: 'content', card: winsCard(texts, { alias, wins }) },
      audit: [{ action: 'wins.opened', subjectId: id }],
    }
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
    const { texts, actor, now, newId, ballotKeys } = context
    const { personId } = actor
    const { id: groupId } = groupOf(context)
    const text = linesValue(values, 'text')
    if (text === '') throw onText(texts.t('error.required', { example: texts.t('win.example') }))
    if (text.length > MAX_WIN_CHARS)
      throw onText(texts.t('error.tooLong', { limit: MAX_WIN_CHARS, got: text.length }))
    await lockGroup(context, groupId)
    // Looked at again under the lock: who left a moment ago leaves nothing behind.
    const roster = await listRoster(context, groupId)
    if (!roster.some((entry) => entry.personId === personId && entry.role === 'member'))
      throw new UserError(
        texts.t('error.notFound', { example: context.example('next') }),
        {},
        { endsForm: true },
      )
    if (!(await mayShareWins(context)))
      throw new UserError(texts.t('win.few', { least: LEAST_WRITERS }), {}, { endsForm: true })
    if ((await listWins(context, [groupId])).length >= MAX_WINS)
      throw onText(texts.t('win.tooMany'))
    const id = newId()
    const sealed = sealWin(ballotKeys.keyring, id, { personId, text })
    await createWin(context, { id, groupId, sealed, deleteOn: plus(now, WIN_DAYS * DAY_MS) })
    await sealWinsAnew(context, groupId)
    const day = now.toISOString().slice(0, 10)
    return {
      reply: { type: 'done', card: winDone(texts, 'win.sent') },
      deliveries: roster
        .filter(({ role }) => role === 'facilitator')
        // One a day, however many wins came: it leads to no one of them.
        .map((entry) => ({
          key: `wins ${groupId} ${day}`,
          kind: 'win-waiting' as const,
          personId: entry.personId,
          groupId,
        })),
    }
  },
})

const onText = (message: string) => new UserError(message, { text: message })

type Where = Tenant & { ballotKeys: BallotKeys }

/**
 * Whether a group has as many members as words need: in fewer, everybody would know whose a win is.
 * Below, wins that are there wait.
 */
export async function mayShareWins(context: Context): Promise<boolean> {
  const members = await listAskable(context, groupOf(context).id, context.now)
  return members.filter(({ hasActed }) => hasActed).length >= LEAST_WRITERS
}

/**
 * Seals every win of a group anew, with whatever changed in some: no row tells by its size, or by
 * the transaction that wrote it, which of them it was about.
 */
export async function sealWinsAnew(
  base: Where,
  groupId: string,
  change: (win: Opened) => Opened = (win) => win,
): Promise<void> {
  const { keyring } = base.ballotKeys
  const fresh = (await listWins(base, [groupId])).flatMap((row) => {
    const opened = openWin(keyring, row)
    return opened ? [{ id: row.id, sealed: sealWin(keyring, row.id, change(opened)) }] : []
  })
  await resealWins(base, fresh)
}

/**
 * A leaver takes along the wins that nobody has decided on; a win that cannot be opened goes too.
 */
export async function withdrawWins(base: Where, groupId: string, personId: string): Promise<void> {
  const { ballotKeys } = base
  for (const row of await listWins(base, [groupId])) {
    const opened = openWin(ballotKeys.keyring, row)
    if (!opened || opened.personId === personId) await deleteWin(base, row.id)
  }
  await sealWinsAnew(base, groupId)
}

/**
 * Somebody who is taken off the roster is taken off their wins; the words stay. Were they deleted,
 * a facilitator could take somebody off and see which words are gone.
 */
export async function disownWins(
  base: Where,
  groupId: string,
  personIds: readonly string[],
): Promise<void> {
  if (personIds.length === 0) return
  await sealWinsAnew(base, groupId, (win) =>
    win.personId !== null && personIds.includes(win.personId) ? { ...win, personId: null } : win,
  )
}

/** Counts a person's wins in these groups that nobody has decided on. */
export async function countOwnWins(
  base: Tenant<Reader> & Pick<Context, 'ballotKeys'>,
  personId: string,
  groupIds: readonly string[],
): Promise<number> {
  const rows = await listWins(base, groupIds)
  return rows.filter((row) => openWin(base.ballotKeys.keyring, row)?.personId === personId).length
}
