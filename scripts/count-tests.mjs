// Prints vitest's own totals as one plain line. Exits 1 when no test ran.
import { readFileSync } from 'node:fs'

// biome-ignore lint/suspicious/noControlCharactersInRegex: the colours that vitest prints
const output = readFileSync(process.argv[2], 'utf8').replace(/\u001B\[[0-9;]*m/g, '')
const line = output.split('\n').findLast((text) => /^\s*Tests\s/.test(text)) ?? ''
const count = (word) => Number(new RegExp(`(\\d+) ${word}`).exec(line)?.[1] ?? 0)
console.log(`${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped`)
process.exit(count('passed') === 0 || count('failed') > 0 ? 1 : 0)
