import { type PlannedStart, repeatOf, startsOf, untilOf } from '../domain/recurrence.ts'
import { countOf } from '../domain/schedule.ts'
import { localOf } from '../domain/time.ts'
import { parseTypedPlan, type TypedPlan } from '../domain/typed-plan.ts'
import { firstDateOf } from '../domain/typed-times.ts'
import { UserError } from '../errors.ts'
import type { GroupRow } from '../store/group.ts'
import { listHeldDates, listSchedules, type ScheduleRow } from '../store/schedule.ts'
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
    const [only] = known.length === 1 ? known : []
    const held = only ? await listHeldDates(context, only.id, context.now) : []
    const typed = readTyped(context, group, text ?? '')
    const draft = draftOf(context, group, { known, held }, typed)
    const words = known.map((row) => ({ id: row.id, words: wordsOf(context, row) }))
    return {
      reply: {
        type: 'form',
        form: scheduleForm(context.texts, group.id, { draft, unused: typed?.unused ?? [] }, words),
      },
    }
  },
})

function readTyped({ texts, example, now }: Context, group: GroupRow, typed: string) {
  if (typed === '') return null
  const plan = parseTypedPlan(typed, localOf(now, group.timeZone).toPlainDate().toString())
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
  { known, held }: { known: readonly ScheduleRow[]; held: readonly string[] },
  plan: TypedPlan | null,
): ScheduleDraft {
  const only = known.length === 1 ? known[0] : undefined
  const timeZone = only?.timeZone ?? group.timeZone
  const tomorrow = localOf(now, timeZone).toPlainDate().add({ days: 1 })
  const [ownDate, ownTime] = only?.localStart.split('T') ?? []
  return {
    which: known.length > 0 ? (only?.id ?? 'new') : 'new',
    firstDate:
      (plan && namesDay(plan) ? null : ownDate) ??
      firstDateOf(plan?.from ?? tomorrow.toString(), plan ?? NO_DAY),
    time: plan?.time ?? ownTime ?? DRAFT.time,
    minutes: String(plan?.minutes ?? only?.durationMinutes ?? DRAFT.minutes),
    repeat: plan?.repeat ?? (only ? repeatOf(only.rule) : 'weekly'),
    count:
      plan?.until || (only && untilOf(only.rule) && !plan)
        ? ''
        : String(plan?.count ?? wantedCount(only, held) ?? DRAFT.count),
    until: plan ? (plan.until ?? '') : only ? (untilOf(only.rule) ?? '') : '',
    except: (plan?.except.length ? plan.except : (only?.exceptions ?? [])).join(', '),
    holidays: 'ask',
    timeZone,
    place: only?.place ?? '',
    link: only?.link ?? '',
  }
}

const NO_DAY = { isoWeekday: null, nth: null, dayOfMonth: null } as const
const namesDay = ({ isoWeekday, dayOfMonth, from }: TypedPlan): boolean =>
  isoWeekday !== null || dayOfMonth !== null || from !== null

/** How many sessions have been that a rule does not give: it was changed midway. */
export function heldBeside(held: readonly string[], starts: readonly PlannedStart[]): number {
  const given = new Set(starts.map(({ originalLocalStart }) => originalLocalStart.slice(0, 10)))
  return held.filter((date) => !given.has(date)).length
}

/**
 * How many sessions a stored schedule was asked for: what its rule gives, without the dates left
 * out, and those that were `held` before it was changed midway.
 */
function wantedCount(row: ScheduleRow | undefined, held: readonly string[]): number | null {
  if (!row || countOf(row.rule) === null) return null
  const starts = startsOf({ ...row, minutes: row.durationMinutes })
  return starts.length + heldBeside(held, starts)
}
