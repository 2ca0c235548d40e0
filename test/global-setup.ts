import path from 'node:path'
import type { TestProject } from 'vitest/node'
import { openDatabase, type StoreSettings } from '../src/store/engine/database.ts'
import { createQueue } from '../src/store/engine/queue.ts'
import { dropLeftOver, freshDatabase, isReachable, serverUrl } from './postgres.ts'
import { removeLeftOver, tempDir } from './temp-dir.ts'

declare module 'vitest' {
  interface ProvidedContext {
    hasPostgres: boolean
    /**
     * An embedded store with its schema and queue, fresh: copied, it saves each test the three
     * seconds of making one.
     */
    embeddedTemplate: string
    /** The same on the server: a database to copy; empty when there is no server. */
    postgresTemplate: string
    /** Set while mutants are tried: a child process would not know which one. */
    isMutating?: boolean
  }
}

/**
 * Makes the templates, and looks for Postgres once. Without it tests run on the embedded store
 * alone and say so; under CI that is a failure. Returns the clean-up.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const hasPostgres = await isReachable()
  project.provide('hasPostgres', hasPostgres)
  const message = `NO POSTGRES at ${serverUrl()}: every test that needs it is left out. Set TEST_DATABASE_URL.`
  if (!hasPostgres && process.env.CI === 'true') throw new Error(message)
  if (!hasPostgres) console.warn(`\n${'!'.repeat(100)}\n${message}\n${'!'.repeat(100)}\n`)
  removeLeftOver()
  const { dir, remove } = tempDir({ inMemory: true })
  const server = hasPostgres ? await makeServerTemplate() : null
  await prepare({ kind: 'embedded', directory: path.join(dir, 'data') })
  project.provide('embeddedTemplate', path.join(dir, 'data'))
  project.provide('postgresTemplate', server?.name ?? '')
  return async () => {
    remove()
    await server?.drop()
  }
}

async function makeServerTemplate() {
  await dropLeftOver()
  const database = await freshDatabase()
  await prepare({ kind: 'postgres', url: database.url })
  return database
}

/** Gives a store its schema and the queue's, and lets go of it. */
async function prepare(settings: StoreSettings): Promise<void> {
  const database = await openDatabase(settings)
  const queue = createQueue(database, () => {})
  await queue.start()
  await queue.stop(1_000)
  await database.close()
}
