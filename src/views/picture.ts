import { BarChart } from 'echarts/charts'
import { AriaComponent, GridComponent, LegendComponent, TitleComponent } from 'echarts/components'
import { init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { plain } from '../domain/text.ts'
import { type Chart, LEVEL } from './card.ts'

use([AriaComponent, BarChart, GridComponent, LegendComponent, SVGRenderer, TitleComponent])

const WIDTH = 720
const HEIGHT = 260
/**
 * For paper and for who sees no colours: dark on white, of different lightness, and each with a
 * pattern of its own.
 */
const COLOURS = ['#1f5fa8', '#e0a526', '#7a4fb5', '#9fb62b']
const INK = '#111111'

/**
 * A chart as an SVG picture, with the levels' names on its axis and no number anywhere. Its meaning
 * has to stand beside it in words. `place` is its place on a page: two pictures of one page share
 * no id.
 */
export function pictureOf(
  { title, hidden, categories, series, levels }: Chart,
  place: number,
): string {
  const picture = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height: HEIGHT })
  const font = { color: INK, fontFamily: 'sans-serif', fontSize: 12 }
  try {
    picture.setOption({
      animation: false,
      backgroundColor: '#ffffff',
      color: COLOURS,
      aria: { enabled: true, decal: { show: series.length > 1 }, label: { enabled: false } },
      title: {
        text: plain(title),
        ...(hidden === null ? {} : { subtext: plain(hidden), subtextStyle: font, itemGap: 4 }),
        left: 0,
        textStyle: { ...font, fontSize: 14 },
      },
      legend: { bottom: 0, textStyle: font },
      grid: { left: 96, right: 12, top: hidden === null ? 52 : 64, bottom: 52 },
      xAxis: { type: 'category', data: categories.map(plain), axisLabel: font },
      yAxis: {
        type: 'value',
        min: 0,
        max: levels.length,
        interval: 1,
        axisLabel: { ...font, formatter: (level: number) => plain(levels[level - 1] ?? '') },
      },
      series: series.map(({ name, bands }) => ({
        type: 'bar',
        silent: true,
        name: plain(name),
        barMaxWidth: 36,
        data: bands.map((band) => LEVEL[band]),
      })),
    })
    return renumbered(picture.renderToSVGString(), place)
  } finally {
    picture.dispose()
  }
}

/**
 * The library counts its names on from picture to picture, so that they would tell how many were
 * drawn: they begin anew in each.
 */
function renumbered(svg: string, place: number): string {
  const known = new Map<string, string>()
  return svg.replaceAll(/zr\d+-[a-z]+-?\d+/g, (name) => {
    const own = known.get(name) ?? `chart${place}-${known.size}`
    known.set(name, own)
    return own
  })
}
