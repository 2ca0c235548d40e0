import { askForSummary } from '../src/cli/story.ts'
import { type Hands, lastSeen, type Seen } from '../src/simulator/workspace.ts'
import { Prisma } from '../src/store/generated/client.ts'
import { addMembers } from './latecomers.ts'
import { answer, fill, moveTo, open, type Played, press, setUpGroup } from './played.ts'

const DAY_MS = 24 * 60 * 60_000

/** As its button ends in each language. */
const DAYS_ILL = { en: 'Days with an illness', es: 'Días con una enfermedad' } as const

/** Admin, privacy, help. */
const BUTTONS_WITHOUT_GROUP = 3

/**
 * A walk past every form and every message of a platform, as its people would come to see them, in
 * the language that everybody in it chose. Returns each kind once, the first that was seen of it.
 */
export async function tour(
  world: Played,
  platform: 'slack' | 'teams',
  language: 'en' | 'es' = 'en',
): Promise<Seen[]> {
  const hands: Hands = world[platform]
  const { admin, facilitator, supervisor, members } = world.casts[platform]
  const [first = '', second = ''] = members
  const look = async (person: string, line: string) => {
    await open(hands, person, line)
    await hands.closeForm(person)
  }
  const pressed = async (person: string, kind: string, verb: string, about = '') =>
    await press(hands, lastSeen(hands.journal, person, kind), verb, about)
  const read = async (person: string, kind: string, verb: string) => {
    await pressed(person, kind, verb)
    await hands.closeForm(person)
  }
  const sessionOn = async (date: string) =>
    (
      await world.db.session.findFirstOrThrow({
        where: { originalLocalStart: { startsWith: date } },
      })
    ).id

  await setUpGroup(world, platform)
  if (language !== 'en') await world.db.person.updateMany({ data: { language } })
  for (const line of ['', 'help', 'privacy', 'next']) await hands.type(first, line)
  for (const line of ['admin', 'nonsense', 'lines']) await hands.type(admin, line)
  await fill(hands, admin, 'admin settings', {})
  await fill(hands, admin, 'admin lines', { emergency: '112', lines: 'Night line: 0800 555 010' })
  await open(hands, second, 'contact')
  await hands.closeForm(second)
  await fill(hands, facilitator, 'contact settings', {
    contactHours: '24',
  })
  await fill(hands, facilitator, 'edit', {})
  await hands.type(first, 'admin')
  await read(supervisor, 'role-changed', 'role')
  await fill(hands, supervisor, 'away', { from: '2026-03-03', until: '2026-03-03' })
  await fill(hands, facilitator, 'agreement', { goals: 'Meet. Talk. Rest.' })
  await world.app.drain()
  await pressed(first, 'welcome', 'welcome')
  await hands.submit(first, {})
  await hands.closeForm(first)
  await fill(hands, facilitator, 'schedule', {
    place: 'Room 2',
    link: 'https://call.example.org/2',
  })
  await hands.type(first, 'next')
  await pressed(first, 'next', 'calendar')
  await fill(hands, facilitator, 'remind', { now: 'yes' })
  await world.app.drain()
  await read(first, 'reminder', 'session')
  await fill(hands, facilitator, 'cancel', { session: await sessionOn('2026-03-10') })
  await world.app.drain()
  await fill(hands, facilitator, 'move', {
    session: await sessionOn('2026-03-17'),
    date: '2026-03-18',
    time: '18:00',
  })
  await world.app.drain()
  await open(hands, facilitator, 'message')
  await pressed(facilitator, 'messages', 'message.new')
  await hands.submit(facilitator, {
    text: 'Please bring a pen next time.',
    date: '2026-03-03',
    time: '10:00',
    repeat: 'once',
  })
  await pressed(facilitator, 'message-preview', 'message.confirm')
  await hands.closeForm(facilitator)
  const onCheckIns = async (verb: string, filled: Record<string, string> | null, about = '') => {
    await open(hands, facilitator, 'checkin')
    await pressed(facilitator, 'checkins', verb, about)
    if (filled) await hands.submit(facilitator, filled)
    await hands.closeForm(facilitator)
  }
  await onCheckIns('checkin.preview', {})
  await onCheckIns('checkin.plan', {})
  await onCheckIns('checkin.stop', null, DAYS_ILL[language])
  await look(first, 'win')
  await addMembers(world, platform, ['UNINTH', 'UTENTH'])
  await fill(hands, first, 'win', { text: 'I went for a walk.' })
  await fill(hands, second, 'win', { text: 'I called a friend.' })
  await world.app.drain()
  await read(facilitator, 'win-waiting', 'win')
  await pressed(facilitator, 'wins', 'win.post')
  await hands.closeForm(facilitator)
  for (const _ of [first, second]) {
    await open(hands, facilitator, 'win')
    await pressed(facilitator, 'wins', 'win.decline')
    await hands.closeForm(facilitator)
  }
  await world.app.drain()
  await read(first, 'win-declined', 'win.note')
  await moveTo(world, new Date('2026-03-03T09:00:00Z'))
  await read(second, 'message', 'message.read')
  // Two people are not there any more when the reminder of the hour before goes out.
  for (const gone of members.slice(5, 7)) {
    if (platform === 'teams') world.teams.block(gone)
    else {
      // Slack says so when a chat with them is opened anew.
      const data = { address: Prisma.DbNull }
      await world.db.account.updateMany({ where: { externalId: gone }, data })
      world.slack.failNext({
        method: 'conversations.open',
        channel: gone,
        status: 200,
        error: 'user_disabled',
      })
    }
  }
  await moveTo(world, new Date('2026-03-03T15:30:00Z'))
  await world.app.drain()
  await read(facilitator, 'delivery-problem', 'problems')
  if (platform === 'slack') await world.slack.typeIn('C0TUESDAY', facilitator, 'channel')
  await moveTo(world, new Date('2026-03-03T18:00:00Z'))
  await pressed(facilitator, 'session-ended', 'attendance.enter')
  await hands.submit(facilitator, { headcount: '7' })
  await hands.closeForm(facilitator)
  for (const member of members.filter((_, index) => index < 5 || index > 6))
    await answer(world, platform, member, '4')
  await fill(hands, first, 'contact', { text: 'Please call me in the evening.' })
  await look(facilitator, 'contact')
  await look(first, 'mydata')
  await fill(hands, second, 'pause', { quietFrom: '21:00', quietUntil: '7:00' })
  await moveTo(world, new Date('2026-03-04T18:00:00Z'))
  await read(supervisor, 'contact-request', 'contact.read')
  await pressed(facilitator, 'contact-request', 'contact.read')
  await pressed(facilitator, 'contact', 'contact.seen')
  await pressed(facilitator, 'contact', 'contact.pass')
  await hands.submit(facilitator, { colleague: [supervisor] })
  await hands.closeForm(facilitator)
  await world.app.drain()
  await read(first, 'contact-seen', 'contact.status')
  await moveTo(world, new Date('2026-03-05T18:00:00Z'))
  await read(supervisor, 'contact-reminder', 'contact.read')
  await pressed(supervisor, 'contact', 'contact.reached')
  await hands.closeForm(supervisor)
  await world.app.drain()
  await pressed(first, 'contact-closed', 'contact.status')
  await pressed(first, 'contact-status', 'contact.confirm')
  await hands.closeForm(first)
  await askForSummary(world, { platform })
  await pressed(facilitator, 'summary', 'summary.four')
  await hands.closeForm(facilitator)
  await look(facilitator, 'summary export')
  await moveTo(world, new Date('2026-03-09T07:00:00Z'))
  await read(supervisor, 'digest-notice', 'digest')
  await fill(hands, supervisor, 'digest settings', { weekday: '5' })
  await fill(hands, facilitator, 'flag', { flag: 'talk' })
  await fill(hands, admin, 'admin drill', { drill: 'once' })
  await world.app.drain()
  await pressed(facilitator, 'contact-request', 'contact.read')
  await pressed(facilitator, 'contact', 'contact.seen')
  await hands.closeForm(facilitator)
  await hands.type(facilitator, 'home')
  await open(hands, facilitator, 'roster')
  await hands.closeForm(facilitator)
  await open(hands, facilitator, 'checkin')
  await pressed(facilitator, 'checkins', 'checkin.now')
  await hands.submit(facilitator, { set: 'ons4', openHours: '4' })
  await hands.closeForm(facilitator)
  await world.app.drain()
  const [takenOff = ''] = members.slice(4)
  await fill(hands, facilitator, 'roster', { members: members.filter((one) => one !== takenOff) })
  await world.app.drain()
  await pressed(takenOff, 'removed', 'removed')
  await pressed(takenOff, 'removed', 'removed.withdraw')
  await hands.closeForm(takenOff)
  await fill(hands, members[7] ?? '', 'leave', {})
  await fill(hands, facilitator, 'new', {
    contactHours: 'none',
    alias: 'Second group',
    timeZone: 'Europe/Berlin',
  })
  await hands.type(facilitator, 'summary')
  await moveTo(world, new Date('2026-03-09T13:00:00Z'))
  await fill(hands, facilitator, 'end Tuesday group', { days: '7' })
  await world.app.drain()
  await read(first, 'goodbye', 'goodbye')
  await moveTo(world, new Date(Date.parse('2026-03-09T13:00:00Z') + 7 * DAY_MS))
  await read(facilitator, 'deletion-receipt', 'receipt')
  const kinds = new Map<string, Seen>()
  // The home card that everybody in Teams gets at first is of somebody without a group.
  const isFirst = ({ kind, surface }: Seen) =>
    !kinds.has(kind) && (kind !== 'home' || surface.buttons.length > BUTTONS_WITHOUT_GROUP)
  for (const seen of hands.journal.seen) if (isFirst(seen)) kinds.set(seen.kind, seen)
  return [...kinds.values()]
}
