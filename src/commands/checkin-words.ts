import { openText } from '../ballot/secret-text.ts'
import { discloseWords, mayMembersSee } from '../domain/disclosure.ts'
import { UserError } from '../errors.ts'
import { findResult, listWords } from '../store/result.ts'
import { wordsCard } from '../views/checkin-words.ts'
import { aboutOf, command, groupOf } from './command.ts'
import { idInput } from './input.ts'

/** Shows the words of a unit to everybody who sees its result. Opening it is audited. */
export const checkInWords = command({
  verb: 'checkin.words',
  opens: 'content',
  isTyped: false,
  access: { who: 'group', roles: ['member', 'facilitator', 'supervisor'] },
  subject: 'checkIn',
  worksAfterEnd: true,
  effect: 'audited',
  input: idInput,
  run: async (context, { id }) => {
    const { texts, role, ballotKeys, example } = context
    const { unitId } = aboutOf(context, 'checkIn')
    const row = unitId ? await findResult(context, unitId) : null
    const maySee = row !== null && (role !== 'member' || mayMembersSee(row.audience))
    const rows = maySee ? await listWords(context, row.unitId) : []
    const words = maySee
      ? discloseWords(
          row.state,
          rows.map(({ id: own, sealed }) => openText(ballotKeys.keyring, own, sealed)),
        )
      : null
    if (!words) throw new UserError(texts.t('error.notFound', { example: example('summary') }))
    return {
      reply: { type: 'content', card: wordsCard(texts, { alias: groupOf(context).alias, words }) },
      audit: role === 'member' ? [] : [{ action: 'words.opened', subjectId: id }],
    }
  },
})
