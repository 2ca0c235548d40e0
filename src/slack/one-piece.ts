import type { ServerResponse } from 'node:http'

/**
 * Bolt says the head before the body, which then goes out in chunks; held back until the end, it is
 * one packet. In ASCII, which JSON can always be, head and body are one string to write, not two to
 * encode.
 */
export function inOnePiece(response: ServerResponse): ServerResponse {
  const { writeHead, end } = response
  response.writeHead = (status: number, headers?: unknown) => {
    // Node calls it itself at the end, with the length that it knows by then.
    response.writeHead = writeHead
    response.statusCode = status
    for (const [name, value] of Object.entries((headers ?? {}) as Record<string, string>))
      response.setHeader(name, value)
    return response
  }
  response.end = (body?: unknown) =>
    end.call(response, isJson(response, body) ? body.replace(NOT_ASCII, escaped) : body, 'utf8')
  return response
}

const isJson = (response: ServerResponse, body: unknown): body is string =>
  typeof body === 'string' &&
  String(response.getHeader('content-type')).startsWith('application/json')

const NOT_ASCII = /[\u0080-\uffff]/g

const escaped = (character: string): string =>
  `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
