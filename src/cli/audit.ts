import { parseKeyring } from '../ballot/keyring.ts'
import { readStoreConfig } from '../config.ts'
import { SetupError } from '../errors.ts'
import { type AuditCheck, type Head, listEntries, verifyAudit } from '../store/audit-check.ts'
import type { Reader } from '../store/engine/transaction.ts'
import { openStore } from './store.ts'

const USAGE =
  'expected verify, verify --head NUMBER:HASH or export. Example: npx groupwell audit verify'

/**
 * `npx groupwell audit verify`: walks every organisation's chain; exit code 1 when one is broken.
 * With `--head`, a line that the log printed on an earlier day, one chain has to pass through it.
 * `npx groupwell audit export`: every entry as a line of JSON, and each chain's head.
 */
export async function audit(args: readonly string[]): Promise<void> {
  const [what, option, value] = args
  const known = option === undefined ? null : readHead(option, value)
  if (known === undefined || (what !== 'verify' && what !== 'export'))
    throw new SetupError(`groupwell audit ${args.join(' ')}: ${USAGE}`)
  const config = readStoreConfig(process.env)
  if (!config.ballot.secret)
    throw new SetupError('GROUPWELL_SECRET: needed, because the audit log is chained with it')
  const keyring = parseKeyring(config.ballot.secret)
  const database = await openStore(config)
  const organisations = await database.db.prisma.organisation.findMany({
    select: { id: true, name: true },
  })
  if (organisations.length === 0) process.stderr.write('No organisation yet: nothing to check.\n')
  const checks: { name: string; check: AuditCheck; passed: AuditCheck | null }[] = []
  for (const { id, name } of organisations) {
    const tenant = { tx: database.db as Reader, organisationId: id }
    const check = await verifyAudit(tenant, keyring)
    const passed = known && (await verifyAudit(tenant, keyring, known))
    checks.push({ name, check, passed })
    if (what === 'export') await exportEntries(tenant, name, check.head)
  }
  await database.close()
  if (what === 'export') return
  for (const { name, check } of checks) process.stdout.write(`${name}: ${wordsFor(check)}\n`)
  const isKnown = known === null || checks.some(({ passed }) => passed?.brokenAt === null)
  if (known && isKnown) process.stdout.write('One chain passes through the head given.\n')
  if (!isKnown) process.stdout.write('No whole chain passes through the head given.\n')
  const isWhole = ({ check }: (typeof checks)[number]) =>
    check.brokenAt === null &&
    check.unchecked === 0 &&
    check.resealedAt.every((number) => known !== null && number <= known.number)
  if (!isKnown || !checks.every(isWhole)) process.exitCode = 1
}

/** "12:9f…"; undefined when it is none. */
function readHead(option: string, value: string | undefined): Head | undefined {
  const match = option === '--head' ? /^(\d{1,9}):([0-9a-f]{64})$/.exec(value ?? '') : null
  return match?.[1] && match[2] ? { number: Number(match[1]), hash: match[2] } : undefined
}

function wordsFor(check: AuditCheck): string {
  const { length, brokenAt, resealedAt, unchecked } = check
  if (brokenAt !== null) return `broken at entry ${brokenAt} of ${length}`
  const notes = [
    ...resealedAt.map(
      (number) => `changed by hand, upgraded, or its secret put away, before entry ${number}`,
    ),
    ...(unchecked > 0 ? [`${unchecked} entries not checked: their secret is not here`] : []),
  ]
  return [`${length} entries, whole`, ...notes].join('; ')
}

async function exportEntries(
  tenant: { tx: Reader; organisationId: string },
  name: string,
  head: Head | null,
): Promise<void> {
  const line = (facts: object) => process.stdout.write(`${JSON.stringify(facts)}\n`)
  for (const { number, at, actorId, action, subjectId, hash } of await listEntries(tenant)) {
    const hex = Buffer.from(hash).toString('hex')
    line({ organisation: name, number, at, actor: actorId, action, subject: subjectId, hash: hex })
  }
  line({ organisation: name, head: head && `${head.number}:${head.hash}` })
}
