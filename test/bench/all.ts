import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { serverUrl } from '../postgres.ts'
import { BENCHES, type BenchName } from './benches.ts'
import type { Goal, Measured, Row } from './measured.ts'

const DOCUMENT = path.resolve('docs/measured.md')
/** The ratios of this run, for `bench -- ratios`. */
export const RECORDED = path.join(import.meta.dirname, 'recorded.json')

/**
 * Runs every bench, each in a process of its own, one after the other; writes docs/measured.md and
 * the ratios that CI compares with.
 */
export async function runAll(isJson: boolean): Promise<void> {
  const names = Object.keys(BENCHES) as BenchName[]
  const benches = names.map((name) => ({ name, ...measure(name) }))
  const machine = await describeMachine()
  fs.writeFileSync(DOCUMENT, documentOf(machine, benches))
  const ratios = benches.flatMap(({ rows }) => rows.flatMap(ratioOf))
  fs.writeFileSync(RECORDED, `${JSON.stringify(Object.fromEntries(ratios), null, 2)}\n`)
  if (isJson) process.stdout.write(`${JSON.stringify({ machine, benches }, null, 2)}\n`)
  const short = benches.flatMap(({ name, goals }) =>
    goals.filter(({ isMet }) => !isMet).map(({ goal, reached }) => `${name}: ${goal}: ${reached}`),
  )
  process.stderr.write(`${short.map((line) => `SHORT ${line}\n`).join('')}wrote ${DOCUMENT}\n`)
}

function measure(name: BenchName): Measured {
  process.stderr.write(`${name} …\n`)
  const script = path.join(import.meta.dirname, 'bench.ts')
  const { status, stdout } = spawnSync(process.execPath, [script, name, '--json'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 64_000_000,
  })
  if (status !== 0) throw new Error(`bench ${name} ended with ${status}`)
  return JSON.parse(stdout) as Measured
}

/** The name and the value of a row's ratio to the bare other side, if it has one. */
export const ratioOf = ({ run, ratio }: Row): [string, number][] =>
  typeof run === 'string' && typeof ratio === 'number' ? [[run, ratio]] : []

async function describeMachine(): Promise<string> {
  const client = new pg.Client({ connectionString: serverUrl() })
  await client.connect()
  const { rows } = await client.query<{ version: string }>(
    `select split_part(current_setting('server_version'), ' ', 1) as version`,
  )
  await client.end()
  const [cpu] = os.cpus()
  const memory = Math.round(os.totalmem() / 2 ** 30)
  return `${os.cpus().length} cores (${cpu?.model ?? 'unknown'}), ${memory} GB, ${os.type()} ${os.release().split('-')[0]}, Node ${process.versions.node}, Postgres ${rows[0]?.version}, ${new Date().toISOString().slice(0, 10)}`
}

function documentOf(machine: string, benches: readonly (Measured & { name: string })[]): string {
  const parts = benches.map(({ name, about, rows, goals }) =>
    [
      `## ${about}`,
      '',
      `\`npm run bench -- ${name}\``,
      '',
      ...tableOf(rows),
      ...(goals.length > 0 ? ['', ...goals.map(lineOf)] : []),
    ].join('\n'),
  )
  return [
    '# Measured',
    '',
    '`npm run bench -- all` measured this and wrote this page. Figures of the suites, and what is short',
    'of its goal and why, stand in [measured-by-suites.md](measured-by-suites.md).',
    '',
    `On ${machine}.`,
    'The service, Postgres and whatever plays the other side share these cores, and a machine’s own',
    'speed varies by half from day to day: read the ratios. Where two sides are compared, they take',
    'turns in one run, and the middle of at least five rounds counts.',
    '',
    ...parts.flatMap((part) => [part, '']),
  ].join('\n')
}

const lineOf = ({ goal, reached, isMet }: Goal): string =>
  `- ${goal}. Reached: ${reached}${isMet ? '' : ' (**short**)'}.`

function tableOf(rows: readonly Row[]): string[] {
  const columns = Object.keys(rows[0] ?? {})
  const line = (cells: readonly (string | number | null)[]) =>
    `| ${cells.map((cell) => cell ?? '').join(' | ')} |`
  return [
    line(columns),
    line(columns.map(() => '---')),
    ...rows.map((row) => line(columns.map((column) => row[column] ?? null))),
  ]
}
