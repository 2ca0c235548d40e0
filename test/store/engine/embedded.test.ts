import { execFileSync, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { afterEach, describe, expect, inject, it, vi } from 'vitest'
import { openDatabase } from '../../../src/store/engine/database.ts'
import { ownDir } from '../../ends.ts'
import { START } from '../../helpers.ts'

const ROOT = path.resolve(import.meta.dirname, '../../..')

/** A store on the disk, made before: only the last test has to make its own. */
function storedOnDisk(): string {
  const home = ownDir()
  fs.cpSync(inject('embeddedTemplate'), home, { recursive: true })
  return home
}

describe('the embedded store', () => {
  afterEach(() => vi.restoreAllMocks())

  it('really syncs every commit to disk', async () => {
    const dir = storedOnDisk()
    const database = await openDatabase({ kind: 'embedded', directory: dir })
    const sync = vi.spyOn(fs, 'fsyncSync')
    await database.db.prisma.organisation.create({
      data: { id: crypto.randomUUID(), name: 'One', country: 'DE', createdAt: START },
    })
    expect(sync.mock.calls.length).toBeGreaterThan(0)
    sync.mockClear()
    await database.db.prisma.organisation.count()
    expect(sync).not.toHaveBeenCalled()
    await database.close()
  })

  it('refuses a second process on the same directory in words, and lets it in after the first was killed', async () => {
    const dir = storedOnDisk()
    const database = await openDatabase({ kind: 'embedded', directory: dir })
    const open = () =>
      spawnSync(
        process.execPath,
        [
          '-e',
          `import('${ROOT}/src/store/engine/database.ts').then((m) => m.openDatabase({ kind: 'embedded', directory: '${dir}' })).then(() => process.exit(0), (error) => { console.error(error.message); process.exit(3) })`,
        ],
        { encoding: 'utf8' },
      )
    const second = open()
    expect(second.status).toBe(3)
    expect(second.stderr).toContain(`DATA_DIR ${dir} is in use by another Groupwell process.`)
    await database.close()
    const holder = `import('${ROOT}/src/store/engine/lock.ts').then((m) => { m.lockDirectory('${dir}'); process.kill(process.pid, 'SIGKILL') })`
    expect(spawnSync(process.execPath, ['-e', holder]).signal).toBe('SIGKILL')
    expect(open().status).toBe(0)
  })

  it('keeps what was committed when the process is killed', () => {
    const dir = ownDir()
    const write = `import('${ROOT}/src/store/engine/database.ts').then(async (m) => {
      const { db } = await m.openDatabase({ kind: 'embedded', directory: '${dir}' })
      for (let i = 0; i < 5; i++) await db.prisma.organisation.create({ data: { id: crypto.randomUUID(), name: 'n' + i, country: 'DE', createdAt: new Date(0) } })
      process.kill(process.pid, 'SIGKILL') })`
    expect(spawnSync(process.execPath, ['-e', write]).signal).toBe('SIGKILL')
    const read = `import('${ROOT}/src/store/engine/database.ts').then(async (m) => {
      const d = await m.openDatabase({ kind: 'embedded', directory: '${dir}' }); console.log(await d.db.prisma.organisation.count()); await d.close() })`
    expect(execFileSync(process.execPath, ['-e', read], { encoding: 'utf8' }).trim()).toBe('5')
  })
})
