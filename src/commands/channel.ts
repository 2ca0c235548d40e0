import { UserError } from '../errors.ts'
import { setChannel } from '../store/group.ts'
import { channelCard } from '../views/channel.ts'
import { command, groupOf } from './command.ts'
import { echo, groupInput } from './input.ts'

/**
 * The channel that it is typed in becomes the group's, for its notices; "channel off" takes it
 * away.
 */
export const channel = command({
  verb: 'channel',
  isTyped: true,
  access: { who: 'group', roles: ['facilitator'] },
  subject: 'group',
  takesText: true,
  effect: 'write',
  input: groupInput,
  run: async (context, { text }) => {
    const { texts, connection, incoming, content, example } = context
    const group = groupOf(context)
    const { t } = texts
    if (text?.toLowerCase() === 'off') {
      await setChannel(context, group.id, null)
      return {
        reply: { type: 'card', card: channelCard(texts, { state: 'removed', alias: group.alias }) },
        audit: [{ action: 'channel.removed', subjectId: group.id }],
      }
    }
    if (text !== undefined)
      throw new UserError(
        t('error.groupNotFound', {
          got: echo(text),
          known: group.alias,
          example: example('channel', group.alias),
        }),
      )
    if (content.kinds.get(group.kind)?.mayUseChannel === false)
      throw new UserError(t('edit.channelNever'))
    const here = incoming.channel
    if (!here) throw new UserError(t('channel.where', { example: example('channel', group.alias) }))
    if (!here.isPrivate) throw new UserError(t('channel.public'))
    if (here.isShared === null)
      throw new UserError(t('channel.unknown', { example: example('channel', group.alias) }))
    if (here.isShared) throw new UserError(t('channel.shared'))
    await setChannel(context, group.id, {
      id: here.id,
      connectionId: connection.id,
      address: here.address,
    })
    return {
      reply: { type: 'card', card: channelCard(texts, { state: 'set', alias: group.alias }) },
      audit: [{ action: 'channel.set', subjectId: group.id }],
    }
  },
})
