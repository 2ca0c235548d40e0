import { LEAST_WRITERS } from '../domain/disclosure.ts'
import { UserError } from '../errors.ts'
import { lockGroup } from '../store/group.ts'
import { findRole } from '../store/roster.ts'
import { deleteWin, findWin, type WinRow } from '../store/win.ts'
import { winDeclined, winDone } from '../views/win.ts'
import { aboutOf, type Context, command, groupOf } from './command.ts'
import { formInput, groupInput, idInput } from './input.ts'
import { keepDraft, mustHaveRoom, offerAsMessage } from './message-draft.ts'
import { mayShareWins, openWin, sealWinsAnew } from './win.ts'

const FACILITATOR = { who: 'group', roles: ['facilitator'] } as const

/** The words of a win. Throws UserError when it is gone, or sealed with a key that is. */
function wordsOf({ texts, ballotKeys, example }: Context, row: WinRow | null): string {
  const opened = row && openWin(ballotKeys.keyring, row)
  if (!opened) throw new UserError(texts.t('error.notFound', { example: example('win') }))
  return opened.text
}

/** A win as a message to the group. */
export const winPost = command({
  verb: 'win.post',
  opens: 'form',
  isTyped: false,
  access: FACILITATOR,
  subject: 'win',
  effect: 'read',
  input: idInput,
  run: async (context, { id }) => {
    if (!(await mayShareWins(context)))
      throw new UserError(context.texts.t('win.few', { least: LEAST_WRITERS }))
    const text = context.texts.t('win.message', { text: wordsOf(context, aboutOf(context, 'win')) })
    return { reply: offerAsMessage(context, { verb: 'win.post.submit', id, text }) }
  },
})

/** It is a draft of the facilitator's now, and the win is gone with who wrote it. */
export const winPostSubmit = command({
  verb: 'win.post.submit',
  isTyped: false,
  access: FACILITATOR,
  subject: 'win',
  effect: 'write',
  form: 'win.post',
  input: formInput.required({ id: true }).extend(idInput.shape),
  run: async (context, { id, values }) => {
    const { newId } = context
    const group = groupOf(context)
    await lockGroup(context, group.id)
    // Somebody may have posted it before the lock was had.
    wordsOf(context, await findWin(context, id))
    await mustHaveRoom(context, group.id)
    const result = await keepDraft(context, group, newId(), values)
    await deleteWin(context, id)
    await sealWinsAnew(context, group.id)
    return { ...result, audit: [...(result.audit ?? []), { action: 'win.taken', subjectId: id }] }
  },
})

/**
 * It is not posted: the member gets a kind note, and the words are gone. The facilitator does not
 * learn who it was.
 */
export const winDecline = command({
  verb: 'win.decline',
  isTyped: false,
  access: FACILITATOR,
  subject: 'win',
  effect: 'write',
  input: idInput,
  run: async (context, { id }) => {
    const { texts, ballotKeys } = context
    const { id: groupId } = groupOf(context)
    const writer = openWin(ballotKeys.keyring, aboutOf(context, 'win'))?.personId ?? null
    await lockGroup(context, groupId)
    const isFirst = await deleteWin(context, id)
    await sealWinsAnew(context, groupId)
    // Somebody who is not a member any more gets no note, and may not even be known.
    const isMember = writer !== null && (await findRole(context, groupId, writer)) === 'member'
    return {
      reply: { type: 'content', card: winDone(texts, 'win.declined') },
      deliveries:
        isMember && isFirst
          ? [
              {
                key: `win-declined ${id}`,
                kind: 'win-declined' as const,
                personId: writer,
                groupId,
              },
            ]
          : [],
      audit: isFirst ? [{ action: 'win.declined', subjectId: id }] : [],
    }
  },
})

/** The kind note itself. */
export const winDeclinedNote = command({
  verb: 'win.note',
  opens: 'content',
  isTyped: false,
  access: { who: 'group', roles: ['member'] },
  subject: 'group',
  effect: 'read',
  input: groupInput,
  run: async (context) => ({
    reply: { type: 'content', card: winDeclined(context.texts, groupOf(context).alias) },
  }),
})
