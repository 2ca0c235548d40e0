import type { SimulatedPerson } from '../simulator/workspace.ts'

export type Role = 'admin' | 'facilitator' | 'supervisor' | 'member' | 'other'

/** The people of one simulated platform, by what they do in the story. */
export type Cast = {
  admin: string
  facilitator: string
  supervisor: string
  members: readonly string[]
  people: readonly SimulatedPerson[]
  /** People of a second workspace or tenant, which the service is not connected to. */
  strangers: readonly SimulatedPerson[]
}

const MEMBERS = 8

const person = (id: string, name: string): SimulatedPerson => ({
  id,
  name,
  language: 'en-GB',
  timeZone: 'Europe/Berlin',
})

export function slackCast(): Cast {
  const members = Array.from({ length: MEMBERS }, (_, index) => `UMEMBER${index + 1}`)
  const people = [
    person('UADMIN', 'Admin'),
    person('UFACILITATOR', 'Facilitator'),
    person('USUPERVISOR', 'Supervisor'),
    ...members.map((id, index) => person(id, `Member ${index + 1}`)),
    { ...person('UGUEST', 'Guest'), isGuest: true },
    { ...person('UAPP', 'Another app'), isBot: true },
    { ...person('UCLOSED', 'Closed account'), isDeactivated: true },
  ]
  const strangers = [person('USTRANGER', 'Stranger')]
  return {
    admin: 'UADMIN',
    facilitator: 'UFACILITATOR',
    supervisor: 'USUPERVISOR',
    members,
    people,
    strangers,
  }
}

export function teamsCast(): Cast {
  const id = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`
  const members = Array.from({ length: MEMBERS }, (_, index) => id(index + 1))
  const people = [
    person(id(100), 'Admin'),
    person(id(101), 'Facilitator'),
    person(id(102), 'Supervisor'),
    ...members.map((memberId, index) => person(memberId, `Member ${index + 1}`)),
  ]
  const strangers = [person(id(900), 'Stranger')]
  return { admin: id(100), facilitator: id(101), supervisor: id(102), members, people, strangers }
}

/** One thing that somebody does in the story. */
export function roleOf(cast: Cast, id: string): Role {
  if (id === cast.admin) return 'admin'
  if (id === cast.facilitator) return 'facilitator'
  if (id === cast.supervisor) return 'supervisor'
  return cast.members.includes(id) ? 'member' : 'other'
}
