import type { Block, Button } from './card.ts'

/**
 * Gives each button whose label stands more than once on a card what a screen reader says in its
 * place: the label, and the line that it stands under.
 */
export function withSpokenLabels(blocks: readonly Block[]): Block[] {
  const labels = blocks.flatMap((block) =>
    block.type === 'buttons' ? block.buttons.map(({ label }) => label) : [],
  )
  const isRepeated = (label: string) => labels.indexOf(label) !== labels.lastIndexOf(label)
  let above: string | null = null
  return blocks.map((block) => {
    if (block.type !== 'buttons') {
      above = lineOf(block) ?? above
      return block
    }
    const speak = (button: Button): Button =>
      above !== null && isRepeated(button.label)
        ? { ...button, spoken: `${button.label}: ${above}` }
        : button
    return { ...block, buttons: block.buttons.map(speak) }
  })
}

/** The line of a block that names what follows it; null: it has none. */
function lineOf(block: Exclude<Block, { type: 'buttons' }>): string | null {
  if (block.type === 'chart') return null
  const text = block.type === 'list' ? (block.items.at(-1) ?? '') : block.text
  return text.split('\n')[0]?.trim() || null
}
