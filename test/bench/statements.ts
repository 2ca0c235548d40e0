import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { tempDir } from '../temp-dir.ts'
import type { Measured } from './measured.ts'

/** The statements of each verb on a walk past every form and message, as its own test counts them. */
export async function run(): Promise<Measured> {
  const { dir, remove } = tempDir()
  const file = path.join(dir, 'statements.json')
  const { status } = spawnSync('npx', ['vitest', 'run', 'test/door/statements.test.ts'], {
    env: { ...process.env, STATEMENTS_FILE: file },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  if (status !== 0) throw new Error(`the walk ended with ${status}`)
  const table = JSON.parse(fs.readFileSync(file, 'utf8')) as Record<string, number>
  remove()
  const byCount = Map.groupBy(Object.entries(table), ([, count]) => count)
  const rows = [...byCount]
    .toSorted(([a], [b]) => a - b)
    .map(([statements, verbs]) => ({
      statements,
      verbs: verbs.map(([verb]) => `\`${verb}\``).join(', '),
    }))
  return {
    about: 'Statements of each verb, transactions’ ends among them, the most of a walk',
    rows,
    goals: [],
  }
}
