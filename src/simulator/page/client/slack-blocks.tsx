import { type MouseEvent, useEffect, useRef } from 'react'
import { Message } from 'slack-blocks-to-jsx'
import { type Bars, drawBars, wordsOf } from './bars.ts'
import { useIsDark } from './theme.ts'

type Block = Record<string, unknown>

/**
 * Block Kit as slack-blocks-to-jsx draws it. Its buttons do nothing by themselves: their ids are
 * the block's and the action's, and a click is read from there.
 */
export function SlackBlocks({
  blocks,
  text = '',
  onPress,
}: {
  blocks: unknown
  text?: string
  onPress(block: string, action: string): void
}) {
  const isDark = useIsDark()
  const shown = Array.isArray(blocks)
    ? blocks
    : [{ type: 'section', text: { type: 'plain_text', text } }]
  const onClick = (event: MouseEvent<HTMLDivElement>) => {
    const button = (event.target as HTMLElement).closest('button')
    const block = button?.closest('.slack_blocks_to_jsx__actions')
    if (button && block) onPress(block.id, button.id)
  }
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the buttons inside are real ones, keys press them
    // biome-ignore lint/a11y/noStaticElementInteractions: it only listens for the buttons inside
    <div className="blocks" onClick={onClick}>
      {shown.map((block: Block, index) => (
        // Each block for itself: the library drops what it does not know without a word.
        <SlackBlock key={String(block.block_id ?? index)} block={block} isDark={isDark} />
      ))}
    </div>
  )
}

const DRAWN = new Set(['section', 'header', 'context', 'actions', 'divider'])

function SlackBlock({ block, isDark }: { block: Block; isDark: boolean }) {
  if (block.type === 'data_visualization') return <SlackChart block={block} isDark={isDark} />
  if (!DRAWN.has(String(block.type)))
    return <p className="problem">Not drawn here: {String(block.type)}</p>
  return (
    <Message
      blocks={[block as never]}
      name="Groupwell"
      logo="/icon.png"
      theme={isDark ? 'dark' : 'light'}
      withoutWrapper
    />
  )
}

type ChartBlock = {
  title: string
  chart: {
    series: { name: string; data: { value: number }[] }[]
    axis_config: { categories: string[]; y_label: string; x_label?: string }
  }
}

function SlackChart({ block, isDark }: { block: Block; isDark: boolean }) {
  const box = useRef<HTMLDivElement>(null)
  const { title, chart } = block as unknown as ChartBlock
  const bars: Bars = {
    title,
    axis: chart.axis_config.y_label,
    below: chart.axis_config.x_label ?? '',
    labels: chart.axis_config.categories,
    series: chart.series.map(({ name, data }) => ({
      name,
      values: data.map(({ value }) => value),
    })),
  }
  const shown = JSON.stringify(bars)
  useEffect(() => {
    if (box.current) drawBars(box.current, JSON.parse(shown), isDark)
  }, [shown, isDark])
  return <div className="chart" role="img" aria-label={wordsOf(bars)} ref={box} />
}
