import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkMessage, checkView } from '../../src/simulator/slack/limits.ts'
import { checkActivity, checkCard } from '../../src/simulator/teams/limits.ts'
import {
  renderCardView,
  renderMessage,
  renderForm as renderSlackForm,
} from '../../src/slack/render.ts'
import {
  renderCard,
  renderDialogCard,
  renderForm as renderTeamsForm,
} from '../../src/teams/render.ts'
import type { Block, Card, Field, Form } from '../../src/views/card.ts'
import * as cards from '../../src/views/card.ts'

type Json = Record<string, unknown>
const words = fc.oneof(
  fc.string({ maxLength: 60 }),
  fc.string({ unit: 'grapheme', maxLength: 4_000 }),
  fc.constant('x'.repeat(9_000)),
  fc.constantFrom(
    '',
    '<!channel>',
    '<@U1>',
    '[a](https://e.invalid)',
    '\u202E',
    '&lt;',
    '**b**',
    '| a |',
  ),
)
const button = fc.record({
  label: words,
  verb: fc.constant('help'),
  id: fc.option(fc.uuid()),
  opens: fc.constantFrom('dialog', 'card'),
  isPrimary: fc.boolean(),
})
const block: fc.Arbitrary<Block> = fc.oneof(
  fc.record({
    type: fc.constantFrom('heading', 'text', 'note'),
    text: words,
  }) as fc.Arbitrary<Block>,
  fc.record({
    type: fc.constant('list' as const),
    items: fc.array(words, { minLength: 1, maxLength: 40 }),
  }),
  fc.record({
    type: fc.constant('buttons' as const),
    buttons: fc.array(button, { minLength: 1, maxLength: 40 }),
  }) as fc.Arbitrary<Block>,
)
const card: fc.Arbitrary<Card> = fc.record({
  kind: fc.constant('any'),
  title: words,
  notification: words,
  blocks: fc.array(block, { minLength: 1, maxLength: 120 }),
})
const option = fc.record({ value: fc.string({ minLength: 1, maxLength: 200 }), label: words })
const field: fc.Arbitrary<Field> = fc.oneof(
  fc.record({
    type: fc.constant('text' as const),
    label: words,
    hint: words,
    value: words,
    maxLength: fc.integer({ min: 1, max: 9_000 }),
    name: fc.constant(''),
  }),
  fc.record({
    type: fc.constant('choice' as const),
    label: words,
    options: fc.array(option, { minLength: 1, maxLength: 150 }),
    isExpanded: fc.boolean(),
    name: fc.constant(''),
  }),
  fc.record({
    type: fc.constant('people' as const),
    label: words,
    value: fc.array(fc.string({ minLength: 1, maxLength: 12 })),
    limit: fc.integer({ min: 1, max: 100 }),
    name: fc.constant(''),
  }),
)
const form: fc.Arbitrary<Form> = fc
  .record({
    kind: fc.constant('any'),
    verb: fc.constant('new.submit'),
    id: fc.option(fc.uuid()),
    title: words,
    submitLabel: words,
    closeLabel: words,
    intro: fc.array(block, { maxLength: 40 }),
    fields: fc.array(field, { minLength: 1, maxLength: 20 }),
  })
  .map((made) => ({
    ...made,
    fields: made.fields.map((own, index) => ({ ...own, name: `f${index}` })),
  }))

describe('any card and form', () => {
  it('is taken by Slack: cut, never refused', () => {
    fc.assert(
      fc.property(card, form, (anyCard, anyForm) => {
        expect(checkMessage(renderMessage(anyCard) as unknown as Json)).toEqual([])
        expect(checkView(renderCardView(anyCard, 'Close') as unknown as Json)).toEqual([])
        expect(checkView(renderSlackForm(anyForm) as unknown as Json)).toEqual([])
      }),
      { numRuns: 300 },
    )
  })

  it('is taken by Teams: cut, never refused', () => {
    fc.assert(
      fc.property(card, form, (anyCard, anyForm) => {
        const { card: content, summary } = renderCard(anyCard)
        const activity = {
          type: 'message',
          summary,
          attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content }],
        }
        expect(checkActivity(activity)).toEqual([])
        expect(checkCard(renderDialogCard(anyCard).card)).toEqual([])
        expect(
          checkCard(
            renderTeamsForm(anyForm, { language: null, leftEmpty: 'x' }, { f0: 'no' }).card,
          ),
        ).toEqual([])
      }),
      { numRuns: 300 },
    )
  })

  it('shows where it was cut', () => {
    const long: Card = {
      kind: 'any',
      title: 't',
      notification: 'n',
      blocks: [{ type: 'text', text: 'x'.repeat(9_000) }],
    }
    expect(JSON.stringify(renderMessage(long))).toContain('x…')
    expect(JSON.stringify(renderCard(long))).toContain('x…')
    const many: Card = {
      ...long,
      blocks: Array.from({ length: 140 }, () => ({ type: 'text' as const, text: 'a' })),
    }
    expect(JSON.stringify(renderMessage(many).blocks.at(-1))).toContain('…')
    expect(JSON.stringify(renderCard(many).card.body.at(-1))).toContain('…')
  })

  it('keeps its last row of buttons when it is cut, and no row whose text is gone', () => {
    const row = (label: string) => ({
      type: 'buttons' as const,
      buttons: [{ label, verb: 'next' as const, id: null, opens: 'card' as const }],
    })
    const pairs = Array.from({ length: 100 }, (_, number) => [
      { type: 'text' as const, text: `one ${number}` },
      row(`Stop ${number}`),
    ]).flat()
    const long: Card = {
      kind: 'any',
      title: 't',
      notification: 't',
      blocks: [...pairs, row('More')],
    }
    for (const body of [renderMessage(long).blocks, renderCard(long).card.body]) {
      const said = JSON.stringify(body)
      expect(said).toContain('…')
      expect(JSON.stringify(body.at(-1))).toContain('More')
      for (const [, number] of said.matchAll(/Stop (\d+)/g))
        expect(said).toContain(`one ${number}"`)
    }
    expect(renderMessage(long).blocks.length).toBeLessThanOrEqual(50)
  })

  it('is never read as markup on either side', () => {
    const evil = '<!channel> <@U1> [x](https://e.invalid) *b*'
    const made: Card = {
      kind: 'any',
      title: evil,
      notification: evil,
      blocks: [
        { type: 'note', text: 'x' },
        { type: 'list', items: [evil] },
      ],
    }
    const slack = renderMessage(made)
    expect(slack.text).toBe('&lt;!channel&gt; &lt;@U1&gt; [x](https://e.invalid) *b*')
    expect(JSON.stringify(slack.blocks)).not.toContain('mrkdwn')
    const { body } = renderCard(made).card
    expect(body[0]?.text).toBe('\\<\\!channel\\> \\<@U1\\> \\[x\\]\\(https://e.invalid\\) \\*b\\*')
    expect(body.slice(1).every(({ type }) => type === 'RichTextBlock')).toBe(true)
  })
})

describe('the checks themselves (negative controls)', () => {
  it.each([
    ['51 blocks', { blocks: Array.from({ length: 51 }, () => ({ type: 'divider' })) }],
    [
      'a section of 3,001 characters',
      { blocks: [{ type: 'section', text: { type: 'plain_text', text: 'x'.repeat(3_001) } }] },
    ],
    ['empty text', { blocks: [{ type: 'section', text: { type: 'plain_text', text: '' } }] }],
    [
      'a label of 76 characters',
      {
        blocks: [
          {
            type: 'actions',
            elements: [
              {
                type: 'button',
                action_id: 'a',
                text: { type: 'plain_text', text: 'x'.repeat(76) },
              },
            ],
          },
        ],
      },
    ],
    [
      'two blocks of one id',
      {
        blocks: [
          { type: 'divider', block_id: 'a' },
          { type: 'divider', block_id: 'a' },
        ],
      },
    ],
    ['mrkdwn in a header', { blocks: [{ type: 'header', text: { type: 'mrkdwn', text: 'x' } }] }],
  ])('Slack refuses %s', (_name, payload) => {
    expect(checkMessage(payload)).not.toEqual([])
  })
  it.each([
    ['an input without a label', { body: [{ type: 'Input.Text', id: 'a' }] }],
    ['another version', { version: '1.6', body: [{ type: 'TextBlock', text: 'x' }] }],
    [
      'an Action.Execute without a fallback',
      {
        body: [{ type: 'ActionSet', actions: [{ type: 'Action.Execute', title: 'x', verb: 'x' }] }],
      },
    ],
  ])('Teams refuses %s', (_name, change) => {
    expect(checkCard({ type: 'AdaptiveCard', version: '1.5', ...change })).not.toEqual([])
  })
})

describe('more buttons than a row takes', () => {
  it('stand in several rows, and none is lost', () => {
    const choices = Array.from({ length: 60 }, (_, index) =>
      cards.button(`Group ${index}`, 'summary', crypto.randomUUID()),
    )
    const { blocks } = renderMessage(
      cards.card('picker', 'Which group?', [cards.text('x'), cards.buttons(...choices)]),
    )
    const rows = blocks.flatMap((block) =>
      block.type === 'actions' ? [block.elements.length] : [],
    )
    expect(rows).toEqual([25, 25, 10])
    expect(checkMessage({ text: 'x', blocks })).toEqual([])
  })
})
