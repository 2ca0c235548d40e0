import { clip, plain } from '../domain/text.ts'
import { type Chart, LEVEL } from '../views/card.ts'
import { SLACK_LIMITS as LIMITS } from './limits.ts'

/**
 * Slack's chart, which its own package does not know yet (docs.slack.dev, data visualization
 * block).
 */
export type ChartBlock = {
  type: 'data_visualization'
  block_id?: string
  title: string
  chart: {
    type: 'bar'
    series: { name: string; data: { label: string; value: number }[] }[]
    axis_config: { categories: string[]; x_label?: string; y_label: string }
  }
}

export function renderChart({ title, hidden, categories, series, levels }: Chart): ChartBlock {
  const label = (text: string) => clip(plain(text), LIMITS.chartLabel) || ' '
  const labels = categories.map(label)
  const names = series.map(({ name }) => label(name))
  const areUnlike = new Set(names).size === names.length
  return {
    type: 'data_visualization',
    title: clip(plain(title), LIMITS.chartTitle) || ' ',
    chart: {
      type: 'bar',
      series: series.map(({ name, bands }, number) => ({
        // Slack wants no name twice, and a long one loses its end.
        name: areUnlike ? (names[number] ?? '') : label(`${number + 1} ${name}`),
        data: bands.map((band, index) => ({ label: labels[index] ?? '', value: LEVEL[band] })),
      })),
      axis_config: {
        categories: labels,
        ...(hidden === null ? {} : { x_label: clip(plain(hidden), LIMITS.chartTitle) }),
        y_label: clip(
          plain(levels.map((name, index) => `${index + 1} ${name}`).join(', ')),
          LIMITS.chartTitle,
        ),
      },
    },
  }
}
