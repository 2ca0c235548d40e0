import type { TestProject } from 'vitest/node'
import { isReachable, serverUrl } from './postgres.ts'

declare module 'vitest' {
  interface ProvidedContext {
    hasPostgres: boolean
  }
}

/** Looks for Postgres once. Without it tests run on the embedded store alone and say so; under CI that is a failure. */
export default async function setup(project: TestProject): Promise<void> {
  const hasPostgres = await isReachable()
  project.provide('hasPostgres', hasPostgres)
  if (hasPostgres) return
  const message = `NO POSTGRES at ${serverUrl()}: every test that needs it is left out. Set TEST_DATABASE_URL.`
  if (process.env.CI === 'true') throw new Error(message)
  console.warn(`\n${'!'.repeat(100)}\n${message}\n${'!'.repeat(100)}\n`)
}
