import { describe, expect, it } from 'vitest'
import { type Hands, lastSeen } from '../../src/simulator/workspace.ts'
import { renderMessage } from '../../src/slack/render.ts'
import { renderCard } from '../../src/teams/render.ts'
import { type Card, card, text } from '../../src/views/card.ts'
import {
  answer,
  CLOSES,
  fill,
  moveTo,
  open,
  planMessage,
  press,
  SESSION,
  setUpGroup,
  startWorld,
  type World,
} from '../helpers.ts'
import { addMembers } from '../latecomers.ts'

/**
 * A mention of everybody, a mention, links in both platforms' markup, formatting, and characters
 * that disguise.
 */
const HOSTILE =
  '<!channel> <@UADMIN> <https://evil.invalid|x> [x](https://evil.invalid) **b** <at>all</at> \u202Egnp\u200B\u2066'
/** The same within a name's length. */
const ALIAS = '<!here> <https://evil.invalid|x> [x](https://e.invalid) \u202Ex'
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const DISGUISE = /[\u0000-\u0009\u000B-\u001F\u200B\u202A-\u202E\u2060-\u2064\u2066-\u2069\uFEFF]/

type Json = null | string | number | boolean | Json[] | { [key: string]: Json }

/** Every object in a payload. */
function* objectsIn(value: Json): Generator<{ [key: string]: Json }> {
  if (value === null || typeof value !== 'object') return
  if (!Array.isArray(value)) yield value
  for (const inner of Object.values(value)) yield* objectsIn(inner)
}

/**
 * Characters that a Slack payload would have read as markup, or hides something. An input's own value is
 * shown as typed.
 */
function slackFaults(payload: Json): string[] {
  const faults: string[] = []
  for (const object of objectsIn(payload)) {
    if (object.type === 'mrkdwn') faults.push(`mrkdwn: ${object.text}`)
    // A string beside blocks is the fallback, which Slack reads as mrkdwn.
    if (
      typeof object.text === 'string' &&
      object.type !== 'plain_text' &&
      /<[!@#]|<https?:/.test(object.text)
    )
      faults.push(`fallback: ${object.text}`)
    if (object.type === 'plain_text' && DISGUISE.test(String(object.text)))
      faults.push(`disguise: ${object.text}`)
  }
  return faults
}

/**
 * The same for Teams: a TextBlock reads Markdown, a RichTextBlock does not; an activity's own text
 * reads both.
 */
function teamsFaults(payload: Json): string[] {
  const faults: string[] = []
  for (const object of objectsIn(payload)) {
    const shown = [object.text, object.summary, object.title].filter(
      (one) => typeof one === 'string',
    )
    for (const one of shown) if (DISGUISE.test(one)) faults.push(`disguise: ${one}`)
    if (object.type === 'TextBlock' && /(?<!\\)\]\(|(?<!\\)<|(?<!\\)\*\*/.test(String(object.text)))
      faults.push(`markdown: ${object.text}`)
    if (object.type === 'mention') faults.push('mention')
    if (object.type === 'Action.OpenUrl' && String(object.url).includes('evil'))
      faults.push(`link: ${object.url}`)
  }
  return faults
}

/** Every text that somebody can type stands in something that others see. */
async function playHostile(world: World, platform: 'slack' | 'teams'): Promise<Hands> {
  const hands: Hands = world[platform]
  const { admin, facilitator, supervisor, members } = world.casts[platform]
  const [first = '', second = ''] = members
  await setUpGroup(world, platform, ALIAS)
  await fill(hands, admin, 'admin lines', {
    emergency: '112',
    lines: `${'<!channel> [x](https://evil.invalid)'}: 0800 555 010`,
  })
  await fill(hands, facilitator, 'agreement', { goals: HOSTILE, agreement: HOSTILE })
  await fill(hands, facilitator, 'schedule', { place: HOSTILE.slice(0, 110) })
  await fill(hands, facilitator, 'contact settings', { contactHours: '24' })
  await planMessage(hands, facilitator, {
    text: HOSTILE,
    date: '2026-03-03',
    time: '10:00',
    repeat: 'once',
  })
  await moveTo(world, SESSION.startsAt)
  await press(hands, lastSeen(hands.journal, second, 'message'), 'message.read')
  await hands.closeForm(second)
  await addMembers(world, platform, ['UNINTH', 'UTENTH'])
  await open(hands, first, 'win')
  await hands.submit(first, { text: HOSTILE })
  await hands.closeForm(first)
  await open(hands, facilitator, 'win')
  await press(hands, lastSeen(hands.journal, facilitator, 'wins'), 'win.post')
  await hands.closeForm(facilitator)
  await open(hands, first, 'contact')
  await hands.submit(first, { text: HOSTILE })
  await hands.closeForm(first)
  await moveTo(world, SESSION.endsAt)
  await press(hands, lastSeen(hands.journal, facilitator, 'contact-request'), 'contact.read')
  await hands.closeForm(facilitator)
  for (const member of members) await answer(world, platform, member, '4')
  await moveTo(world, CLOSES)
  for (const line of ['summary', 'agreement', 'checkin']) {
    await open(hands, facilitator, line)
    await hands.closeForm(facilitator)
  }
  for (const line of ['next', '', HOSTILE.slice(0, 40)]) await hands.type(facilitator, line)
  await open(hands, supervisor, 'digest')
  await open(hands, first, 'mydata')
  return hands
}

describe('what somebody typed is shown as text, never read as markup', () => {
  it.each(['slack', 'teams'] as const)('in anything that anybody saw on %s', async (platform) => {
    const world = await startWorld()
    const { journal } = await playHostile(world, platform)
    const faultsOf = platform === 'slack' ? slackFaults : teamsFaults
    const faults = journal.seen.flatMap(({ kind, payload }) =>
      faultsOf(payload as Json).map((fault) => `${kind}: ${fault}`),
    )
    const kinds = new Set(
      journal.seen
        .filter(({ payload }) => JSON.stringify(payload).includes('evil.invalid'))
        .map(({ kind }) => kind),
    )
    console.info(
      `injection (${platform}): ${journal.seen.length} things seen, hostile text in ${kinds.size} kinds of them`,
    )
    expect([...new Set(faults)]).toEqual([])
    for (const kind of ['message', 'wins', 'contact', 'agreement', 'check-in', 'summary', 'home'])
      expect(
        [...kinds].some((one) => one.startsWith(kind)),
        kind,
      ).toBe(true)
    // No lock screen shows more than the alias of it, without its disguises.
    for (const { notification } of journal.seen)
      expect(DISGUISE.test(notification ?? '')).toBe(false)
  })

  it('would be found if a renderer let it through (negative control)', () => {
    const made: Card = card('any', HOSTILE, [text(HOSTILE)])
    expect(slackFaults(renderMessage(made) as unknown as Json)).toEqual([])
    expect(teamsFaults(renderCard(made) as unknown as Json)).toEqual([])
    expect(
      slackFaults({
        text: HOSTILE,
        blocks: [{ type: 'section', text: { type: 'mrkdwn', text: HOSTILE } }],
      }).length,
    ).toBeGreaterThan(1)
    expect(
      slackFaults({
        blocks: [{ type: 'section', text: { type: 'plain_text', text: HOSTILE } }],
      })[0],
    ).toContain('disguise')
    const body = [{ type: 'TextBlock', text: HOSTILE }]
    expect(teamsFaults({ type: 'AdaptiveCard', body }).map((fault) => fault.split(':')[0])).toEqual(
      ['disguise', 'markdown'],
    )
  })
})
