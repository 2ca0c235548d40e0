import { describe, expect, it } from 'vitest'
import {
  answer,
  CLOSES,
  dump,
  moveTo,
  SESSION,
  STORES,
  type StepValue,
  setUpGroup,
  startWorld,
  type World,
} from '../helpers.ts'
import { openWithWords, TWELVE } from '../words.ts'

/**
 * Everything about a world that somebody with the database, the queue, the metrics and the logs
 * could compare.
 */
type Traces = { rows: Record<string, string[]>; log: string; metrics: string; jobs: string[] }

/**
 * Ids that count up: the same in both worlds as long as the same things are made in the same order.
 */
function counted(): () => string {
  let last = 0
  return () => {
    last += 1
    return `00000000-0000-4000-9000-${String(last).padStart(12, '0')}`
  }
}

/**
 * Plays the same week, answers by the given members only, and looks right before and right after
 * the close.
 */
async function play(
  store: (typeof STORES)[number],
  platform: 'slack' | 'teams',
  answers: Record<number, StepValue>,
  meddle?: (world: World) => Promise<void>,
): Promise<{ before: Traces; after: Traces }> {
  const log: string[] = []
  const world = await startWorld({ store, onLogLine: (line) => log.push(line), newId: counted() })
  await setUpGroup(world, platform)
  await moveTo(world, SESSION.endsAt)
  for (const [index, value] of Object.entries(answers))
    await answer(world, platform, world.casts[platform].members[Number(index)] ?? '', value)
  await meddle?.(world)
  const before = await traces(world, log)
  await moveTo(world, CLOSES)
  const after = await traces(world, log)
  await world.end()
  return { before, after }
}

async function traces(world: World, log: readonly string[]): Promise<Traces> {
  const rows = await dump(world.db)
  // The sweeper may send a release's job again, by the minute of the wall clock: of those each is
  // counted once.
  const jobs = await world.db.$queryRaw<
    { row: string }[]
  >`select concat(name, state, retry_count, data::text) as row from pgboss.job where name <> 'release'
    union select concat(name, state, retry_count, data::text) from pgboss.job order by 1`
  const metrics = await (await fetch(`http://127.0.0.1:${world.app.port}/metrics`)).text()
  return normalise({ rows, jobs: jobs.map(({ row }) => row), metrics, log: log.join('\n') })
}

/**
 * Ciphertext, wall-clock times and ports differ between any two runs and are blanked. Nothing else
 * is: with a counted id source every id of one world is the same in the other, so a row that names
 * a person shows up.
 */
function normalise(found: Traces): Traces {
  const clean = (text: string) =>
    text
      .replace(
        /"(box|publicKey|digest|hash|auditHead|auditSeal|text|sealed|actorTag|subjectTag)": "\\\\x[0-9a-f]*"/g,
        '"$1": "bytes"',
      )
      .replace(/"(storeId|keyDirectoryId)": "[^"]*"/g, '"$1": "random"')
      // Of the process and of its clocks, not of what anybody did.
      .replace(/^(# (HELP|TYPE) )?(process|nodejs)_.*\n/gm, '')
      .replace(/^(groupwell_(tick_age|clock_offset)_seconds|groupwell_key_room_bytes) .*$/gm, '$1')
      .replace(/"(leasedUntil|notBefore)": "[^"]*"/g, '"$1": "wall"')
      .replace(/"head":"[^"]*"/g, '"head":"hash"')
      .replace(/"at":"2[^"]*"/g, '"at":"wall"')
      .replace(/port":\d+/g, 'port')
      .replace(/127\.0\.0\.1:\d+/g, 'local')
      .replace(/(_sum|_bucket)(\{[^}]*\}) .*/g, '$1$2 wall')
  const ordered = (lines: string[]) => lines.map(clean).sort()
  const rows = Object.fromEntries(
    Object.entries(found.rows).map(([table, lines]) => [table, ordered(lines)]),
  )
  return {
    rows,
    jobs: found.jobs.toSorted(),
    metrics: clean(found.metrics),
    log: ordered(found.log.split('\n')).join('\n'),
  }
}

/** Where two worlds differ: the table or trace, and its first differing line. */
function differences(one: Traces, other: Traces): string[] {
  const parts = (world: Traces): [string, string[]][] => [
    ...Object.entries(world.rows),
    ['jobs', world.jobs],
    ['metrics', world.metrics.split('\n')],
    ['log', world.log.split('\n')],
  ]
  const others = new Map(parts(other))
  return parts(one).flatMap(([name, lines]) => {
    const theirs = others.get(name) ?? []
    if (lines.join('\n') === theirs.join('\n')) return []
    const index = lines.findIndex((line, at) => line !== theirs[at])
    return [`${name}: ${lines[index] ?? '(end)'} <> ${theirs[index] ?? '(end)'}`]
  })
}

const tablesOf = (found: readonly string[]): string[] =>
  found.map((line) => line.split(':')[0] ?? '')

const CELLS = STORES.map((store) => ({
  store,
  platform: store === 'embedded' ? ('slack' as const) : ('teams' as const),
}))

describe.each(CELLS)(
  'two worlds in which other people answered other things ($platform, $store)',
  ({ store, platform }) => {
    const memberOf = (world: World, index: number) => world.casts[platform].members[index] ?? ''

    it('look the same while the check-in is open, and differ after it in the release alone', async () => {
      const one = await play(store, platform, {
        0: '1',
        1: '1',
        2: '2',
        3: '1',
        4: '1',
        5: '1',
        6: '2',
      })
      const other = await play(store, platform, {
        7: '5',
        6: '5',
        5: '4',
        4: '5',
        3: '5',
        2: '5',
        1: '5',
      })
      expect(one.before.rows.Ballot).toHaveLength(8)
      expect(differences(one.before, other.before)).toEqual([])
      expect(tablesOf(differences(one.after, other.after))).toEqual(['Release'])
      const compared = Object.keys(one.before.rows).length + 3
      console.info(
        `two worlds (${platform}, ${store}): ${compared} traces compared before and after; they differ in the tally alone`,
      )
    })

    it('look the same whoever answered more than once', async () => {
      const one = await play(store, platform, { 0: '3', 1: '3', 2: '3', 3: '3', 4: '3', 5: '3' })
      const other = await play(
        store,
        platform,
        { 2: '3', 3: '3', 4: '3', 5: '3', 6: '3', 7: '3' },
        (world) => answer(world, platform, memberOf(world, 7), '3'),
      )
      expect(differences(one.before, other.before)).toEqual([])
      expect(differences(one.after, other.after)).toEqual([])
    })

    it('look the same whoever wrote what in their own words', async () => {
      const write = (from: number, words: string) => async (world: World) => {
        const { id, ask } = await openWithWords(world, 'shared')
        // Eleven of the twelve, beginning with another one: who stays out differs, and what is
        // written.
        for (const sender of [...TWELVE.slice(from), ...TWELVE.slice(0, from)].slice(0, 11))
          await ask(
            'checkin.submit',
            { id, values: { mood: '3', energy: '3', coping: '3', ownWords: words } },
            sender,
            'form',
          )
      }
      const same = { 0: '3', 1: '3', 2: '3', 3: '3', 4: '3', 5: '3' } as const
      const one = await play(store, 'slack', same, write(0, 'Rain.'))
      const other = await play(
        store,
        'slack',
        same,
        write(6, 'A long walk by the river with a friend.'),
      )
      expect(one.before.rows.Ballot).toHaveLength(8 + 12)
      expect(one.after.rows.ReleaseText).toHaveLength(11)
      expect(differences(one.before, other.before)).toEqual([])
      // Words that were written are sealed, and only as long as they are.
      expect(differences(one.after, other.after)).toEqual([])
    })

    it('would be told apart by one added line of an access log (negative control)', async () => {
      const leak = (index: number) => async (world: World) =>
        world.app.services.log.debug('answered', { person: memberOf(world, index) })
      const one = await play(store, platform, { 0: '3' }, leak(0))
      const other = await play(store, platform, { 1: '3' }, leak(1))
      expect(tablesOf(differences(one.before, other.before))).toEqual(['log'])
    })

    it('would be told apart by one job that names who answered (negative control)', async () => {
      const leak = (index: number) => async (world: World) => {
        const where = { externalId: memberOf(world, index) }
        const { organisationId, personId: id } = await world.db.account.findFirstOrThrow({ where })
        const { database, queue } = world.app.services
        await database.transaction((tx) =>
          queue.enqueue(tx, [{ queue: 'release', id, data: { organisationId, id } }]),
        )
      }
      const one = await play(store, platform, { 0: '3' }, leak(0))
      const other = await play(store, platform, { 1: '3' }, leak(1))
      expect(tablesOf(differences(one.before, other.before))).toEqual(['jobs'])
    })

    it('would be told apart by one row that names who answered (negative control)', async () => {
      const leak = (index: number) => async (world: World) => {
        const where = { externalId: memberOf(world, index) }
        const { organisationId, personId } = await world.db.account.findFirstOrThrow({ where })
        const entry = { number: 99, at: SESSION.endsAt, action: 'answered', hash: Buffer.alloc(1) }
        await world.db.auditEntry.create({
          data: { organisationId, ...entry, actorId: personId, subjectId: personId },
        })
      }
      const one = await play(store, platform, { 0: '3' }, leak(0))
      const other = await play(store, platform, { 1: '3' }, leak(1))
      expect(tablesOf(differences(one.before, other.before))).toEqual(['AuditEntry'])
    })
  },
)
