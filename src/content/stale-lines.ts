import type { Content } from './load.ts'

/** Numbers of help lines change: half a year after somebody looked, they have to look again. */
const STALE_AFTER_MS = 180 * 24 * 60 * 60_000

/** Built-in help lines that nobody has verified for too long, as "DE TelefonSeelsorge". */
export function staleLines({ crisisLines }: Pick<Content, 'crisisLines'>, now: Date): string[] {
  const oldest = now.getTime() - STALE_AFTER_MS
  return Object.entries(crisisLines).flatMap(([country, { lines }]) =>
    lines
      .filter(({ verifiedOn }) => Date.parse(verifiedOn) < oldest)
      .map(({ name }) => `${country} ${name.en}`),
  )
}
