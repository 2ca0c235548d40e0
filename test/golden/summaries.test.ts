import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { run } from '../../src/door/run.ts'
import { renderCardView } from '../../src/slack/render.ts'
import { ensureActor, findConnection } from '../../src/store/access.ts'
import { renderDialogCard } from '../../src/teams/render.ts'
import type { Card } from '../../src/views/card.ts'
import { incoming, startWorld, type World } from '../helpers.ts'
import { type GroupFacts, inWeek, writeGroup } from './groups.ts'

/**
 * The cards that a facilitator or a supervisor reads in written scenarios, on both platforms and in both
 * languages, as reviewed files. After a change of wording: `npx vitest run test/golden -u`, then
 * read the files.
 */
type Scenario = {
  name: string
  verb: 'summary' | 'digest'
  now: Date
  groups: readonly GroupFacts[]
  pages?: readonly number[]
}

const steady = { week: 0, mean: 0.7 } as const
const SCENARIOS: readonly Scenario[] = [
  {
    name: 'steady',
    verb: 'summary',
    now: inWeek(4, 60),
    groups: [
      {
        alias: 'Tuesday group',
        headcounts: { 1: 8, 2: 8, 3: 7, 4: 8 },
        results: [0, 1, 2, 3, 4].map((week) => ({ week, mean: 0.7 })),
      },
    ],
  },
  {
    name: 'climate-drops',
    verb: 'summary',
    now: inWeek(5, 60),
    groups: [
      {
        alias: 'Tuesday group',
        results: [
          { week: 4, mean: 0.8 },
          { week: 5, mean: 0.3 },
        ],
      },
    ],
  },
  {
    name: 'below-k',
    verb: 'summary',
    now: inWeek(4, 60),
    groups: [
      { alias: 'Tuesday group', results: [steady, { week: 4, mean: 0, state: 'withheld' }] },
    ],
  },
  {
    name: 'roster-changed',
    verb: 'summary',
    now: inWeek(4, 60),
    groups: [
      {
        alias: 'Tuesday group',
        members: 7,
        results: [
          { week: 3, mean: 0.2 },
          { week: 4, mean: 0.9, roster: 1 },
        ],
      },
    ],
  },
  {
    name: 'skipped-questions',
    verb: 'summary',
    now: inWeek(4, 60),
    groups: [
      { alias: 'Tuesday group', results: [{ week: 4, mean: 0.5, answered: 8, answers: 6 }] },
    ],
  },
  {
    name: 'all-answers-equal',
    verb: 'summary',
    now: inWeek(4, 60),
    groups: [{ alias: 'Tuesday group', members: 12, results: [{ week: 4, mean: 1, high: 12 }] }],
  },
  { name: 'first-week', verb: 'summary', now: inWeek(0, 20), groups: [{ alias: 'Tuesday group' }] },
  {
    name: 'last-week',
    verb: 'summary',
    now: inWeek(10, 60),
    groups: [
      {
        alias: 'Tuesday group',
        members: 12,
        headcounts: { 8: 11, 9: 12, 10: 10 },
        results: [
          { week: 9, mean: 0.55, high: 5 },
          { week: 10, mean: 0.9, high: 9 },
        ],
      },
    ],
  },
  {
    name: 'four-scales',
    verb: 'summary',
    now: inWeek(5, 60),
    groups: [
      {
        alias: 'Tuesday group',
        members: 12,
        results: [
          { week: 4, mean: 0.5, set: 'ons4' },
          { week: 5, mean: 0.55, set: 'ons4' },
        ],
      },
    ],
  },
  {
    // Three of eight answered "Not at all" to everything: the mean alone would be called high.
    name: 'far-apart',
    verb: 'summary',
    now: inWeek(5, 60),
    groups: [
      {
        alias: 'Tuesday group',
        results: [
          { week: 4, mean: 0.65 },
          { week: 5, mean: 0.625, low: 3, high: 5 },
        ],
      },
    ],
  },
  {
    name: 'far-apart-of-twelve',
    verb: 'summary',
    now: inWeek(13, 0),
    groups: [
      {
        alias: 'Tuesday group',
        members: 12,
        results: [
          { week: 0, mean: 0.6, low: 4, high: 7 },
          { week: 10, mean: 0.5 },
          { week: 11, mean: 0.7, low: 3, high: 9 },
        ],
      },
    ],
  },
  {
    name: 'split-groups',
    verb: 'digest',
    now: inWeek(4, 60),
    groups: [
      { alias: 'Monday group', results: [{ week: 4, mean: 0.625, low: 3, high: 5 }] },
      { alias: 'Tuesday group', results: [{ week: 4, mean: 0.5 }] },
      { alias: 'Wednesday group', results: [{ week: 4, mean: 0.8 }] },
    ],
  },
  {
    name: 'next-one-open',
    verb: 'summary',
    now: inWeek(5, 60),
    groups: [
      {
        alias: 'Tuesday group',
        results: [
          { week: 3, mean: 0.3 },
          { week: 4, mean: 0.7 },
          { week: 5, mean: 0, isOpen: true },
        ],
      },
    ],
  },
  {
    name: 'programme-over',
    verb: 'summary',
    now: inWeek(13, 0),
    groups: [
      {
        alias: 'Tuesday group',
        members: 8,
        cancelled: [4],
        results: [
          { week: 0, mean: 0.35 },
          { week: 5, mean: 0, state: 'withheld' },
          { week: 11, mean: 0.75 },
        ],
      },
    ],
  },
  {
    name: 'programme-over-twelve',
    verb: 'summary',
    now: inWeek(13, 0),
    groups: [
      {
        alias: 'Tuesday group',
        members: 12,
        results: [
          { week: 0, mean: 0.4, high: 4 },
          { week: 11, mean: 0.75, high: 8 },
        ],
      },
    ],
  },
  {
    name: 'one-group-hidden',
    verb: 'digest',
    now: inWeek(4, 60),
    groups: [
      { alias: 'Tuesday group', results: [{ week: 4, mean: 0.7 }] },
      { alias: 'Wednesday group', results: [{ week: 4, mean: 0.3 }] },
      { alias: 'Thursday group', results: [{ week: 4, mean: 0, state: 'withheld' }] },
    ],
  },
  {
    name: 'quiet-week',
    verb: 'digest',
    now: inWeek(20, 0),
    groups: [{ alias: 'Tuesday group', contactHours: 24, hasBackup: true }],
  },
  {
    name: 'cancelled-twice',
    verb: 'digest',
    now: inWeek(4, 60),
    groups: [
      { alias: 'Monday group', contactHours: 24 },
      { alias: 'Tuesday group', contactHours: 24, cancelled: [3, 4], flag: 'talk' },
    ],
  },
  {
    name: 'forty-groups',
    verb: 'digest',
    now: inWeek(4, 60),
    pages: [1, 4],
    // As full as a week can be: headcounts, four scales, and a change in each.
    groups: Array.from({ length: 40 }, (_, index) => ({
      alias: `Group ${String(index + 1).padStart(2, '0')}`,
      members: 12,
      contactHours: 24,
      headcounts: { 4: 11 },
      results: [
        { week: 3, mean: 0.5, set: 'ons4' as const },
        { week: 4, mean: index % 3 === 0 ? 0.2 : 0.75, set: 'ons4' as const },
      ],
    })),
  },
]

/** Every text of a payload, in the order in which it is read; buttons in brackets. */
function textsIn(node: unknown): string[] {
  if (typeof node !== 'object' || node === null) return []
  const own = node as Record<string, unknown>
  const type = typeof own.type === 'string' ? own.type : ''
  if (type === 'button') return [`[${textsIn(own.text).join('')}]`]
  if (type.startsWith('Action.')) return [`[${own.title}]`]
  if (['plain_text', 'text', 'TextBlock', 'TextRun'].includes(type)) return [String(own.text)]
  return Object.values(own).flatMap(textsIn)
}

let world: World
beforeAll(async () => {
  world = await startWorld()
  const connection = await findConnection(world.store, 'slack', 'T0DEMO')
  if (!connection) throw new Error('not connected')
  for (const externalId of ['UFACILITATOR', 'USUPERVISOR'])
    await ensureActor(world.store, connection, { externalId })
})
afterAll(() => world.end())

describe.each(SCENARIOS)('$name', ({ name, verb, now, groups, pages }) => {
  beforeAll(async () => {
    for (const facts of groups) await writeGroup(world, facts)
    world.clock.set(now)
  })
  afterAll(() => world.db.group.deleteMany())

  /** The card of one language; Teams gets the very same one. */
  async function cardIn(language: string, page: number | null): Promise<Card> {
    const externalId = verb === 'summary' ? 'UFACILITATOR' : 'USUPERVISOR'
    const input = page === null ? {} : { text: String(page) }
    const asked = incoming(externalId, { verb, input })
    const reply = await run(world.app.services, { ...asked, sender: { externalId, language } })
    if (reply?.type !== 'content') throw new Error(JSON.stringify(reply))
    return reply.card
  }

  it('reads as it was reviewed, and fits both platforms', async () => {
    const parts: string[] = []
    for (const language of ['en-GB', 'es-ES'])
      for (const page of pages ?? [null]) {
        const card = await cardIn(language, page)
        const slack = renderCardView(card, 'Close')
        const teams = renderDialogCard(card)
        const where = `${language}${page === null ? '' : `, page ${page}`}`
        parts.push(`== Slack, ${where} ==\n${card.title}\n${textsIn(slack.blocks).join('\n')}`)
        parts.push(`== Teams, ${where} ==\n${teams.title}\n${textsIn(teams.card).join('\n')}`)
        // Nothing was cut: a platform's limit would end it in an ellipsis.
        expect(parts.join('\n')).not.toContain('…')
      }
    await expect(`${parts.join('\n\n')}\n`).toMatchFileSnapshot(`./texts/${name}.txt`)
  })
})
