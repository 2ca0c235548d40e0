import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const CLIENT = fileURLToPath(new URL('./client/', import.meta.url))
const require = createRequire(import.meta.url)

export type Bundle = { html: string; script: string; style: string }

let made: Promise<Bundle> | null = null

/**
 * The page's three files, made once a process: the script is bundled from the client folder in
 * about a second.
 */
export function bundlePage(): Promise<Bundle> {
  made ??= build()
  return made
}

async function build(): Promise<Bundle> {
  const bundler = await rolldown({
    input: path.join(CLIENT, 'main.tsx'),
    platform: 'browser',
    transform: { define: { 'process.env.NODE_ENV': '"production"' }, jsx: 'react-jsx' },
    onLog: () => {},
  })
  const { output } = await bundler.generate({ format: 'esm', minify: true, codeSplitting: false })
  await bundler.close()
  const read = (file: string) => fs.readFileSync(file, 'utf8')
  const style = [
    read(require.resolve('slack-blocks-to-jsx/dist/style.css')),
    read(require.resolve('adaptivecards/dist/adaptivecards.css')),
    ...['page', 'conversation', 'form', 'panels'].map((name) =>
      read(path.join(CLIENT, `${name}.css`)),
    ),
  ].join('\n')
  return { html: read(path.join(CLIENT, 'index.html')), script: output[0].code, style }
}
