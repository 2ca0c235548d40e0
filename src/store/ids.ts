import { createHash } from 'node:crypto'

/**
 * A fixed id: the same parts give the same UUID, so that sending a job or a notice twice is one.
 */
export function fixedId(...parts: readonly (string | number)[]): string {
  const hex = createHash('sha256').update(parts.join('\n')).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
