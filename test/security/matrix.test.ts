import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sealText } from '../../src/ballot/secret-text.ts'
import { COMMANDS, STEPS } from '../../src/door/registry.ts'
import { run } from '../../src/door/run.ts'
import type { Incoming, PlatformName } from '../../src/platform.ts'
import { ensureActor, ensureConnection, findConnection } from '../../src/store/access.ts'
import type { WinModel } from '../../src/store/generated/models.ts'
import {
  dump,
  fill,
  incoming,
  moveTo,
  SESSION,
  setUpGroup,
  startWorld,
  type World,
} from '../helpers.ts'
import { addMembers } from '../latecomers.ts'

/**
 * Somebody who tries: of the organisation, or with every role in another one, on another workspace.
 */
const WHO = [
  'outsider',
  'member',
  'taken off',
  'facilitator',
  'supervisor',
  'supervisor elsewhere',
  'admin',
  'staff elsewhere',
  'all roles, other tenant',
] as const
type Who = (typeof WHO)[number]

/** The same people on each platform. */
function peopleOn(platform: PlatformName, { casts, workspaces }: World) {
  const { admin, facilitator, supervisor, members } = casts[platform]
  const id = (number: number) => `00000000-0000-4000-9000-${String(number).padStart(12, '0')}`
  const made = (slack: string, number: number) => (platform === 'slack' ? slack : id(number))
  const senders: Record<Who, string> = {
    outsider: made('UOUTSIDER', 1),
    member: members[0] ?? '',
    'taken off': members[7] ?? '',
    facilitator,
    supervisor,
    'supervisor elsewhere': made('UOTHERSUPERVISOR', 2),
    admin,
    'staff elsewhere': made('USTAFF', 3),
    'all roles, other tenant': facilitator,
  }
  const other = made('T0OTHER', 4)
  const workspaceOf = (who: Who) =>
    who === 'all roles, other tenant' ? other : workspaces[platform]
  return { senders, other, workspaceOf }
}

const EVERYONE: readonly Who[] = WHO
const IN_THE_GROUP: readonly Who[] = ['member', 'facilitator', 'supervisor']
const STAFF: readonly Who[] = [
  'supervisor elsewhere',
  'facilitator',
  'supervisor',
  'staff elsewhere',
  'all roles, other tenant',
]

/**
 * The people whom each verb lets do something with this group, written out by hand: the registry is what is tested.
 */
const MAY: Record<string, readonly Who[]> = {
  home: EVERYONE,
  help: EVERYONE,
  privacy: EVERYONE,
  mydata: EVERYONE,
  pause: EVERYONE,
  'pause.submit': EVERYONE,
  // Only of use to who has no group and no office here.
  'forget.me': ['outsider', 'taken off'],
  removed: ['taken off'],
  'removed.withdraw': ['taken off'],
  next: [
    'supervisor elsewhere',
    'member',
    'facilitator',
    'supervisor',
    'staff elsewhere',
    'all roles, other tenant',
  ],
  summary: ['member', 'facilitator', 'supervisor'],
  'summary.four': ['member', 'facilitator', 'supervisor'],
  'summary.all': ['member', 'facilitator', 'supervisor'],
  // There is no result to post yet; posting one is tried with the summary.
  'summary.post': [],
  'summary.export': ['facilitator', 'supervisor'],
  digest: ['supervisor'],
  'digest.settings': ['supervisor', 'supervisor elsewhere'],
  'digest.settings.submit': ['supervisor', 'supervisor elsewhere'],
  flag: ['facilitator'],
  'flag.submit': ['facilitator'],
  new: [
    'supervisor elsewhere',
    'facilitator',
    'supervisor',
    'staff elsewhere',
    'all roles, other tenant',
  ],
  'new.submit': [
    'supervisor elsewhere',
    'facilitator',
    'supervisor',
    'staff elsewhere',
    'all roles, other tenant',
  ],
  edit: ['facilitator'],
  'edit.submit': ['facilitator'],
  roster: ['facilitator'],
  'roster.submit': ['facilitator'],
  problems: ['facilitator', 'supervisor'],
  agreement: ['member', 'facilitator'],
  'agreement.submit': ['facilitator'],
  schedule: ['facilitator'],
  'schedule.submit': ['facilitator'],
  // Facilitators alone, and nobody while a check-in is open, as here.
  'schedule.putBack': [],
  session: IN_THE_GROUP,
  'session.notHeld': ['facilitator'],
  calendar: IN_THE_GROUP,
  cancel: ['facilitator'],
  'cancel.submit': ['facilitator'],
  move: ['facilitator'],
  'move.submit': ['facilitator'],
  remind: ['facilitator'],
  'remind.submit': ['facilitator'],
  message: ['facilitator'],
  'message.new': ['facilitator'],
  'message.submit': ['facilitator'],
  'message.edit': ['facilitator'],
  'message.edit.submit': ['facilitator'],
  'message.confirm': ['facilitator'],
  'message.stop': ['facilitator'],
  'message.read': IN_THE_GROUP,
  channel: ['facilitator'],
  attendance: ['facilitator'],
  'attendance.enter': ['facilitator'],
  'attendance.submit': ['facilitator'],
  // The last facilitator cannot leave, and nobody ends a group whose check-in is open.
  leave: ['member', 'supervisor'],
  'leave.submit': ['member', 'supervisor'],
  end: [],
  'end.submit': [],
  // Their own only: nobody here was in a group that ended.
  goodbye: [],
  'goodbye.leave': [],
  receipt: [],
  admin: ['admin', 'all roles, other tenant'],
  'admin.settings': ['admin', 'all roles, other tenant'],
  'admin.settings.submit': ['admin', 'all roles, other tenant'],
  'admin.lines': ['admin', 'all roles, other tenant'],
  'admin.lines.submit': ['admin', 'all roles, other tenant'],
  welcome: ['member'],
  'welcome.accept': ['member'],
  // People without a place in it read where help is, or what waits for them elsewhere.
  contact: EVERYONE,
  'contact.submit': ['member'],
  // It has come up to the supervisors.
  'contact.read': ['facilitator', 'supervisor'],
  'contact.seen': ['facilitator', 'supervisor'],
  'contact.status': ['member'],
  'contact.reached': ['facilitator', 'supervisor'],
  'contact.tried': ['facilitator', 'supervisor'],
  'contact.handedOver': ['facilitator', 'supervisor'],
  'contact.pass': ['facilitator', 'supervisor'],
  'contact.pass.submit': ['facilitator', 'supervisor'],
  'contact.withdraw': ['member'],
  'contact.confirm': ['member'],
  'contact.deny': ['member'],
  // Nobody here was told that nobody is there.
  'contact.nobody': [],
  'contact.settings': ['facilitator'],
  'contact.settings.submit': ['facilitator'],
  // The supervisor was told of their part when they got it.
  role: ['supervisor'],
  away: STAFF,
  'away.submit': STAFF,
  lines: EVERYONE,
  unread: EVERYONE,
  'admin.drill': ['admin', 'all roles, other tenant'],
  'admin.drill.submit': ['admin', 'all roles, other tenant'],
  win: ['member', 'facilitator'],
  'win.submit': ['member'],
  'win.post': ['facilitator'],
  'win.post.submit': ['facilitator'],
  'win.decline': ['facilitator'],
  'win.note': ['member'],
  // Nothing is counted here yet; what may be read is tried with the words themselves.
  'checkin.words': [],
  checkin: ['facilitator'],
  'checkin.plan': ['facilitator'],
  'checkin.plan.submit': ['facilitator'],
  'checkin.stop': ['facilitator'],
  'checkin.preview': ['facilitator'],
  'checkin.previewed': ['facilitator'],
  'checkin.now': ['facilitator'],
  'checkin.now.submit': ['facilitator'],
  // Staff took them off while it was open: what had begun goes on for them.
  'checkin.answer': ['member', 'taken off'],
  'checkin.begin': ['member', 'taken off'],
  'checkin.submit': ['member', 'taken off'],
  'admin.staff': ['admin', 'all roles, other tenant'],
  'admin.staff.submit': ['admin', 'all roles, other tenant'],
}

const valuesOf = (people: Record<Who, string>): Record<string, Incoming['input']['values']> => ({
  'new.submit': {
    contactHours: 'none',
    kind: 'therapeutic-support',
    alias: `New ${randomUUID().slice(0, 8)}`,
    timeZone: 'UTC',
  },
  'roster.submit': {
    members: [{ externalId: people.member }],
    facilitators: [{ externalId: people.facilitator }],
    supervisors: [{ externalId: people.supervisor }],
  },
  'schedule.submit': {
    firstDate: '2027-01-05',
    time: '17:30',
    minutes: '90',
    count: '3',
    timeZone: 'UTC',
  },
  'admin.staff.submit': {
    staff: [
      { externalId: people.facilitator },
      { externalId: people.supervisor },
      { externalId: people['staff elsewhere'] },
      { externalId: people['supervisor elsewhere'] },
    ],
  },
  'checkin.submit': { belonging: '3' },
  'checkin.begin': {},
  'checkin.plan.submit': {
    set: 'days-and-mood',
    timing: 'before',
    everyNth: '4',
    openHours: '24',
    audience: 'shared',
  },
  'checkin.now.submit': { set: 'phq-4', openHours: '24', audience: 'staff' },
  'checkin.previewed': {},
  'digest.settings.submit': { weekday: '2', time: '9:00', timeZone: 'Europe/Berlin' },
  'flag.submit': { flag: 'talk' },
  'contact.submit': { text: 'Please call.' },
  'win.submit': { text: 'I called a friend.' },
  'win.post.submit': {
    text: 'Hello.',
    target: 'members',
    date: '2027-01-05',
    time: '10:00',
    repeat: 'once',
  },
  'admin.lines.submit': { emergency: '112', lines: 'Night line: 0800 555 010' },
  'pause.submit': { weeks: '0', reminders: 'yes', checkIns: 'yes' },
  'edit.submit': {
    alias: 'Tuesday group',
    isOpen: 'closed',
    language: 'default',
  },
  'contact.settings.submit': { contactHours: '24' },
  'contact.pass.submit': { colleague: [{ externalId: people.supervisor }] },
  'away.submit': { from: '2027-01-05', until: '2027-01-06' },
  'admin.drill.submit': { drill: 'once' },
  'agreement.submit': { goals: 'Meet.', agreement: 'Listen.' },
  'remind.submit': { reminder1: '1440', now: 'no' },
  'message.submit': {
    text: 'Hello.',
    target: 'members',
    date: '2027-01-05',
    time: '10:00',
    repeat: 'once',
  },
  'message.edit.submit': {
    text: 'Hello.',
    target: 'members',
    date: '2027-01-05',
    time: '10:00',
    repeat: 'once',
  },
  'cancel.submit': {},
  'move.submit': { date: '2026-04-01', time: '10:00' },
  'attendance.submit': { headcount: '7' },
  'leave.submit': {},
  'end.submit': { days: '30' },
  'admin.settings.submit': {
    language: 'en',
    resultMonths: '12',
    ledgerDays: '30',
    leastShared: '6',
    leastStaff: '5',
  },
})

const FORMS = new Set(Object.keys(valuesOf({} as Record<Who, string>)))

describe.each(['slack', 'teams'] as const)('the door, for %s', (platform) => {
  let people: Record<Who, string>
  let otherWorkspace: string
  let workspaceOf: (who: Who) => string
  let values: ReturnType<typeof valuesOf>
  let world: World
  let groupId: string
  let checkInId: string
  let digestId: string
  let sessionId: string
  let messageId: string
  let planId: string
  let scheduleId: string
  let emptyId: string
  let contactId: string
  let winId: string
  let winRow: WinModel

  beforeAll(async () => {
    world = await startWorld()
    await setUpGroup(world, platform)
    ;({ senders: people, other: otherWorkspace, workspaceOf } = peopleOn(platform, world))
    values = valuesOf(people)
    await moveTo(world, SESSION.endsAt)
    const all = world.casts[platform].members
    await fill(world[platform], people.facilitator, 'roster', { members: all.slice(0, 7) })
    await addMembers(world, platform, ['UNINTH', 'UTENTH', 'UELEVENTH'])
    const group = await world.db.group.findFirstOrThrow()
    groupId = group.id
    checkInId = (await world.db.checkIn.findFirstOrThrow({ where: { state: 'open' } })).id
    const supervisor = await world.db.account.findFirstOrThrow({
      where: { externalId: people.supervisor },
    })
    sessionId = (await world.db.session.findFirstOrThrow({ where: { startsAt: SESSION.startsAt } }))
      .id
    scheduleId = (await world.db.schedule.findFirstOrThrow()).id
    planId = (await world.db.checkInPlan.findFirstOrThrow()).id
    contactId = randomUUID()
    const asker = await world.db.account.findFirstOrThrow({ where: { externalId: people.member } })
    await world.db.group.updateMany({ where: { id: groupId }, data: { contactHours: 24 } })
    const { organisationId, personId } = asker
    const text = Uint8Array.from(
      sealText(world.app.services.ballotKeys.keyring, contactId, 'Please call.'),
    )
    const at = SESSION.endsAt
    const times = { createdAt: at, dueAt: at, rung: 'supervisors' as const, rungAt: at }
    await world.db.contactRequest.create({
      data: { organisationId, id: contactId, groupId, personId, text, ...times },
    })
    const shared = JSON.stringify({ personId, text: 'I called a friend.' })
    winId = randomUUID()
    const sealed = Uint8Array.from(sealText(world.app.services.ballotKeys.keyring, winId, shared))
    winRow = { organisationId, id: winId, groupId, sealed, deleteOn: SESSION.endsAt }
    await world.db.win.create({ data: winRow })
    messageId = randomUUID()
    await world.db.message.create({
      data: {
        organisationId: group.organisationId,
        id: messageId,
        groupId,
        text: 'Bring a pen.',
        target: 'members',
        localStart: '2027-01-05T10:00',
        timeZone: 'UTC',
        state: 'active',
      },
    })
    digestId = randomUUID()
    await world.db.digest.create({
      data: {
        organisationId: group.organisationId,
        id: digestId,
        personId: supervisor.personId,
        startsAt: SESSION.startsAt,
        endsAt: SESSION.endsAt,
        timeZone: 'UTC',
      },
    })
    const home = await findConnection(world.store, platform, world.workspaces[platform])
    if (!home) throw new Error('not connected')
    await ensureActor(world.store, home, { externalId: people.outsider })
    const { actor } = await ensureActor(world.store, home, {
      externalId: people['staff elsewhere'],
    })
    await world.db.person.updateMany({ where: { id: actor.personId }, data: { isStaff: true } })
    await lead(group.organisationId, actor.personId)
    const colleague = await ensureActor(world.store, home, {
      externalId: people['supervisor elsewhere'],
    })
    await world.db.person.updateMany({
      where: { id: colleague.actor.personId },
      data: { isStaff: true },
    })
    await lead(group.organisationId, colleague.actor.personId, 'supervisor')
    // One that nobody was asked about.
    emptyId = randomUUID()
    await world.db.session.create({
      data: {
        organisationId,
        id: emptyId,
        groupId,
        scheduleId,
        originalLocalStart: '2026-03-03T09:00',
        startsAt: new Date(at.getTime() - 3 * 3_600_000),
        endsAt: new Date(at.getTime() - 2 * 3_600_000),
      },
    })
    const other = randomUUID()
    await world.db.organisation.create({
      data: { id: other, name: 'Other', country: 'DE', createdAt: SESSION.endsAt },
    })
    const foreign = await ensureConnection(
      { tx: world.store, organisationId: other },
      { platform, externalId: otherWorkspace, name: 'Other' },
    )
    const stranger = await ensureActor(world.store, foreign, { externalId: people.facilitator })
    await world.db.person.updateMany({
      where: { id: stranger.actor.personId },
      data: { isStaff: true, isAdmin: true },
    })
    await lead(other, stranger.actor.personId)
    // Everybody has been here once: that they come again writes nothing.
    await world.db.person.updateMany({ data: { hasActed: true } })
  })
  afterAll(() => world.end())

  /** A group of their own, so that having a role somewhere is not having it here. */
  async function lead(
    organisationId: string,
    personId: string,
    role: 'facilitator' | 'supervisor' = 'facilitator',
  ): Promise<void> {
    const id = randomUUID()
    await world.db.group.create({
      data: {
        organisationId,
        id,
        kind: 'therapeutic-support',
        alias: 'Own group',
        timeZone: 'UTC',
        createdAt: SESSION.endsAt,
      },
    })
    await world.db.rosterEntry.create({
      data: { organisationId, groupId: id, personId, role, joinedAt: SESSION.endsAt },
    })
  }

  /** Sessions ahead are made when the group is set up, so a form names one that is there now. */
  async function fieldsOf(verb: string): Promise<Incoming['input']['values']> {
    if (verb === 'attendance.submit') return { ...values[verb], session: sessionId }
    if (verb !== 'cancel.submit' && verb !== 'move.submit') return values[verb] ?? {}
    const ahead = await world.db.session.findFirstOrThrow({
      where: { groupId, state: 'planned', startsAt: { gt: SESSION.endsAt } },
    })
    return { ...values[verb], session: ahead.id }
  }

  function request(verb: string, who: Who, change: Partial<Incoming> = {}): Incoming {
    const command = COMMANDS.find((candidate) => candidate.verb === verb)
    const about = {
      checkIn: checkInId,
      session: sessionId,
      message: messageId,
      plan: planId,
      schedule: scheduleId,
      group: groupId,
      win: winId,
    }
    const own: Record<string, string> = {
      digest: digestId,
      goodbye: groupId,
      'goodbye.leave': groupId,
      receipt: digestId,
      'contact.read': contactId,
      'contact.seen': contactId,
      'contact.status': contactId,
      'contact.reached': contactId,
      'contact.tried': contactId,
      'contact.handedOver': contactId,
      'contact.pass': contactId,
      'contact.pass.submit': contactId,
      'contact.withdraw': contactId,
      'contact.confirm': contactId,
      'contact.deny': contactId,
      'contact.nobody': groupId,
      role: groupId,
      removed: groupId,
      'removed.withdraw': groupId,
    }
    const ofSubject = verb === 'session.notHeld' ? { ...about, session: emptyId } : about
    const id = command?.subject ? ofSubject[command.subject] : own[verb]
    const isForm = verb in values || verb === 'welcome.accept'
    return incoming(people[who], {
      platform,
      workspaceId: workspaceOf(who),
      verb,
      via: isForm ? 'form' : 'button',
      input: { ...(id ? { id } : {}), ...(isForm ? { values: values[verb] ?? {} } : {}) },
      ...change,
    })
  }

  /** A reply that is a refusal and nothing else. */
  const isRefused = (reply: Awaited<ReturnType<typeof run>>) =>
    reply !== null && 'card' in reply && reply.card.kind === 'problem'

  const CELLS = COMMANDS.flatMap(({ verb }) => WHO.map((who) => ({ verb, who })))

  describe(`who may do what on ${platform}`, () => {
    it('is written down for every verb of the registry, and no other', () => {
      expect(Object.keys(MAY).sort()).toEqual(COMMANDS.map(({ verb }) => verb).sort())
    })

    it.each(CELLS.filter(({ verb, who }) => !MAY[verb]?.includes(who)))(
      'refuses “$verb” to $who, and changes nothing',
      async ({ verb, who }) => {
        const before = await dump(world.db)
        const reply = await run(world.app.services, request(verb, who))
        expect(isRefused(reply)).toBe(true)
        expect(JSON.stringify(reply)).not.toMatch(/Tuesday group/)
        expect(await dump(world.db)).toEqual(before)
      },
    )

    // Reads first, then what changes the group: a roster change would take the next cell's member
    // away.
    const allowed = CELLS.filter(({ verb, who }) => MAY[verb]?.includes(who)).sort(
      (a, b) => Number(FORMS.has(a.verb)) - Number(FORMS.has(b.verb)),
    )
    const last = [
      // It opens a request again, and nobody has two.
      'contact.deny',
      'checkin.begin',
      'checkin.submit',
      'removed.withdraw',
      'checkin.stop',
      'message.confirm',
      'message.stop',
      'roster.submit',
      'leave.submit',
      'forget.me',
    ]
    it.each([
      ...allowed.filter(({ verb }) => !last.includes(verb)),
      ...last.flatMap((verb) => allowed.filter((cell) => cell.verb === verb)),
    ])('lets $who use “$verb”', async ({ verb, who }) => {
      // Deciding on a win takes it away; each cell decides on one that waits.
      if (verb.startsWith('win.'))
        await world.db.win.createMany({ data: [winRow], skipDuplicates: true })
      const own =
        verb === 'new.submit' ? { values: { ...values['new.submit'], alias: `New ${who}` } } : {}
      const base = request(verb, who)
      const fields = verb in values ? { values: await fieldsOf(verb) } : {}
      // The channel must be named, or it would be the one that nobody typed in.
      const channel =
        verb === 'channel'
          ? { channel: { id: 'C1', isPrivate: true, isShared: false, address: null } }
          : {}
      const reply = await run(world.app.services, {
        ...base,
        ...channel,
        input: { ...base.input, ...fields, ...own },
      })
      // A schedule cannot change while a check-in is open: that is an answer to whom it is open.
      if (verb === 'schedule.submit')
        expect(JSON.stringify(reply)).toContain('A check-in is open for this group')
      else expect(isRefused(reply) ? JSON.stringify(reply) : null).toBe(null)
      if (verb === 'contact' && !IN_THE_GROUP.includes(who))
        expect(JSON.stringify(reply)).not.toContain('Tuesday group')
    })

    it.each(STEPS.map(({ verb }) => ({ verb })))(
      'never lets a person reach the system’s “$verb”',
      async ({ verb }) => {
        for (const who of WHO)
          expect(isRefused(await run(world.app.services, request(verb, who)))).toBe(true)
      },
    )

    it('answers a workspace that is not connected with where to turn', async () => {
      const reply = await run(
        world.app.services,
        incoming('U1', { platform, workspaceId: 'T0NOBODY', verb: 'help' }),
      )
      expect(JSON.stringify(reply)).toContain('not connected to Groupwell')
      expect(await world.db.account.count({ where: { externalId: 'U1' } })).toBe(0)
    })

    it('takes roles from the store at the moment of the action', async () => {
      await world.db.rosterEntry.deleteMany({ where: { groupId, role: 'supervisor' } })
      expect(isRefused(await run(world.app.services, request('summary', 'supervisor')))).toBe(true)
    })
  })
})
