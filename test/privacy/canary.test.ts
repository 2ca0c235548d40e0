import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { lastSeen } from '../../src/simulator/workspace.ts'
import {
  answer,
  CLOSES,
  dump,
  fill,
  holds,
  moveTo,
  planMessage,
  press,
  SESSION,
  STORES,
  setUpGroup,
  startWorld,
  type World,
} from '../helpers.ts'
import { addMembers } from '../latecomers.ts'
import { openWithWords, TWELVE } from '../words.ts'

/** Strings that occur nowhere else. `WRITTEN` is stored, but belongs in its own table alone. */
const WRITTEN = {
  message: 'heron-9921-basalt',
  place: 'osprey-3306-gneiss',
  goals: 'curlew-5128-marble',
}
/**
 * An answer in clear, in a ballot's plaintext and in a form's values: the
 * question's id beside a value.
 */
const ANSWER = /"?(belonging|voice|hope)"?\s*[:=]\s*"?[1-5]/

/** The same as bytes in a dump: the question's id, a quote, a colon, a digit. */
const ANSWER_BYTES = /(62656c6f6e67696e67|766f696365|686f7065)22(20)?3a(20)?(22)?3[1-5]/i

/** The same as bytes, for files. */
const inBytes = (bytes: Buffer, text: string) => bytes.includes(Buffer.from(text, 'utf8'))

const capture: string[] = []
afterEach(() => vi.restoreAllMocks())

/** A place in a server's log of changes, as a file and a byte in it. */
type LogPlace = { file: string; offset: number }
const logPlace = async (world: World): Promise<LogPlace> => {
  const [row] = await world.db.$queryRawUnsafe<LogPlace[]>(
    `select file_name as file, file_offset as offset from pg_walfile_name_offset(pg_current_wal_insert_lsn())`,
  )
  return row ?? { file: '', offset: 0 }
}

/**
 * Every file of the store on disk, with the log of what was written to it; null when this user may
 * not read the server's. A server's log is shared with other databases, and its next files hold old
 * bytes: of it what was written from `since` on.
 */
async function filesOf(
  world: World,
  since: LogPlace,
): Promise<{ name: string; bytes: Buffer }[] | null> {
  await world.db.$executeRawUnsafe('checkpoint')
  const [row] = await world.db.$queryRawUnsafe<{ directory: string }[]>(
    `select current_setting('data_directory') as directory`,
  )
  const root = world.databaseUrl === null ? world.dataDir() : (row?.directory ?? '')
  try {
    fs.accessSync(root, fs.constants.R_OK)
  } catch {
    console.warn(
      `CANARY: ${root} cannot be read by this user; the server's own files were not searched`,
    )
    return null
  }
  const [own] = await world.db.$queryRawUnsafe<{ oid: string }[]>(
    `select oid::text as oid from pg_database where datname = current_database()`,
  )
  const until = await logPlace(world)
  const isOurs = (name: string) =>
    world.databaseUrl === null || name.includes(`/base/${own?.oid}/`) || name.includes('/pg_wal/')
  return fs
    .readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter(isOurs)
    .flatMap((name) => {
      const bytes = fs.readFileSync(name)
      const file = path.basename(name)
      if (world.databaseUrl === null || !name.includes('/pg_wal/')) return [{ name, bytes }]
      if (file < since.file || file > until.file) return []
      const from = file === since.file ? since.offset : 0
      return [{ name, bytes: bytes.subarray(from, file === until.file ? until.offset : undefined) }]
    })
}

/** Plays a week in which everything is typed that can be typed. */
async function play(
  store: (typeof STORES)[number],
  meddle?: (world: World, secret: string) => Promise<void>,
) {
  capture.length = 0
  // May be found in clear nowhere.
  const secret = `kestrel-${randomUUID()}`
  // Besides the log: what a library prints by itself.
  for (const stream of [process.stderr, process.stdout])
    vi.spyOn(stream, 'write').mockImplementation((chunk) => capture.push(String(chunk)) > 0)
  const world = await startWorld({
    store,
    hasOwnFiles: true,
    onLogLine: (line) => capture.push(`${line}\n`),
  })
  try {
    const since = await logPlace(world)
    const { slack } = world
    const { facilitator, members } = world.casts.slack
    const [first = ''] = members
    await setUpGroup(world)
    await fill(slack, facilitator, 'agreement', { goals: WRITTEN.goals })
    await fill(slack, facilitator, 'contact settings', { contactHours: '24' })
    await fill(slack, facilitator, 'schedule', { place: WRITTEN.place })
    await planMessage(slack, facilitator, {
      text: WRITTEN.message,
      date: '2026-03-03',
      time: '10:00',
      repeat: 'once',
    })
    await moveTo(world, SESSION.endsAt)
    for (const member of members.slice(0, 7)) await answer(world, 'slack', member, '4')
    await slack.type(first, `contact ${secret}`)
    await slack.submit(first, { text: secret })
    await slack.closeForm(first)
    await addMembers(world, 'slack', ['UNINTH', 'UTENTH'])
    await slack.type(first, `win ${secret}`)
    await slack.submit(first, { text: secret })
    await slack.closeForm(first)
    await slack.type(first, `nonsense ${secret}`)
    // Twelve members are asked in their own words besides.
    const { id, ask } = await openWithWords(world, 'shared')
    for (const sender of TWELVE)
      await ask('checkin.submit', { id, values: { mood: '4', ownWords: secret } }, sender, 'form')
    await world.app.drain()
    await meddle?.(world, secret)
    const open = await look(world, since, secret)
    await moveTo(world, CLOSES)
    if ((await world.db.releaseText.count()) !== 12) throw new Error('the words were not kept')
    await press(slack, lastSeen(slack.journal, facilitator, 'summary-notice'), 'summary')
    return { open, closed: await look(world, since, secret), secret }
  } finally {
    await world.end()
    vi.restoreAllMocks()
  }
}

/** Every table of the queue's own schema. */
async function rowsOfQueue({ db }: World): Promise<[string, string][]> {
  const tables = await db.$queryRaw<{ name: string }[]>`
    select table_name as name from information_schema.tables where table_schema = 'pgboss' order by 1`
  const texts: [string, string][] = []
  for (const { name } of tables) {
    const rows = await db.$queryRawUnsafe<{ row: string }[]>(
      `select to_jsonb(t)::text as row from pgboss."${name}" t`,
    )
    texts.push([`pgboss.${name}`, rows.map(({ row }) => row).join('\n')])
  }
  return texts
}

/**
 * A backup as an operator makes one: the server's own dump. The embedded store is backed up as its
 * files, which are searched.
 */
async function backupOf({ databaseUrl }: World): Promise<string> {
  if (databaseUrl === null) return ''
  const { stdout } = await promisify(execFile)('pg_dump', [databaseUrl], {
    maxBuffer: 256 * 1024 * 1024,
  })
  if (!stdout.includes('COPY public."Ballot"')) throw new Error('the dump holds no ballots')
  return stdout
}

/**
 * Where each string is found in clear: tables by name, queue, log, metrics, and files by their
 * name.
 */
async function look(world: World, since: LogPlace, secret: string) {
  const rows = await dump(world.db)
  const queue = await rowsOfQueue(world)
  const metrics = await (await fetch(`http://127.0.0.1:${world.app.port}/metrics`)).text()
  const texts: [string, string][] = [
    ...Object.entries(rows).map(([table, lines]): [string, string] => [table, lines.join('\n')]),
    ...queue,
    ['backup', await backupOf(world)],
    ['log', capture.join('')],
    ['metrics', metrics],
  ]
  const files = await filesOf(world, since)
  const inFiles = (what: string) =>
    (files ?? []).filter(({ bytes }) => inBytes(bytes, what)).map(({ name }) => name)
  return {
    searched: { traces: texts.length, files: files?.length ?? 0 },
    places: (what: string) => texts.filter(([, text]) => holds(text, what)).map(([name]) => name),
    answersIn: texts
      .filter(([, text]) => ANSWER.test(text) || ANSWER_BYTES.test(text))
      .map(([name]) => name),
    sealedFiles: inFiles(secret),
    // A ballot's plaintext, and a form's answer, as they would lie in a page or in the log.
    answerFiles: [
      ...inFiles('"belonging":4'),
      ...inFiles('"belonging":"4"'),
      ...inFiles('"hope": 4'),
    ],
  }
}

describe.each(STORES.map((store) => ({ store })))(
  'strings that are typed nowhere else ($store)',
  ({ store }) => {
    it('are where they belong and nowhere else: not in logs, queue, audit, metrics, nor in any file when they were sealed', async () => {
      const { open, closed, secret } = await play(store)
      console.info(
        `canary (${store}): searched ${open.searched.traces} traces and ${open.searched.files} files, twice`,
      )
      if (store === 'embedded') expect(open.searched.files).toBeGreaterThan(100)
      const inBackup = (table: string) => (store === 'postgres' ? [table, 'backup'] : [table])
      for (const found of [open, closed]) {
        expect(found.places(secret)).toEqual([])
        expect(found.sealedFiles).toEqual([])
        expect(found.answersIn).toEqual([])
        expect(found.answerFiles).toEqual([])
        expect(found.places(WRITTEN.message)).toEqual(inBackup('Message'))
        expect(found.places(WRITTEN.place)).toEqual(inBackup('Schedule'))
        expect(found.places(WRITTEN.goals)).toEqual(inBackup('Group'))
      }
    })

    it('would be found if one were written in clear, in a row or in a line (negative control)', async () => {
      const { open, secret } = await play(store, async (world, secret) => {
        await world.db.$executeRawUnsafe(`create table "Careless" ("text" text)`)
        await world.db.$executeRawUnsafe(
          `insert into "Careless" values ('{"belonging":4} ${secret}')`,
        )
        await world.db.$executeRawUnsafe(`delete from "Careless"`)
        // As bytes in a row that stays: a dump shows them in hex.
        await world.db.$executeRawUnsafe(`create table "CarelessBytes" ("sealed" bytea)`)
        await world.db.$executeRawUnsafe(
          `insert into "CarelessBytes" values (convert_to('{"belonging":4} ${secret}', 'UTF8'))`,
        )
        world.app.services.log.debug('careless', { note: secret })
      })
      // One row is deleted: only the files still have it. The other stands in its table, and in a
      // backup.
      const kept =
        store === 'postgres' ? ['CarelessBytes', 'backup', 'log'] : ['CarelessBytes', 'log']
      expect(open.places(secret)).toEqual(kept)
      expect(open.answersIn).toEqual(kept.filter((name) => name !== 'log'))
      if (open.searched.files > 0) {
        expect(open.sealedFiles.length).toBeGreaterThan(0)
        expect(open.answerFiles.length).toBeGreaterThan(0)
      }
    })
  },
)
