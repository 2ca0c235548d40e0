// Runs before every npm script: installs what the lockfile names when it is missing or older than the lockfile. Built-ins
// only, and plain enough for the system's Node 20; the script that follows runs on the Node that the lockfile pins.
import { spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'

const installed = 'node_modules/.package-lock.json'
const generated = 'src/store/generated/client.ts'
const changedAt = (file) => (existsSync(file) ? statSync(file).mtimeMs : 0)
const run = (command, args) => {
  const { status, error } = spawnSync(command, args, {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  if (error) throw error
  if (status !== 0) process.exit(status ?? 1)
}

if (changedAt(installed) < changedAt('package-lock.json')) {
  console.error('Installing what package-lock.json names (once; a minute or two) …')
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'])
} else if (changedAt(generated) < changedAt('prisma/schema.prisma')) {
  run('npm', ['run', '--silent', 'generate'])
}
