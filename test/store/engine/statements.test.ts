import { expect, test } from 'vitest'
import { createStatementNames } from '../../../src/store/engine/statements.ts'

test('one text has one name, and texts beyond the limit have none', () => {
  const nameOf = createStatementNames(2)
  const first = nameOf({ sql: 'select 1' })
  const second = nameOf({ sql: 'select 2' })
  expect(first).not.toBe('')
  expect(second).not.toBe(first)
  expect(nameOf({ sql: 'select 3' })).toBe('')
  expect(nameOf({ sql: 'select 1' })).toBe(first)
})
