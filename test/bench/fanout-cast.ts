/**
 * 500 workspaces of 20 people, half of them in Slack and half in Teams; two groups of ten in each.
 */
export const WORKSPACES = 500
export const PEOPLE = 20
export const GROUPS = 2
export const ALL = WORKSPACES * PEOPLE

export type BenchPerson = { id: string; language: string; timeZone: string; name: string }
export type BenchWorkspace = {
  id: string
  platform: 'slack' | 'teams'
  token: string
  people: BenchPerson[]
}

const pad = (number: number, width: number) => String(number).padStart(width, '0')

export const workspaces: readonly BenchWorkspace[] = Array.from(
  { length: WORKSPACES },
  (_, index) => {
    const platform = index % 2 === 0 ? ('slack' as const) : ('teams' as const)
    const person = (number: number): BenchPerson => ({
      id:
        platform === 'slack'
          ? `UB${pad(index, 3)}P${pad(number, 2)}`
          : `00000000-0000-4000-9${pad(index, 3)}-${pad(number, 12)}`,
      name: `Person ${number}`,
      language: 'en-GB',
      timeZone: 'Europe/Berlin',
    })
    return {
      id: platform === 'slack' ? `TB${pad(index, 4)}` : `00000000-0000-4000-8000-${pad(index, 12)}`,
      platform,
      token: `xoxb-bench-${index}`,
      people: Array.from({ length: PEOPLE }, (_, number) => person(number)),
    }
  },
)

export const ofPlatform = (platform: 'slack' | 'teams') =>
  workspaces.filter((one) => one.platform === platform)
