// Prints which tests of several runs failed, then vitest's own totals as one plain line. Exits 1 when
// one of them ran no test, or one failed.
import { readFileSync } from 'node:fs'

// biome-ignore lint/suspicious/noControlCharactersInRegex: the colours that vitest prints
const COLOURS = /\u001B\[[0-9;]*m/g
const runs = process.argv.slice(2).map((file) => {
  const lines = readFileSync(file, 'utf8').replace(COLOURS, '').split('\n')
  const totals = lines.findLast((text) => /^\s*Tests\s/.test(text)) ?? ''
  return {
    count: (word) => Number(new RegExp(`(\\d+) ${word}`).exec(totals)?.[1] ?? 0),
    // The name, and the first line of the error below it.
    failures: lines.flatMap((text, index) =>
      /^\s*FAIL\s/.test(text) ? [`${text.trim()}\n  ${lines[index + 1] ?? ''}`] : [],
    ),
  }
})
for (const { failures } of runs) for (const failure of failures) console.log(failure)
const total = (word) => runs.reduce((sum, { count }) => sum + count(word), 0)
console.log(`${total('passed')} passed, ${total('failed')} failed, ${total('skipped')} skipped`)
process.exit(runs.some(({ count }) => count('passed') === 0) || total('failed') > 0 ? 1 : 0)
