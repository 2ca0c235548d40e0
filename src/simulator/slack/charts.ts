import { type Complaint, checkCount, checkLength, complain, type Json, list } from './check.ts'

/**
 * Bars, lines and areas: one to six series of other names, one to twenty categories, and each
 * series has a number for each.
 */
export function checkChart(block: Json, at: string, complaints: Complaint[]): void {
  const chart = (block.chart ?? {}) as Json
  const axis = (chart.axis_config ?? {}) as Json
  const here = `${at}/chart`
  checkLength(block.title, 50, `${at}/title`, complaints)
  if (!['bar', 'line', 'area'].includes(String(chart.type)))
    return void complaints.push(complain(`unsupported type: ${chart.type}`, `${here}/type`))
  checkLength(axis.x_label, 50, `${here}/axis_config/x_label`, complaints)
  checkLength(axis.y_label, 50, `${here}/axis_config/y_label`, complaints)
  const categories = Array.isArray(axis.categories) ? (axis.categories as unknown[]) : []
  const isCount = categories.length >= 1 && categories.length <= 20
  if (!isCount || new Set(categories).size !== categories.length)
    complaints.push(complain('1 to 20 categories, each once', `${here}/axis_config/categories`))
  for (const category of categories)
    checkLength(category, 20, `${here}/axis_config/categories`, complaints)
  const series = checkCount(chart.series, 6, `${here}/series`, complaints)
  if (new Set(series.map(({ name }) => name)).size !== series.length)
    complaints.push(complain('series need unique names', `${here}/series`))
  for (const [index, one] of series.entries()) {
    checkLength(one.name, 20, `${here}/series/${index}/name`, complaints)
    const points = list(one.data)
    if (points.map(({ label }) => label).join('\n') !== categories.join('\n'))
      complaints.push(complain('labels must match the categories', `${here}/series/${index}/data`))
    if (points.some(({ value }) => typeof value !== 'number'))
      complaints.push(complain('must be a number', `${here}/series/${index}/data`))
  }
}
