import { expect, test } from 'vitest'
import { coalesce } from '../../../src/store/engine/coalesce.ts'

/** Work that ends when it is told to. */
function held() {
  const runs: { end(): void; fail(): void }[] = []
  const work = () =>
    new Promise<void>((resolve, reject) =>
      runs.push({ end: () => resolve(), fail: () => reject(new Error('failed')) }),
    )
  return { runs, work }
}
const turn = () => new Promise((resolve) => setImmediate(resolve))

test('everybody who asks while it runs gets one run that began afterwards', async () => {
  const { runs, work } = held()
  const run = coalesce(work)
  const first = run()
  const later = [run(), run(), run()]
  expect(runs).toHaveLength(1)
  runs[0]?.end()
  await first
  await turn()
  expect(runs).toHaveLength(2)
  runs[1]?.end()
  await Promise.all(later)
  expect(runs).toHaveLength(2)
})

test('a run that fails fails for those who asked for it, and the next one begins', async () => {
  const { runs, work } = held()
  const run = coalesce(work)
  const first = run()
  const later = run()
  runs[0]?.fail()
  await expect(first).rejects.toThrow('failed')
  await turn()
  runs[1]?.end()
  await later
  const again = run()
  runs[2]?.end()
  await again
  expect(runs).toHaveLength(3)
})
