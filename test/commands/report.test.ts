import FhirValidator from '@asymmetrik/fhir-json-schema-validator'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { run } from '../../src/door/run.ts'
import { ensureActor, findConnection } from '../../src/store/access.ts'
import { inWeek, writeGroup } from '../golden/groups.ts'
import { incoming, startWorld, type World } from '../helpers.ts'

const FORMULA = '=HYPERLINK("https://evil.invalid")'

describe('a report for use outside the team', () => {
  let world: World
  let groupId: string
  beforeAll(async () => {
    world = await startWorld({ publicUrl: 'https://groupwell.example.org' })
    const connection = await findConnection(world.store, 'slack', 'T0DEMO')
    if (!connection) throw new Error('not connected')
    for (const externalId of ['UFACILITATOR', 'USUPERVISOR'])
      await ensureActor(world.store, connection, { externalId })
    groupId = await writeGroup(world, {
      alias: FORMULA,
      members: 12,
      results: [
        { week: 0, mean: 0.7, answered: 11, high: 6 },
        { week: 1, mean: 0.3, answered: 10 },
        { week: 2, mean: 0.98, answered: 12 },
        { week: 3, mean: 0, state: 'withheld' },
      ],
    })
    world.clock.set(inWeek(4, 60))
  })
  afterAll(() => world.end())

  /** The addresses that a person gets, as paths. */
  async function linksOf(sender: string): Promise<string[]> {
    const reply = JSON.stringify(
      await run(
        world.app.services,
        incoming(sender, { verb: 'summary.export', input: { id: groupId } }),
      ),
    )
    return [...reply.matchAll(/https:\/\/groupwell\.example\.org([^"]+)/g)].map(
      ([, path = '']) => path,
    )
  }
  const fetched = (path: string) => fetch(`http://127.0.0.1:${world.app.port}${path}`)

  it('is a table and a page at links of one’s own, and making it is audited', async () => {
    const [csv = '', html = ''] = await linksOf('UFACILITATOR')
    expect(await world.db.auditEntry.count({ where: { action: 'report.made' } })).toBe(1)
    const table = await (await fetched(csv)).text()
    const page = await fetched(html)
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
    const written = await page.text()
    for (const text of [table, written]) {
      expect(text).toContain('mostly high')
      expect(text).toContain('3.8')
      expect(text).toContain('not shown: fewer than 11 answers')
      expect(text).toContain('Not a validated scale')
      expect(text).toContain('This cannot tell how any one person is, or why.')
    }
  })

  it('holds no number of people, nothing of ten answers, and no mean beside an end', async () => {
    const table = await (await fetched((await linksOf('UFACILITATOR'))[0] ?? '')).text()
    const rows = table.split('\n').filter((line) => line.includes('Group climate'))
    expect(rows.map((row) => row.split(',').slice(-3).join(','))).toEqual([
      'mostly high,3.8,1 – 5',
      'not shown: fewer than 11 answers,,1 – 5',
      'mostly high,,1 – 5',
      'not shown: fewer than 11 answers,,1 – 5',
    ])
  })

  it('draws each set once there are two results that may leave the team, and says in words what the picture shows', async () => {
    const page = await (await fetched((await linksOf('UFACILITATOR'))[1] ?? '')).text()
    expect(page).toContain(
      'aria-label="Chart: How the session was. Group climate: 3 Mar mostly high, 17 Mar mostly high. 2 results not shown"',
    )
    const [svg = ''] = page.match(/<svg[\s\S]*<\/svg>/) ?? []
    expect(svg).toContain('mostly high')
    expect(svg).toContain('17 Mar')
    // Of the results that are not shown there is neither a bar nor a day.
    expect(svg).not.toMatch(/10 Mar|24 Mar/)
  })

  it('is FHIR R4 by its own schema, kept-back figures marked as masked, and no population', async () => {
    const response = await fetched((await linksOf('UFACILITATOR'))[2] ?? '')
    expect(response.headers.get('content-type')).toContain('application/fhir+json')
    const bundle = (await response.json()) as { entry: { resource: Record<string, unknown> }[] }
    const validator = new FhirValidator()
    expect(validator.validate(bundle)).toEqual([])
    for (const { resource } of bundle.entry) expect(validator.validate(resource)).toEqual([])
    expect(validator.validate({ ...bundle.entry[0]?.resource, status: 'nearly' })).not.toEqual([])
    expect(JSON.stringify(bundle)).not.toMatch(/population|count/)
    const scores = bundle.entry.map(
      ({ resource }) => (resource.group as Record<string, unknown>[])[0],
    )
    const masked = [
      { url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'masked' },
    ]
    expect(scores).toMatchObject([
      {
        extension: [{ valueCode: 'high' }],
        measureScore: { value: 3.8, unit: 'on a scale from 1 to 5' },
      },
      { measureScore: { extension: masked } },
      { extension: [{ valueCode: 'high' }], measureScore: { extension: masked } },
      { measureScore: { extension: masked } },
    ])
  })

  it('cannot run a formula in a spreadsheet, nor markup in a browser', async () => {
    const [csv = '', html = ''] = await linksOf('UFACILITATOR')
    const table = await (await fetched(csv)).text()
    expect(table.split('\n')[0]).toBe(`"'=HYPERLINK(""https://evil.invalid"")"`)
    await world.db.group.updateMany({
      where: { id: groupId },
      data: { alias: '<script>alert(1)</script>' },
    })
    const page = await (await fetched(html)).text()
    expect(page).not.toContain('<script>')
    expect(page).toContain('&lt;script&gt;alert(1)')
  })

  it('is in the reader’s language', async () => {
    await world.db.account.updateMany({
      where: { externalId: 'USUPERVISOR' },
      data: { language: 'es-ES' },
    })
    const page = await (await fetched((await linksOf('USUPERVISOR'))[1] ?? '')).text()
    expect(page).toContain('<html lang="es')
    expect(page).toContain('más bien alto')
  })

  it('is not there for a link that was changed, is too old, or whose holder has left', async () => {
    const [csv = ''] = await linksOf('USUPERVISOR')
    const changed = csv.replace(/t=(.)/, (_, first: string) => `t=${first === 'A' ? 'B' : 'A'}`)
    expect((await fetched(changed)).status).toBe(404)
    expect((await fetched('/report?t=&as=csv')).status).toBe(404)
    expect((await fetched('/report?t=AQ.AQ&as=csv')).status).toBe(404)
    expect((await fetched(csv)).status).toBe(200)
    const { clock } = world.app.services
    const wall = clock.wall
    clock.wall = () => new Date(Date.now() + 11 * 60_000)
    expect((await fetched(csv)).status).toBe(404)
    clock.wall = wall
    await world.db.rosterEntry.deleteMany({ where: { groupId, role: 'supervisor' } })
    expect((await fetched(csv)).status).toBe(404)
  })
})
