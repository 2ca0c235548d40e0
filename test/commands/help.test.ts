import { describe, expect, it } from 'vitest'
import { loadContent } from '../../src/content/load.ts'
import { typedAs } from '../../src/domain/verbs.ts'
import { COMMANDS, parseTyped } from '../../src/door/registry.ts'
import { helpCard } from '../../src/views/help.ts'

/** Typed verbs that stand on no help card, each with its reason. */
const UNNAMED: Readonly<Record<string, string>> = {
  home: 'an empty line leads there, and so does every word that is not known',
}

/** The command lines that the help card names, in its order. */
const named = helpCard(
  loadContent().textsFor('en'),
  (verb) => `<${typedAs(verb)}>`,
  '112',
).blocks.flatMap((block) =>
  block.type === 'list' ? block.items.map((item) => /^<(.+?)>/.exec(item)?.[1] ?? item) : [],
)
const verbOf = (line: string) => {
  const typed = parseTyped(line)
  return typed?.rest === '' ? typed.command.verb : null
}

describe('the help card', () => {
  it('names nothing that cannot be typed', () => {
    expect(named.length).toBeGreaterThan(20)
    expect(named.filter((line) => verbOf(line) === null)).toEqual([])
    // Words that are no command are noticed, and so are those that only begin like one.
    expect(['nonsense', 'admin nonsense', 'roster.submit'].map(verbOf)).toEqual([null, null, null])
  })

  it.each(COMMANDS.filter(({ isTyped }) => isTyped).map(({ verb }) => ({ verb })))(
    'names “$verb”, or has a reason',
    ({ verb }) => {
      expect(named.some((line) => verbOf(line) === verb)).toBe(!(verb in UNNAMED))
    },
  )

  it('has reasons only for what can be typed', () => {
    const typed = new Set<string>(COMMANDS.filter(({ isTyped }) => isTyped).map(({ verb }) => verb))
    expect(Object.keys(UNNAMED).filter((verb) => !typed.has(verb))).toEqual([])
  })
})
