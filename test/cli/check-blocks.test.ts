import { execFile } from 'node:child_process'
import { createServer } from 'node:http'
import { promisify } from 'node:util'
import { afterEach, describe, expect, it } from 'vitest'
import { listenOn } from '../helpers.ts'

const run = promisify(execFile)

describe('asking Slack itself about blocks', () => {
  let close = () => {}
  afterEach(() => close())
  /** A stand-in for Slack that refuses what holds a word; it keeps what it was sent. */
  const asked = async (refuses: string) => {
    const sent: string[] = []
    const server = createServer(async (request, response) => {
      let body = ''
      for await (const part of request) body += part
      const given = [...new URLSearchParams(body).values()].join('')
      sent.push(`${request.url} ${[...new URLSearchParams(body).keys()].join()}`)
      response.setHeader('content-type', 'application/json')
      response.end(
        JSON.stringify(
          given.includes(refuses)
            ? {
                ok: false,
                error: 'invalid_view',
                errors: [{ pointer: '/blocks/0', code: 'x', message: 'must be shorter' }],
              }
            : { ok: true },
        ),
      )
    })
    const url = await listenOn(server)
    close = () => server.close()
    const args = ['src/cli/groupwell.ts', 'check-blocks', '--api', `${url}/api/`]
    const result = await run(process.execPath, args, { maxBuffer: 10_000_000 }).then(
      ({ stdout }) => ({ stdout, code: 0 }),
      (error: { stdout: string; code: number }) => error,
    )
    return { ...result, sent }
  }

  it('tells which kinds it does not take, and why', async () => {
    const { stdout, code, sent } = await asked('kind:roster-form')
    expect(stdout).toContain('roster-form form: must be shorter (/blocks/0)')
    const [, taken, of] = /^Slack takes (\d+) of (\d+) kinds\.$/m.exec(stdout) ?? []
    expect(Number(of) - Number(taken)).toBe(1)
    expect(code).toBe(2)
    expect(new Set(sent)).toEqual(
      new Set(['/api/blocks.validate view', '/api/blocks.validate message']),
    )
  }, 60_000)
})
