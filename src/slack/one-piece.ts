import type { ServerResponse } from 'node:http'

/**
 * Bolt says the head before the body, which then goes out in chunks; held back until the end, it is
 * one packet. In ASCII, which JSON can always be, head and body are one string to write, not two to
 * encode. A request that was refused because its time was over stays refused: what is said to it
 * later goes nowhere, where Node would throw.
 */
export function inOnePiece(response: ServerResponse): ServerResponse {
  const { writeHead, end } = response
  const head = (status: number, headers?: unknown) => {
    if (response.headersSent) return response
    response.statusCode = status
    for (const [name, value] of Object.entries((headers ?? {}) as Record<string, string>))
      response.setHeader(name, value)
    return response
  }
  response.writeHead = head
  response.end = (body?: unknown) => {
    if (response.headersSent) return response
    // Node calls it itself, with the length that it knows by now.
    response.writeHead = writeHead
    end.call(response, isJson(response, body) ? body.replace(NOT_ASCII, escaped) : body, 'utf8')
    response.writeHead = head
    return response
  }
  return response
}

const isJson = (response: ServerResponse, body: unknown): body is string =>
  typeof body === 'string' &&
  String(response.getHeader('content-type')).startsWith('application/json')

const NOT_ASCII = /[\u0080-\uffff]/g

const escaped = (character: string): string =>
  `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
