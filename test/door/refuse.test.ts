import { describe, expect, it } from 'vitest'
import { loadContent } from '../../src/content/load.ts'
import { failure } from '../../src/door/refuse.ts'
import { createLog } from '../../src/log.ts'
import { incoming } from '../helpers.ts'
import { SLACK_ALONE } from '../traits.ts'

/** Errors of the driver on a server that speaks German. */
const GERMAN = [
  ['55P03', 'storniere Anfrage wegen Zeitüberschreitung einer Sperre'],
  ['40P01', 'Verklemmung (Deadlock) entdeckt'],
] as const

describe('a statement that the store did not do', () => {
  const lines: string[] = []
  const texts = loadContent().textsFor('en')
  const log = createLog(
    'info',
    (line) => lines.push(line),
    () => new Date(0),
  )
  const said = async (error: Error): Promise<string> => {
    const request = {
      again: async () => null,
      texts,
      command: null,
      incoming: incoming('UMEMBER1', {}),
      help: { lines: '', mayAsk: false },
    }
    const reply = await failure(request, { log, platforms: SLACK_ALONE }, error)
    return JSON.stringify(reply)
  }

  it.each(GERMAN)('is “please try again” for a wait (%s), in any language', async (code, text) => {
    expect(await said(Object.assign(new Error(text), { code }))).toContain(texts.t('error.busy'))
  })

  it('is a fault of ours for anything else, under a code that stands in the log', async () => {
    const reply = await said(Object.assign(new Error('kaputt'), { code: '23505' }))
    expect(reply).not.toContain(texts.t('error.busy'))
    const { code } = JSON.parse(lines.at(-1) ?? '{}') as { code: string }
    expect(reply).toContain(code)
  })
})
