import type { z } from 'zod'
import type { KeyStore } from '../ballot/key-store.ts'
import type { Keyring } from '../ballot/keyring.ts'
import type { Content, Texts } from '../content/load.ts'
import type { AccessRule, Role } from '../domain/access.ts'
import type { OccurrencePlan, SkipReason } from '../domain/occurrence.ts'
import type { Example, Verb } from '../domain/verbs.ts'
import type { OwnZone } from '../domain/zone.ts'
import type { Incoming, Traits } from '../platform.ts'
import type { Actor, ConnectionRow } from '../store/access.ts'
import type { AuditFact } from '../store/audit.ts'
import type { AnsweredCheckIn } from '../store/ballot.ts'
import type { CheckInRow } from '../store/checkin.ts'
import type { Job } from '../store/engine/queue.ts'
import type { Reader, SqlTx, Tenant, Tx } from '../store/engine/transaction.ts'
import type { GroupRow } from '../store/group.ts'
import type { Membership } from '../store/membership.ts'
import type { MessageRow } from '../store/message.ts'
import type { OrganisationRow } from '../store/organisation.ts'
import type { DeliveryPlan } from '../store/outbox.ts'
import type { PlanRow } from '../store/plan.ts'
import type { ScheduleRow } from '../store/schedule.ts'
import type { SessionDetails } from '../store/session.ts'
import type { WinRow } from '../store/win.ts'
import type { Reply } from '../views/card.ts'

/** Keys that seal and unseal ballots. `secret` goes to the child process that opens them. */
export type BallotKeys = {
  keyring: Keyring
  secret: string
  keyStore: KeyStore
  keyDirectory: string
}

/** Everything that each verb is given. A verb that only reads has no transaction. */
export type Base<Store = Tx> = Tenant<Store> & {
  now: Date
  content: Content
  ballotKeys: BallotKeys
  newId(): string
}

/** A person's verb has all of this; `group` and `role` are set when its rule is about a group. */
export type Context<Store = Reader> = Base<Store> & {
  incoming: Incoming
  /** The traits of the platform that this came from. */
  platform: Traits
  organisation: OrganisationRow
  connection: ConnectionRow
  actor: Actor
  texts: Texts
  group: GroupRow | null
  role: Role | null
  /** The thing that `input.id` named besides a group, as the door found it. */
  about: About | null
  /**
   * The running groups of this person, as they are now; empty for a verb that is the same for
   * everybody.
   */
  memberships: readonly Membership[]
  /**
   * Where the service is reached from outside, for calendars and reports; null when nobody said.
   */
  publicUrl: string | null
  /** The time zone that this person's own hours count in. */
  zone: OwnZone
  /** The wall clock, for links that must not last. */
  wall: Date
  /** Commands as typed on this person's platform. */
  example: Example
}

/** The same in a transaction, for verbs that change something. */
export type WriteContext = Context<Tx>

/** Things that an id can name besides a group. */
type Subjects = {
  checkIn: CheckInRow
  plan: PlanRow & { groupId: string }
  session: SessionDetails
  schedule: ScheduleRow & { groupId: string }
  message: MessageRow
  win: WinRow
}
/** Something of a group that a verb is about. */
export type About = { [S in keyof Subjects]: { subject: S; row: Subjects[S] } }[keyof Subjects]

/** Everything that a verb wants done besides its reply, in the same transaction. */
export type Effects = {
  deliveries?: readonly DeliveryPlan[]
  occurrences?: readonly OccurrencePlan[]
  jobs?: readonly Job[]
  audit?: readonly (Omit<AuditFact, 'actorId'> & {
    /** It says what happened, to the hour, and not who did it: a member's own act. */
    isUnnamed?: true
  })[]
}
export type Result = Effects & { reply: Reply }

type Described = {
  verb: Verb
  /** Whether it can be typed, or only reached by a button or form. */
  isTyped: boolean
  access: AccessRule
  /** Whether text after the verb may be something else than a group's alias. */
  takesText?: boolean
  /** Text after the word is taken and not read: nobody puts such a thing on a line by accident. */
  ignoresText?: boolean
  /** The kind of thing that `input.id` names when the rule is about a group. */
  subject?: 'group' | About['subject']
  /** Whether it answers with a form or a result, which some requests cannot open by themselves. */
  opens?: 'form' | 'content'
  /**
   * True when the answer depends on nothing of the person but their language: it asks the store
   * nothing.
   */
  isSameForAll?: boolean
  /**
   * True when it changes what every request of the organisation brings along: nothing of that is
   * remembered.
   */
  changesSettings?: boolean
  /** True when nothing about its use may be recorded, not even that it happened. */
  isUntraced?: boolean
  /**
   * More words after it make the line no command: "help I want to die" is not to be answered with a
   * list.
   */
  isWholeLine?: boolean
  /** It has an answer for those, too, who have no fitting place in a group. */
  worksWithoutGroup?: boolean
  /** Staff of a group that has ended may still use it, until the group is deleted. */
  worksAfterEnd?: boolean
  /** A member whom staff took off the roster may still use it, for what had begun before. */
  worksAfterRemoval?: boolean
  /**
   * The verb whose form this submits: it is shown again with what was typed when something has to
   * be mended.
   */
  form?: Verb
}

/** A verb that goes through the door (run.ts) and changes nothing. */
export type ReadCommand = Described & {
  effect: 'read'
  handle(context: Context, input: unknown): Promise<Result>
}
type WriteCommand = Described & {
  /** `audited`: only the audit log. `write`: anything, once per request. */
  effect: 'audited' | 'write'
  handle(context: WriteContext, input: unknown): Promise<Result>
}
export type PlainCommand = ReadCommand | WriteCommand
/** The verb that answers a check-in: door/answer.ts serves it. */
export type AnsweringCommand = Described & {
  /**
   * Only boxes: no served request, audit entry, log line or metric, and nothing is learnt of the
   * sender.
   */
  effect: 'ballot'
  answer(context: AnswerContext, input: unknown): Promise<Reply>
}
export type Command = PlainCommand | AnsweringCommand

/** The context of answering: no way to write anything but what it writes by hand. */
export type AnswerContext = Tenant<SqlTx> &
  Pick<Context, 'actor' | 'texts' | 'content' | 'ballotKeys' | 'organisation' | 'now'> & {
    checkIn: AnsweredCheckIn
    /** When the answers were sent, by the platform's own clock; in ms since 1970. */
    sentAt: number
  }

/**
 * A command with its input's schema. Leaving `access` out does not compile, nor does a change in
 * one that only reads.
 */
export function command<V extends Verb, E extends PlainCommand['effect'], S extends z.ZodType>(
  definition: Described & {
    verb: V
    effect: E
    input: S
    run(context: E extends 'read' ? Context : WriteContext, input: z.infer<S>): Promise<Result>
  },
): PlainCommand & { verb: V } {
  const { input, run, ...rest } = definition
  const handle = async (context: E extends 'read' ? Context : WriteContext, raw: unknown) =>
    await run(context, input.parse(raw))
  return { ...rest, handle } as PlainCommand & { verb: V }
}

/** The same for the verb that answers. */
export function answeringCommand<V extends Verb, S extends z.ZodType>(
  definition: Omit<AnsweringCommand, 'answer' | 'effect'> & {
    verb: V
    input: S
    run(context: AnswerContext, input: z.infer<S>): Promise<Reply>
  },
): AnsweringCommand & { verb: V } {
  const { input, run, ...rest } = definition
  return {
    ...rest,
    effect: 'ballot',
    answer: async (context, raw) => await run(context, input.parse(raw)),
  }
}

/** A verb of the system's own: a job's step, never reachable from a platform. */
export type Step<I, O> = {
  verb: string
  access: { who: 'system' }
  run(base: Base, input: I): Promise<Effects & { result: O }>
}

/** The outcome of something that was due. `dropped` is the reason when it came to nothing. */
export type DueOutcome = Effects & { dropped: SkipReason | null }

export function step<I, O>(definition: Step<I, O>): Step<I, O> {
  return definition
}

/** The group of a command whose rule is about one; the door has set it. */
export function groupOf(context: Context): GroupRow {
  if (!context.group) throw new Error(`${context.incoming.verb} has no group`)
  return context.group
}

/** The thing that a command is about when that is no group; the door has found it. */
export function aboutOf<S extends keyof Subjects>(context: Context, subject: S): Subjects[S] {
  const { about } = context
  if (about?.subject !== subject) throw new Error(`${context.incoming.verb} is about no ${subject}`)
  return about.row as Subjects[S]
}
