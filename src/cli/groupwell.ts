#!/usr/bin/env node
import { enableCompileCache } from 'node:module'
import { messageOf, SetupError } from '../errors.ts'

/** A pipe takes what was written in its own time; ending before that would cut it. */
const written = (stream: NodeJS.WriteStream): Promise<void> =>
  new Promise((resolve) => stream.write('', () => resolve()))

// Code that was compiled at the last start is not compiled again: about half a second. Beside the
// packages, where only who installed them can write: what is read from there is run. Where it
// cannot be written there is none.
enableCompileCache(new URL('../../node_modules/.cache/groupwell/', import.meta.url).pathname)

/** Each loads what it needs and no more. */
const COMMANDS: Record<string, (args: readonly string[]) => Promise<void>> = {
  start: async (args) => (await import('./start.ts')).start(args),
  demo: async (args) => (await import('./demo.ts')).demo(args),
  migrate: async () => (await import('./migrate.ts')).migrateStore(),
  organisation: async (args) => (await import('./owner.ts')).organisation(args),
  keys: async (args) => (await import('./keys.ts')).keys(args),
  workspace: async (args) => (await import('./owner.ts')).workspace(args),
  audit: async (args) => (await import('./audit.ts')).audit(args),
  'question-set': async (args) => (await import('./question-set.ts')).questionSet(args),
  manifest: async (args) => (await import('./manifest.ts')).manifest(args),
  'check-blocks': async (args) => (await import('./check-blocks.ts')).checkBlocks(args),
}

// A reader of our output may stop reading (`| head`): that is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit(0)
})

const [name = 'start', ...args] = process.argv.slice(2)
const command = COMMANDS[name]
if (!command) {
  process.stderr.write(
    `groupwell ${name}: expected one of ${Object.keys(COMMANDS).join(', ')}. Example: npx groupwell migrate\n`,
  )
  process.exit(2)
}
try {
  await command(args)
  await written(process.stdout)
  process.exit()
} catch (error) {
  if (!(error instanceof SetupError)) throw error
  process.stderr.write(`${messageOf(error)}\n`)
  process.exit(2)
}
