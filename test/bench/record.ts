import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { serverUrl } from '../postgres.ts'
import { BENCHES, type BenchName } from './benches.ts'
import type { Goal, Measured, Row } from './measured.ts'

const DOCUMENT = path.resolve('docs/measured.md')
/** The last recorded figures of each bench: the page is made from it, and CI compares with it. */
const RECORDED = path.join(import.meta.dirname, 'recorded.json')

type Recorded = Partial<Record<BenchName, Measured & { machine: string }>>

const read = (): Recorded =>
  fs.existsSync(RECORDED) ? (JSON.parse(fs.readFileSync(RECORDED, 'utf8')) as Recorded) : {}

/** Keeps what a bench measured, and writes docs/measured.md anew. */
export async function record(name: BenchName, measured: Measured): Promise<void> {
  const recorded: Recorded = {
    ...read(),
    [name]: { machine: await describeMachine(), ...measured },
  }
  fs.writeFileSync(RECORDED, `${JSON.stringify(recorded, null, 2)}\n`)
  fs.writeFileSync(DOCUMENT, documentOf(recorded))
}

/** Each recorded ratio to a bare other side, by the name of its row. */
export const recordedRatios = (): ReadonlyMap<string, number> =>
  new Map(Object.values(read()).flatMap(({ rows }) => rows.flatMap(ratioOf)))

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
  const memory = Math.round(os.totalmem() / 2 ** 30)
  const date = new Date().toISOString().slice(0, 10)
  return `${os.cpus().length} cores (${os.cpus()[0]?.model ?? 'unknown'}), ${memory} GB, Node ${process.versions.node}, Postgres ${rows[0]?.version}, ${date}`
}

function documentOf(recorded: Recorded): string {
  const names = (Object.keys(BENCHES) as BenchName[]).filter((name) => recorded[name])
  return [
    '# Measured',
    '',
    '`npm run bench -- all` measures all of this and writes this page; `npm run bench -- NAME --record`',
    'does so for one part. Figures of the suites, and what is short of its goal and why, stand in',
    '[measured-by-suites.md](measured-by-suites.md).',
    '',
    'The service, Postgres and whatever plays the other side share two cores, and a machine’s own speed',
    'varies by half from day to day: read the ratios. Where two sides are compared, they take turns in',
    'one run, and the middle of at least five rounds counts.',
    '',
    ...names.flatMap((name) => [...sectionOf(name, recorded[name]), '']),
  ].join('\n')
}

function sectionOf(name: BenchName, measured: Recorded[BenchName]): string[] {
  if (!measured) return []
  const { about, rows, goals, machine } = measured
  return [
    `## ${about}`,
    '',
    `\`npm run bench -- ${name}\`; ${machine}.`,
    '',
    ...tableOf(rows),
    ...(goals.length > 0 ? ['', ...goals.map(lineOf)] : []),
  ]
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
