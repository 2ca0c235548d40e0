import { describe, expect, it } from 'vitest'
import { toVerb, typedAs } from '../../src/domain/verbs.ts'
import { COMMANDS, findCommand, parseTyped } from '../../src/door/registry.ts'

describe('verbs', () => {
  it('have one command each, and one spelling', () => {
    const verbs: string[] = COMMANDS.map(({ verb }) => verb)
    expect(verbs).toEqual([...new Set(verbs)])
    expect(verbs.filter((verb) => !/^[a-z]+(\.[a-z]+)*$/i.test(verb))).toEqual([])
  })

  it('are found on buttons of messages that were sent with spaces', () => {
    for (const { verb } of COMMANDS)
      for (const carried of [verb, typedAs(verb), verb.replace('.', ' ')])
        expect(findCommand(carried)?.verb, carried).toBe(verb)
    expect(['', 'nowhere', 'admin  staff', 'Admin.staff'].map(toVerb)).toEqual([
      null,
      null,
      null,
      null,
    ])
  })

  it('are typed as words, and forms are not', () => {
    expect(parseTyped('admin staff')?.command.verb).toBe('admin.staff')
    expect(parseTyped('Summary  Export Tuesday group')).toMatchObject({
      command: { verb: 'summary.export' },
      rest: 'Tuesday group',
    })
    expect(parseTyped('admin.staff')).toBeNull()
    expect(parseTyped('roster.submit')).toBeNull()
  })
})
