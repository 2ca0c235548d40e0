import { spawn } from 'node:child_process'
import fs from 'node:fs'
import http from 'node:http'
import net from 'node:net'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadContent } from '../../src/content/load.ts'
import { diagnosisWordIn } from '../../src/domain/group.ts'
import { run } from '../../src/door/run.ts'
import { lastSeen } from '../../src/simulator/workspace.ts'
import { ownDir } from '../ends.ts'
import {
  answer,
  CLOSES,
  dump,
  fill,
  incoming,
  moveTo,
  open,
  SESSION,
  setUpGroup,
  startWorld,
} from '../helpers.ts'

/** Small doors, each found open once. */
describe('a group’s name', () => {
  const words = loadContent().diagnosisWords
  it.each([
    'H.I.V. circle',
    'h i v circle',
    'D e p r e s s i o n evening',
    'D.e.p.r.e.s.s.i.o.n',
    'De\u00ADpres\u00ADsion group',
    'Dep\u200Dression group',
    'De\u200Bpression',
    'Ｄｅｐｒｅｓｓｉｏｎ group',
    '𝐃𝐞𝐩𝐫𝐞𝐬𝐬𝐢𝐨𝐧',
    'Depression',
    'DEPRESSION',
    'De\uFE00pression',
  ])('that reads as a diagnosis is refused: %s', (alias) => {
    expect(diagnosisWordIn(alias, words)).not.toBeNull()
  })
  it.each(['Spain lovers', 'Achievers', 'A B C group', 'Group 7', 'Dr. J. R. circle', 'I am here'])(
    'that does not is taken (control): %s',
    (alias) => {
      expect(diagnosisWordIn(alias, words)).toBeNull()
    },
  )

  it('is one line, whatever a client sends: nobody adds an event to a calendar', async () => {
    const world = await startWorld({ publicUrl: 'https://groupwell.example.org' })
    await setUpGroup(world)
    const alias = 'Circle\r\nBEGIN:VEVENT\r\nUID:1\nSUMMARY:Come\u2028here\r\nEND:VEVENT'
    const { id } = await world.db.group.findFirstOrThrow()
    const values = { alias, isOpen: 'closed', language: 'default' }
    await run(
      world.app.services,
      incoming('UFACILITATOR', { verb: 'edit.submit', via: 'form', input: { id, values } }),
    )
    const kept = (await world.db.group.findFirstOrThrow()).alias
    expect(kept).not.toMatch(/[\r\n\u2028\u2029\u0085\v\f]/)
    // One that is there from before is one line in the file.
    await world.db.group.updateMany({ data: { alias } })
    const reply = JSON.stringify(
      await run(world.app.services, incoming('UMEMBER1', { verb: 'calendar', input: { id } })),
    )
    const token = /calendar\.ics\?t=([\w-]+)/.exec(reply)?.[1] ?? ''
    const ics = await (
      await fetch(`http://127.0.0.1:${world.app.port}/calendar.ics?t=${token}`)
    ).text()
    expect(ics).toContain('BEGIN:VCALENDAR')
    const events = ics.split('\r\n').filter((line) => line === 'BEGIN:VEVENT').length
    expect(events).toBe(await world.db.session.count())
    expect(ics.split('\r\n').some((line) => line === 'UID:1')).toBe(false)
  })
})

describe('KEY_DIR', () => {
  it('that others may write to is refused at the start, in words; one of its owner’s is taken', async () => {
    for (const mode of [0o777, 0o770, 0o707, 0o720]) {
      const world = await startWorld({ hasOwnFiles: true })
      await world.app.stop()
      fs.chmodSync(world.keyDir, mode)
      const { openDatabase } = await import('../../src/store/engine/database.ts')
      const { checkInstallation } = await import('../../src/store/installation.ts')
      const database = await openDatabase({ kind: 'embedded', directory: world.dataDir() })
      const started = checkInstallation(database.db, world.keyDir, new Map())
      await expect(started).rejects.toThrow(/others than its owner may write there.*chmod 700/)
      fs.chmodSync(world.keyDir, 0o750)
      await checkInstallation(database.db, world.keyDir, new Map())
      await database.close()
    }
  })
})

describe('a report', () => {
  it('of a form that is only a property of every object is not there', async () => {
    const world = await startWorld({ publicUrl: 'https://groupwell.example.org' })
    await setUpGroup(world)
    const reply = JSON.stringify(
      await run(world.app.services, incoming('UFACILITATOR', { verb: 'summary.export' })),
    )
    const token = /report\?t=([\w-]+)/.exec(reply)?.[1] ?? ''
    const get = async (as: string) =>
      (await fetch(`http://127.0.0.1:${world.app.port}/report?t=${token}&as=${as}`)).status
    for (const as of ['constructor', 'toString', '__proto__', 'hasOwnProperty', 'valueOf', ''])
      expect(await get(as)).toBe(404)
    for (const as of ['csv', 'html', 'fhir']) expect(await get(as)).toBe(200)
  })
})

describe('the process that opens ballots', () => {
  /** Runs a script as that process is run: the same flags, an empty environment. */
  async function asChild(script: string, keyDirectory: string): Promise<string> {
    const root = path.resolve('.')
    // A script of ours among its code, to see what such a process can do.
    const file = path.join(root, 'node_modules', `.reach-${process.pid}.mjs`)
    fs.writeFileSync(file, script)
    try {
      const flags = ['src', 'node_modules'].map((one) => `--allow-fs-read=${path.join(root, one)}/`)
      const child = spawn(
        process.execPath,
        ['--permission', ...flags, `--allow-fs-read=${keyDirectory}/`, file],
        { env: {}, stdio: ['ignore', 'pipe', 'pipe'] },
      )
      const chunks: Buffer[] = []
      child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
      child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk))
      await new Promise((resolve) => child.once('close', resolve))
      return Buffer.concat(chunks).toString()
    } finally {
      fs.rmSync(file)
    }
  }

  it('reads its code and the keys, and neither its parent’s environment nor other files', async () => {
    const keys = ownDir()
    fs.writeFileSync(path.join(keys, 'x.key'), 'key')
    const said = await asChild(
      `import fs from 'node:fs'
      const look = (file) => { try { fs.readFileSync(file); return 'read' } catch (error) { return error.code } }
      console.log(JSON.stringify({
        environ: look('/proc/${process.pid}/environ'), passwd: look('/etc/passwd'),
        env: look(${JSON.stringify(path.resolve('.env.example'))}), key: look(${JSON.stringify(path.join(keys, 'x.key'))}),
        write: (() => { try { fs.writeFileSync(${JSON.stringify(path.join(keys, 'y'))}, ''); return 'written' } catch (error) { return error.code } })(),
        own: Object.keys(process.env).length,
      }))`,
      keys,
    )
    expect(JSON.parse(said)).toEqual({
      environ: 'ERR_ACCESS_DENIED',
      passwd: 'ERR_ACCESS_DENIED',
      env: 'ERR_ACCESS_DENIED',
      key: 'read',
      write: 'ERR_ACCESS_DENIED',
      own: 0,
    })
  })

  it('can reach the network under Node 24, as the threat model says, and not from Node 25 on', async () => {
    const server = net.createServer((socket) => socket.end()).listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as net.AddressInfo
    const said = await asChild(
      `import net from 'node:net'
      net.connect(${port}, '127.0.0.1').on('connect', () => { console.log('reached'); process.exit() }).on('error', (error) => console.log(error.code))`,
      ownDir(),
    )
    server.close()
    const isForbidden = Number(process.versions.node.split('.')[0]) >= 25
    expect(said.includes('reached')).toBe(!isForbidden)
    const model = fs.readFileSync('docs/threat-model.md', 'utf8')
    expect(model).toContain('the network is not among what Node 24 can forbid')
  })

  it('still makes a release with that reach (control)', async () => {
    const world = await startWorld()
    await setUpGroup(world)
    await moveTo(world, SESSION.endsAt)
    for (const member of world.casts.slack.members) await answer(world, 'slack', member, '4')
    await moveTo(world, CLOSES)
    expect(await world.db.release.count()).toBe(1)
  })
})

describe('a Slack channel', () => {
  it('that is shared with another organisation, or that nobody can look at, is no group’s', async () => {
    const world = await startWorld()
    await setUpGroup(world)
    const before = await dump(world.db, ['Receipt', 'Person'])
    const said = () => lastSeen(world.slack.journal, 'UFACILITATOR', 'problem').text
    await world.slack.typeIn('C0PARTNER', 'UFACILITATOR', 'channel')
    expect(said()).toContain('This channel is shared with another organisation')
    await world.slack.typeIn('C0WITHOUT', 'UFACILITATOR', 'channel')
    expect(said()).toContain('Please add the app to the channel first')
    expect(await dump(world.db, ['Receipt', 'Person'])).toEqual(before)
    await world.slack.typeIn('C0TUESDAY', 'UFACILITATOR', 'channel')
    expect((await world.db.group.findFirstOrThrow()).channelId).toBe('C0TUESDAY')
  })
})

describe('an answer that Slack no longer takes', () => {
  it('leaves no line at the time of a press', async () => {
    const log: string[] = []
    const world = await startWorld({ onLogLine: (line) => log.push(line) })
    await setUpGroup(world)
    await moveTo(world, SESSION.endsAt)
    const gone = http.createServer((_request, response) => response.writeHead(404).end())
    await new Promise<void>((resolve) => gone.listen(0, '127.0.0.1', () => resolve()))
    log.length = 0
    world.slack.failNext({ method: 'views.open', status: 500 })
    const { id } = await world.db.checkIn.findFirstOrThrow({ where: { state: 'open' } })
    await world.slack.interact('T0DEMO', {
      type: 'block_actions',
      user: { id: 'UMEMBER1' },
      trigger_id: world.slack.newTrigger('UMEMBER1'),
      container: { type: 'message', message_ts: '1', channel_id: 'D1' },
      response_url: `http://127.0.0.1:${(gone.address() as net.AddressInfo).port}/gone`,
      actions: [
        {
          type: 'button',
          action_id: 'button:0',
          block_id: 'b',
          value: JSON.stringify({ verb: 'checkin.answer', id }),
        },
      ],
    })
    await new Promise((resolve) => setTimeout(resolve, 500))
    gone.close()
    expect(log).toEqual([])
  })
})

describe('names that a client sends', () => {
  it('open and fill as before (control)', async () => {
    const world = await startWorld()
    await setUpGroup(world)
    await fill(world.slack, 'UFACILITATOR', 'edit', { alias: 'Evening circle' })
    expect((await world.db.group.findFirstOrThrow()).alias).toBe('Evening circle')
    await open(world.slack, 'UFACILITATOR', 'edit')
  })
})
