import path from 'node:path'
import type { TestProject } from 'vitest/node'
import { openDatabase } from '../src/store/engine/database.ts'
import { createQueue } from '../src/store/engine/queue.ts'
import { isReachable, serverUrl } from './postgres.ts'
import { tempDir } from './temp-dir.ts'

declare module 'vitest' {
  interface ProvidedContext {
    hasPostgres: boolean
    /** An embedded store with its schema and queue, fresh: copied, it saves each test the three seconds of making one. */
    embeddedTemplate: string
    /** Set while mutants are tried: a child process would not know which one. */
    isMutating?: boolean
  }
}

/**
 * Makes the embedded template, and looks for Postgres once. Without it tests run on the embedded store alone and say so; under
 * CI that is a failure. Returns the clean-up.
 */
export default async function setup(project: TestProject): Promise<() => void> {
  const { dir, remove } = tempDir()
  const database = await openDatabase({ kind: 'embedded', directory: path.join(dir, 'data') })
  const queue = createQueue(database, () => {})
  await queue.start()
  await queue.stop(1_000)
  await database.close()
  project.provide('embeddedTemplate', path.join(dir, 'data'))
  const hasPostgres = await isReachable()
  project.provide('hasPostgres', hasPostgres)
  if (hasPostgres) return remove
  const message = `NO POSTGRES at ${serverUrl()}: every test that needs it is left out. Set TEST_DATABASE_URL.`
  if (process.env.CI === 'true') throw new Error(message)
  console.warn(`\n${'!'.repeat(100)}\n${message}\n${'!'.repeat(100)}\n`)
  return remove
}
