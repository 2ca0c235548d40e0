import fs from 'node:fs'
import type { OccurrenceKind } from '../domain/occurrence.ts'
import type { PlatformName } from '../simulator/page/protocol.ts'
import type { Stage } from '../simulator/page/stage.ts'
import { findNextDue } from '../store/occurrence.ts'
import { roleOf } from './cast.ts'
import { groupsOf, viewDatabase } from './database-view.ts'
import type { Local } from './local.ts'
import { readTeamsCommands } from './manifest.ts'
import { seeded } from './mood.ts'
import { answerAll, type Progress } from './story.ts'

const WHAT: Record<OccurrenceKind, string> = {
  reminder: 'A reminder goes out',
  sessionEnded: 'A session is over',
  message: 'A message goes out',
  checkInOpens: 'A check-in opens',
  checkInNudge: 'A check-in is mentioned once more',
  checkInCloses: 'A check-in closes',
  contactDue: 'A contact request is looked at',
  digest: 'The weekly digest goes out',
  groupDeletion: 'An ended group is deleted',
}

/**
 * The page's view of the service: who can be played, the clock, and the database. `telling` is the
 * story so far.
 */
export function createStage(
  local: Local,
  telling: { progress: Progress | null; trouble: string | null },
): Stage {
  const { app, clock, casts } = local
  const { db } = app.services.database
  let isMoving = false
  return {
    slack: local.slack,
    teams: local.teams,
    people: (['slack', 'teams'] as const).flatMap((platform) => peopleOf(local, platform)),
    commands: readTeamsCommands(),
    icon: fs.readFileSync(new URL('../../manifests/teams/color.png', import.meta.url)),
    now: clock.now,
    async next() {
      const due = await findNextDue(db, clock.now())
      return due && { at: due.dueAt, what: WHAT[due.kind] }
    },
    async moveTo(at) {
      if (telling.progress)
        throw new Error(
          'The story of the last weeks is still being told. The clock is free after it.',
        )
      if (isMoving) throw new Error('The clock is already moving.')
      if (!(at > clock.now())) throw new Error('The clock moves forward only.')
      isMoving = true
      try {
        await passTimeTo(local, at)
      } finally {
        isMoving = false
      }
    },
    history: () => telling.progress,
    trouble: () => telling.trouble,
    database: (platform) =>
      viewDatabase(db, app.services.ballotKeys.keyStore, local.workspaces[platform]),
    canOthersAnswer: async (platform) =>
      (await db.prisma.checkIn.count({
        where: { state: 'open', group: groupsOf(local.workspaces[platform]) },
      })) > 0,
    async othersAnswer(platform, person) {
      const others = casts[platform].members.filter((member) => member !== person)
      const random = seeded(Math.floor(clock.wall().getTime() / 1000))
      await answerAll(local[platform], others, random)
    },
  }
}

function peopleOf({ casts }: Local, platform: PlatformName) {
  const cast = casts[platform]
  const home = platform === 'slack' ? 'Demo workspace' : 'Demo tenant'
  const second = platform === 'slack' ? 'Second workspace' : 'Second tenant'
  const playable = cast.people.filter(({ isBot, isDeactivated }) => !isBot && !isDeactivated)
  const entry = (id: string, name: string, workspace: string, isConnected: boolean) => ({
    id,
    name,
    role: roleOf(cast, id),
    platform,
    workspace,
    isConnected,
  })
  return [
    ...playable.map(({ id, name }) => entry(id, name, home, true)),
    ...cast.strangers.map(({ id, name }) => entry(id, name, second, false)),
  ]
}

/**
 * Lets time pass, stopping at everything that is due on the way; then the clock runs on from there.
 */
async function passTimeTo({ app, clock }: Local, at: Date): Promise<void> {
  try {
    for (;;) {
      const due = await findNextDue(app.services.database.db, clock.now())
      if (!due || due.dueAt > at) break
      clock.set(due.dueAt)
      await app.drain()
    }
    clock.set(at)
    await app.drain()
  } finally {
    clock.runFrom(clock.now())
  }
}
