/**
 * Everything that a person can do, by name: what a button or a form carries. Dots join its words.
 */
const VERBS = [
  'home',
  'help',
  'privacy',
  'next',
  'summary',
  'summary.four',
  'summary.all',
  'summary.post',
  'summary.export',
  'digest',
  'digest.settings',
  'digest.settings.submit',
  'flag',
  'flag.submit',
  'new',
  'new.submit',
  'edit',
  'edit.submit',
  'roster',
  'roster.submit',
  'problems',
  'agreement',
  'agreement.submit',
  'welcome',
  'welcome.accept',
  'schedule',
  'schedule.submit',
  'schedule.putBack',
  'session',
  'session.notHeld',
  'calendar',
  'cancel',
  'cancel.submit',
  'move',
  'move.submit',
  'remind',
  'remind.submit',
  'message',
  'message.new',
  'message.submit',
  'message.edit',
  'message.edit.submit',
  'message.confirm',
  'message.stop',
  'message.read',
  'channel',
  'attendance',
  'attendance.enter',
  'attendance.submit',
  'checkin',
  'checkin.plan',
  'checkin.plan.submit',
  'checkin.stop',
  'checkin.preview',
  'checkin.previewed',
  'checkin.now',
  'checkin.now.submit',
  'checkin.answer',
  'checkin.begin',
  'checkin.submit',
  'checkin.words',
  'contact',
  'contact.submit',
  'contact.read',
  'contact.seen',
  'contact.reached',
  'contact.tried',
  'contact.handedOver',
  'contact.pass',
  'contact.pass.submit',
  'contact.status',
  'contact.withdraw',
  'contact.confirm',
  'contact.deny',
  'contact.nobody',
  'contact.settings',
  'contact.settings.submit',
  'role',
  'away',
  'away.submit',
  'lines',
  'unread',
  'win',
  'win.submit',
  'win.post',
  'win.post.submit',
  'win.decline',
  'win.note',
  'mydata',
  'pause',
  'pause.submit',
  'leave',
  'leave.submit',
  'forget.me',
  'removed',
  'removed.withdraw',
  'end',
  'end.submit',
  'goodbye',
  'goodbye.leave',
  'receipt',
  'admin',
  'admin.staff',
  'admin.staff.submit',
  'admin.settings',
  'admin.settings.submit',
  'admin.lines',
  'admin.lines.submit',
  'admin.drill',
  'admin.drill.submit',
] as const

/** One of them. The registry has a command for each; one without does not compile. */
export type Verb = (typeof VERBS)[number]

/** The words that are typed for a verb: "admin staff". */
export const typedAs = (verb: Verb): string => verb.replaceAll('.', ' ')

/** A line as somebody types it on their platform, `rest` behind the verb. */
export type Example = (verb: Verb, rest?: string) => string

/** Lines with a platform's own characters before the verb. */
export const exampleWith =
  (prefix: string): Example =>
  (verb, rest) =>
    `${prefix}${typedAs(verb)}${rest === undefined ? '' : ` ${rest}`}`

/**
 * The verb that a button carries; null when it is none. Buttons of older messages join words by
 * spaces.
 */
export function toVerb(carried: string): Verb | null {
  const dotted = carried.replaceAll(' ', '.')
  return VERBS.find((verb) => verb === (FORMER[dotted] ?? dotted)) ?? null
}

/** Verbs that buttons of older messages carry, and those that do their work now. */
const FORMER: Readonly<Record<string, Verb>> = { 'contact.overdue': 'contact.read' }
