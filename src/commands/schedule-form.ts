import { repeatOf, startsOf, untilOf } from '../domain/recurrence.ts'
import { countOf, nextWeekday, parseTypedPlan, type TypedPlan } from '../domain/schedule.ts'
import { localOf, weekdayName } from '../domain/time.ts'
import { UserError } from '../errors.ts'
import type { GroupRow } from '../store/group.ts'
import { listSchedules, type ScheduleRow } from '../store/schedule.ts'
import { type ScheduleDraft, scheduleForm, scheduleWords } from '../views/schedule.ts'
import { type Context, command, groupOf } from './command.ts'
import { groupInput } from './input.ts'

const DRAFT = { time: '17:30', minutes: 90, count: 12 } as const

const EXAMPLE = 'every Tuesday 17:30 for 90 minutes, 12 sessions'

/** The form, filled with what was typed, or with the schedule that the group has. */
export const schedule = command({
  verb: 'schedule',
  opens: 'form',
  isTyped: true,
  access: { who: 'group', roles: ['facilitator'] },
  subject: 'group',
  takesText: true,
  effect: 'read',
  input: groupInput,
  run: async (context, { text }) => {
    const group = groupOf(context)
    const known = await listSchedules(context, group.id)
    const draft = draftOf(context, group, known, readTyped(context, text ?? ''))
    const words = known.map((row) => ({ id: row.id, words: wordsOf(context, row) }))
    return { reply: { type: 'form', form: scheduleForm(context.texts, group.id, draft, words) } }
  },
})

function readTyped({ texts, example }: Context, typed: string): TypedPlan | null {
  if (typed === '') return null
  const weekdays = [1, 2, 3, 4, 5, 6, 7].map((day) => weekdayName(day, texts.language))
  const plan = parseTypedPlan(typed, weekdays)
  if (!plan)
    throw new UserError(texts.t('error.groupOrSchedule', { example: example('schedule', EXAMPLE) }))
  return plan
}

export function wordsOf({ texts }: Context, { rule, localStart, timeZone }: ScheduleRow): string {
  const [date = '', time = ''] = localStart.split('T')
  return scheduleWords(texts, { repeat: repeatOf(rule), date, time, timeZone })
}

/** The form's first values: what was typed, else the only schedule as it is, else a usual one. */
function draftOf(
  { now }: Context,
  group: GroupRow,
  known: readonly ScheduleRow[],
  plan: TypedPlan | null,
): ScheduleDraft {
  const only = known.length === 1 ? known[0] : undefined
  const timeZone = only?.timeZone ?? group.timeZone
  const tomorrow = localOf(now, timeZone).toPlainDate().add({ days: 1 })
  const [ownDate, ownTime] = only?.localStart.split('T') ?? []
  return {
    which: known.length > 0 ? (only?.id ?? 'new') : 'new',
    firstDate:
      (plan ? null : ownDate) ??
      nextWeekday(tomorrow.toString(), plan?.isoWeekday ?? tomorrow.dayOfWeek),
    time: plan?.time ?? ownTime ?? DRAFT.time,
    minutes: String(plan?.minutes ?? only?.durationMinutes ?? DRAFT.minutes),
    repeat: plan?.repeat ?? (only ? repeatOf(only.rule) : 'weekly'),
    count:
      only && untilOf(only.rule) && !plan
        ? ''
        : String(plan?.count ?? wantedCount(only) ?? DRAFT.count),
    until: plan || !only ? '' : (untilOf(only.rule) ?? ''),
    except: only?.exceptions.join(', ') ?? '',
    holidays: 'ask',
    timeZone,
    place: only?.place ?? '',
    link: only?.link ?? '',
  }
}

/**
 * How many sessions a stored schedule was asked for: what its rule gives, without the dates left
 * out.
 */
function wantedCount(row: ScheduleRow | undefined): number | null {
  if (!row || countOf(row.rule) === null) return null
  return startsOf({ ...row, minutes: row.durationMinutes }).length
}
