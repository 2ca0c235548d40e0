// Prints vitest's own totals of several runs as one plain line. Exits 1 when one of them ran no test.
import { readFileSync } from 'node:fs'

const runs = process.argv.slice(2).map((file) => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the colours that vitest prints
  const output = readFileSync(file, 'utf8').replace(/\u001B\[[0-9;]*m/g, '')
  const line = output.split('\n').findLast((text) => /^\s*Tests\s/.test(text)) ?? ''
  return (word) => Number(new RegExp(`(\\d+) ${word}`).exec(line)?.[1] ?? 0)
})
const total = (word) => runs.reduce((sum, count) => sum + count(word), 0)
console.log(`${total('passed')} passed, ${total('failed')} failed, ${total('skipped')} skipped`)
process.exit(runs.some((count) => count('passed') === 0) || total('failed') > 0 ? 1 : 0)
