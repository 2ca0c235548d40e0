import { BarChart } from 'echarts/charts'
import { GridComponent, LegendComponent, TitleComponent } from 'echarts/components'
import { init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'

use([BarChart, GridComponent, LegendComponent, TitleComponent, SVGRenderer])

/**
 * A chart as both platforms send it: numbers by label. The page draws it with one library, whatever
 * the platform's own looks like.
 */
export type Bars = {
  title: string
  axis: string
  below: string
  labels: string[]
  series: { name: string; values: number[] }[]
}

export function drawBars(
  box: HTMLElement,
  { title, axis, below, labels, series }: Bars,
  isDark: boolean,
): void {
  const text = isDark ? '#f0f0f0' : '#242424'
  const chart = init(null, isDark ? 'dark' : null, {
    renderer: 'svg',
    ssr: true,
    width: 440,
    height: 230,
  })
  const own = { color: text, fontSize: 11 }
  chart.setOption({
    animation: false,
    backgroundColor: 'transparent',
    // Of different lightness, so that they are told apart without colour too.
    color: isDark
      ? ['#7cb5ec', '#f0c35a', '#c09be8', '#d9e79a']
      : ['#1f5fa8', '#e0a526', '#7a4fb5', '#9fb62b'],
    title: { text: title, textStyle: { ...own, fontSize: 13 }, left: 0 },
    legend: { bottom: 0, textStyle: own },
    grid: { left: 36, right: 8, top: 64, bottom: 64 },
    xAxis: {
      type: 'category',
      data: labels,
      axisLabel: own,
      name: below,
      nameLocation: 'middle',
      nameGap: 24,
      nameTextStyle: own,
    },
    yAxis: {
      type: 'value',
      min: 0,
      minInterval: 1,
      axisLabel: own,
      name: axis,
      nameTextStyle: { ...own, align: 'left' },
    },
    series: series.map(({ name, values }) => ({
      type: 'bar',
      name,
      data: values,
      barMaxWidth: 28,
    })),
  })
  // As text it has a view box, and so fits a narrow screen.
  box.innerHTML = chart.renderToSVGString()
  chart.dispose()
}

/** Its meaning, for people who do not look at it. */
export const wordsOf = ({ title, axis, below, series, labels }: Bars): string =>
  [
    `${title} (${axis})`,
    ...series.map(
      ({ name, values }) =>
        `${name}: ${values.map((value, at) => `${labels[at]} ${value}`).join(', ')}`,
    ),
    ...(below ? [below] : []),
  ].join('. ')
