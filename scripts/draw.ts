// Draws docs/architecture.svg from docs/architecture.dot: node scripts/draw.ts
import fs from 'node:fs'
import { instance } from '@viz-js/viz'

const viz = await instance()
const source = new URL('../docs/architecture.dot', import.meta.url)
const picture = new URL('../docs/architecture.svg', import.meta.url)
fs.writeFileSync(picture, viz.renderString(fs.readFileSync(source, 'utf8'), { format: 'svg' }))
