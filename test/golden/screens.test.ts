import { describe, expect, it } from 'vitest'
import type { Seen } from '../../src/simulator/workspace.ts'
import { startWorld } from '../helpers.ts'
import { tour } from '../tour.ts'

/** The words of a screen, line by line, with the notification that came before it. */
function wordsOf({ surface, notification }: Seen): string {
  const lines = [
    ...(notification ? [`(on the lock screen) ${notification}`] : []),
    ...surface.reading,
  ]
  const words = lines.map((line) => `  ${line}`.trimEnd()).join('\n')
  return (
    words
      // Wins stand in no order that would tell who wrote them, so in another one each time.
      .replace(/I went for a walk\.|I called a friend\./g, '(a win)')
      // Of two people who cannot be reached the first may be told before the other is refused.
      .replace(/\d (person|people) could not/g, '(n) people could not')
      .replace(/no se pudo llegar a \d personas?/g, 'no se pudo llegar a (n) personas')
  )
}

async function walk(
  platform: 'slack' | 'teams',
  language: 'en' | 'es',
): Promise<Map<string, string>> {
  const world = await startWorld({ publicUrl: 'https://groupwell.example.org' })
  const seen = await tour(world, platform, language)
  await world.end()
  return new Map(seen.map((one) => [one.kind, wordsOf(one)]))
}

/**
 * Every screen and every message that somebody can see, as reviewed files: Slack's, and Teams' where
 * it reads otherwise. After a change of wording: `npx vitest run test/golden -u`, then read them.
 */
/** The same but for what each platform has of its own: how commands are typed, where hints stand. */
const isAlike = (one: string, other: string): boolean => {
  const bare = (words: string) => words.replace(/\/group /g, '').replace(/^ +/gm, '')
  return bare(one) === bare(other)
}

describe.each(['en', 'es'] as const)('every screen in %s', (language) => {
  it('reads as it was reviewed', async () => {
    const [slack, teams] = [await walk('slack', language), await walk('teams', language)]
    const kinds = [...new Set([...slack.keys(), ...teams.keys()])].sort()
    const parts = kinds.flatMap((kind) => {
      const [here, there] = [slack.get(kind), teams.get(kind)]
      return [
        ...(here === undefined ? [] : [`== ${kind}\n${here}`]),
        ...(there === undefined || (here !== undefined && isAlike(there, here))
          ? []
          : [`== ${kind}, in Teams\n${there}`]),
      ]
    })
    expect(kinds.length).toBeGreaterThan(100)
    await expect(`${parts.join('\n\n')}\n`).toMatchFileSnapshot(`./texts/screens-${language}.txt`)
  })
})
