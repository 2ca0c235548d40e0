import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Hands, lastSeen } from '../../src/simulator/workspace.ts'
import { fill, moveTo, open, press, setUpGroup, startWorld, type World } from '../helpers.ts'

const PUBLIC = 'https://groupwell.example.org'
const DAY_MS = 24 * 60 * 60_000

describe.each(['slack', 'teams'] as const)(
  'what somebody can know and choose on %s',
  (platform) => {
    let world: World
    let hands: Hands
    const cast = () => world.casts[platform]
    const member = (index = 0) => cast().members[index] ?? ''
    const said = (person: string) =>
      hands.journal.seen.findLast((seen) => seen.person === person)?.text ?? ''
    const send = async (person: string, line: string, values: Parameters<typeof fill>[3]) => {
      await fill(hands, person, line, values)
      const text = said(person)
      await hands.closeForm(person)
      await world.app.drain()
      return text
    }
    const accept = async () => {
      await open(hands, member(), 'agreement')
      await hands.submit(member(), {})
      await hands.closeForm(member())
    }
    /** The copy that the card of a person links to, fetched as their browser does. */
    const copyOf = async (person: string) => {
      await open(hands, person, 'mydata')
      const card = JSON.stringify(lastSeen(hands.journal, person, 'mydata').payload)
      await hands.closeForm(person)
      const path = /https:\/\/groupwell\.example\.org(\/mydata\?t=[\w-]+)/.exec(card)?.[1] ?? ''
      return `http://127.0.0.1:${world.app.port}${path}`
    }
    beforeAll(async () => {
      world = await startWorld({ publicUrl: PUBLIC })
      hands = world[platform]
      await setUpGroup(world, platform)
    })
    afterAll(() => world.end())

    it('what they accepted is kept, with its words and its day, when the words change', async () => {
      await accept()
      await moveTo(world, new Date(world.clock.now().getTime() + DAY_MS))
      await send(cast().facilitator, 'agreement', { agreement: 'We begin on time.' })
      await accept()
      const rows = await world.db.acceptance.findMany({
        include: { text: true },
        orderBy: { on: 'asc' },
      })
      expect(rows.map(({ on }) => on.toISOString().slice(0, 10))).toEqual([
        '2026-03-02',
        '2026-03-03',
      ])
      expect(rows[1]?.text.words).toMatchObject({ agreement: ['We begin on time.'] })
      await open(hands, member(), 'mydata')
      expect(said(member())).toContain('you accepted an agreement on Monday 2 March')
      expect(said(member())).toContain('you accepted an agreement on Tuesday 3 March')
      await hands.closeForm(member())
    })

    it('a copy for machines has it all, works for who got the link, and for a quarter of an hour', async () => {
      await send(cast().facilitator, 'contact settings', { contactHours: '24' })
      await send(member(), 'contact', { text: 'Please call me.' })
      const url = await copyOf(member())
      const answer = await fetch(url)
      expect(answer.headers.get('content-type')).toContain('application/json')
      expect(answer.headers.get('cache-control')).toContain('no-store')
      const data = (await answer.json()) as Record<string, unknown>
      expect(data).toMatchObject({
        contacts: [{ words: 'Please call me.', closedAt: null }],
        roles: [{ alias: 'Tuesday group', kind: 'Chronic illness support', role: 'member' }],
        acceptances: [{}, { agreement: ['We begin on time.'] }],
      })
      expect(JSON.stringify(data)).toContain(member())
      expect(JSON.stringify(data)).not.toContain(member(1))
      const forged = url.replace(/t=.{5}/, (start) => `${start.slice(0, -1)}A`)
      expect((await fetch(forged)).status).toBe(404)
      expect((await fetch(url, { method: 'POST' })).status).toBe(405)
      // Calendar and report links are made with keys of their own.
      expect((await fetch(url.replace('/mydata', '/report'))).status).toBe(404)
    })

    it('a language of their own holds for every card, notice and reply from then on', async () => {
      const chosen = await send(member(1), 'pause', { language: 'es' })
      expect(chosen).toContain('No estás en pausa.')
      expect(chosen).not.toMatch(/In immediate danger|Elsewhere/)
      await hands.type(member(1), 'privacy')
      expect(said(member(1))).toContain('Nadie puede ver lo que dijiste.')
      await moveTo(world, new Date('2026-03-03T18:00:00Z'))
      expect(lastSeen(hands.journal, member(1), 'check-in').text).toContain('Abrir el cuestionario')
      expect(lastSeen(hands.journal, member(2), 'check-in').text).toContain('Open the check-in')
      await open(hands, member(1), 'mydata')
      expect(said(member(1))).toContain('Idioma: Español.')
      await hands.closeForm(member(1))
      await open(hands, member(1), 'pause')
      await hands.submit(member(1), { language: 'platform' })
      await hands.closeForm(member(1))
      await hands.type(member(1), 'privacy')
      expect(said(member(1))).toContain('Nobody can see what you said.')
    })

    it('the help lines of the country that they choose stand on each card', async () => {
      await send(member(2), 'pause', { linesCountry: 'MX' })
      for (const line of ['home', 'help', 'privacy', 'nonsense']) {
        await hands.type(member(2), line)
        expect(said(member(2))).toContain('800 911 2000')
      }
      await hands.type(member(2), 'lines')
      expect(said(member(2))).toContain('Línea de la Vida')
      expect(said(member(2))).toContain('Day and night')
    })

    it('who answers for the data, and where to complain, stand on the privacy card', async () => {
      await hands.type(member(), 'privacy')
      expect(said(member())).toContain('Demo organisation answers for what is stored here.')
      expect(said(member())).toContain('the data protection authority where you live')
      await send(cast().admin, 'admin settings', {
        responsible: 'Privacy officer: privacy@clinic.example',
        complaints: 'Authority of the land, 1 Main Street',
      })
      await hands.type(member(), 'privacy')
      expect(said(member())).toContain('Privacy officer: privacy@clinic.example')
      expect(said(member())).toContain('To complain: Authority of the land, 1 Main Street')
    })

    it('a notice of a request waits with the words of the one who asks', async () => {
      await press(
        hands,
        lastSeen(hands.journal, cast().facilitator, 'contact-request'),
        'contact.read',
      )
      expect(said(cast().facilitator)).toContain('Please call me.')
      await hands.closeForm(cast().facilitator)
    })
  },
)
