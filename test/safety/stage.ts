import { type Hands, lastSeen } from '../../src/simulator/workspace.ts'
import {
  fill,
  moveTo,
  open,
  press,
  type StoreKind,
  setUpGroup,
  startWorld,
  type World,
} from '../helpers.ts'

export const HOUR_MS = 60 * 60_000
export const DAY_MS = 24 * HOUR_MS

/** A group with everybody on its way: two of the people are the stand-in and the safety contact. */
export type Stage = {
  world: World
  hands: Hands
  admin: string
  facilitator: string
  supervisor: string
  backup: string
  safety: string
  members: readonly string[]
  /** Fills and sends a form, closes it, and gives what the person saw last. */
  send(person: string, line: string, values: Parameters<typeof fill>[3]): Promise<string>
  /** Opens something and gives what the person saw. */
  look(person: string, line: string): Promise<string>
  /** A member asks; `to` as in the form. */
  ask(member: string, words?: string, to?: 'facilitators' | 'others'): Promise<string>
  /** Presses a button of the last message of a kind; gives what the person then saw. */
  act(person: string, kind: string, ...verbs: string[]): Promise<string>
  /** The next message to them is refused for good. */
  closeAccount(person: string): void
  /** Messages about requests that somebody got, each with its time: "2026-03-03T01:00 request". */
  got(person: string): string[]
  to(at: string): Promise<void>
}

/** Steps that there are: all of them, unless it is said otherwise. */
export type Setting = {
  contactHours?: string
  hasBackup?: boolean
  hasSupervisor?: boolean
  hasSafety?: boolean
  staffed?: Record<string, string>
}

export async function setStage(
  store: StoreKind,
  platform: 'slack' | 'teams',
  {
    contactHours = '4',
    hasBackup = true,
    hasSupervisor = true,
    hasSafety = true,
    staffed = {},
  }: Setting = {},
): Promise<Stage> {
  const world = await startWorld({ store })
  const hands: Hands = world[platform]
  const { admin, facilitator, supervisor, members: all } = world.casts[platform]
  const [backup = '', safety = ''] = all.slice(6)
  const members = all.slice(0, 6)
  const saidTo = (person: string) =>
    hands.journal.seen.findLast((seen) => seen.person === person)?.text ?? ''
  const send: Stage['send'] = async (person, line, values) => {
    await fill(hands, person, line, values)
    const said = saidTo(person)
    await hands.closeForm(person)
    return said
  }
  await setUpGroup(world, platform)
  await send(facilitator, 'roster', {
    members,
    ...(hasSupervisor ? {} : { supervisors: [] }),
  })
  await send(admin, 'admin staff', { staff: [facilitator, supervisor, backup, safety] })
  if (hasSafety) await send(admin, 'admin settings', { safetyContact: [safety] })
  await send(facilitator, 'contact settings', {
    contactHours,
    ...(hasBackup ? { backup: [backup] } : {}),
    ...staffed,
  })
  await world.app.drain()
  return {
    world,
    hands,
    admin,
    facilitator,
    supervisor,
    backup,
    safety,
    members,
    send,
    async look(person, line) {
      await open(hands, person, line)
      const said = saidTo(person)
      await hands.closeForm(person)
      return said
    },
    async ask(member, words = '', to) {
      const said = await send(member, 'contact', { text: words, ...(to ? { to } : {}) })
      await world.app.drain()
      return said
    },
    async act(person, kind, ...verbs) {
      let on = kind
      for (const verb of verbs) {
        await press(hands, lastSeen(hands.journal, person, on), verb)
        on = hands.journal.seen.findLast((seen) => seen.person === person)?.kind ?? ''
      }
      const said = saidTo(person)
      await hands.closeForm(person)
      await world.app.drain()
      return said
    },
    closeAccount(person) {
      if (platform === 'teams') world.teams.block(person)
      else
        world.slack.failNext({
          method: 'chat.postMessage',
          channel: `D${person.slice(1)}`,
          status: 200,
          error: 'channel_not_found',
        })
    },
    got: (person) =>
      hands.journal.seen
        .filter(
          ({ person: who, kind, audience }) =>
            who === person && audience === 'dm' && /^contact-/.test(kind),
        )
        .map(({ at, kind }) => `${at.slice(0, 16)} ${kind.replace('contact-', '')}`),
    to: async (at) => await moveTo(world, new Date(at)),
  }
}
