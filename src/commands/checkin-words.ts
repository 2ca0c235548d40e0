import { openText } from '../ballot/secret-text.ts'
import { discloseWords, mayMembersSee } from '../domain/disclosure.ts'
import { UserError } from '../errors.ts'
import { findCheckIn } from '../store/checkin.ts'
import { findResult, listWords } from '../store/result.ts'
import { wordsCard } from '../views/checkin-words.ts'
import { command, groupOf } from './command.ts'
import { idInput } from './input.ts'

/** What members wrote in a unit, for whoever sees its result. Opening it is audited. */
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
    const { tx, texts, actor, role, ballotKeys, example } = context
    const { organisationId } = actor
    const checkIn = await findCheckIn(tx, organisationId, id)
    const row = checkIn?.unitId ? await findResult(tx, organisationId, checkIn.unitId) : null
    const maySee = row !== null && (role !== 'member' || mayMembersSee(row.audience))
    const rows = maySee ? await listWords(tx, organisationId, row.unitId) : []
    const words = maySee
      ? discloseWords(
          row.result,
          rows.map(({ id: own, sealed }) => openText(ballotKeys.keyring, own, sealed)),
        )
      : null
    if (!words) throw new UserError(texts.t('error.notFound', { example: example('summary') }))
    return {
      reply: { type: 'content', card: wordsCard(texts, { alias: groupOf(context).alias, words }) },
      audit: [{ action: 'words.opened', subjectId: id }],
    }
  },
})
