import { describe, expect, it } from 'vitest'
import { renderMessage } from '../../src/slack/render.ts'
import { renderCard } from '../../src/teams/render.ts'
import { button, buttons, card, heading, list, text } from '../../src/views/card.ts'

const screen = card('home', 'Groups', [
  heading('Tuesday group'),
  buttons(button('Open', 'next', 'g1'), button('Pause', 'pause', 'g1')),
  heading('Thursday group'),
  list(['in room 3', 'from 10:00']),
  buttons(button('Open', 'next', 'g2')),
  text('x'.repeat(200)),
  buttons(button('Open', 'next', 'g3')),
])

describe('a label that stands more than once on a screen', () => {
  it('is read aloud with the line that it stands under, in Slack', () => {
    const read = renderMessage(screen).blocks.flatMap((block) =>
      block.type === 'actions'
        ? block.elements.map((element) => ('accessibility_label' in element ? element : null))
        : [],
    )
    expect(read.slice(0, 3).map((one) => one?.accessibility_label)).toEqual([
      'Open: Tuesday group',
      undefined,
      'Open: from 10:00',
    ])
    expect(read[3]?.accessibility_label).toHaveLength(75)
  })

  it('and in Teams', () => {
    const actions = renderCard(screen).card.body.flatMap(
      (element) => (element.actions as { title: string; tooltip?: string }[] | undefined) ?? [],
    )
    expect(actions.map(({ tooltip }) => tooltip?.slice(0, 21))).toEqual([
      'Open: Tuesday group',
      undefined,
      'Open: from 10:00',
      'Open: xxxxxxxxxxxxxxx',
    ])
  })
})
