import { describe, expect, it } from 'vitest'
import { createRateLimiter } from '../../src/jobs/rate-limit.ts'
import { teamsRates } from '../../src/teams/rates.ts'

const toOne = teamsRates({
  workspaceId: 't',
  recipient: { type: 'person', externalId: 'p' },
} as never)

describe('a rate limiter', () => {
  it('counts a call once where several rates have one key: seven in a second, the eighth later', () => {
    let at = 1_000_000
    const limiter = createRateLimiter(() => at)
    const taken = () => {
      const isTaken = limiter.tryTurn(toOne)
      if (isTaken) limiter.done(toOne)
      return isTaken
    }
    expect(Array.from({ length: 9 }, taken)).toEqual([...Array(7).fill(true), false, false])
    at += 1_001
    // Eight in two seconds.
    expect([taken(), taken()]).toEqual([true, false])
  })

  it('holds sixty in half a minute, however they are spread', () => {
    let at = 1_000_000
    const limiter = createRateLimiter(() => at)
    let count = 0
    for (; at < 1_030_000; at += 100)
      if (limiter.tryTurn(toOne)) {
        limiter.done(toOne)
        count += 1
      }
    expect(count).toBe(60)
  })

  it('forgets ends of calls that nobody looks back to: a busy minute costs what a calm one does', () => {
    let at = 1_000_000
    const limiter = createRateLimiter(() => at)
    const rates = [{ key: 'answers', calls: 50, perMs: 1_000 }]
    let kept = 0
    // Counted where they are kept: time would tell of a busy machine, not of the rule.
    const push = Array.prototype.push
    Array.prototype.push = function (this: number[], ...items: number[]) {
      const length = Reflect.apply(push, this, items) as number
      kept = Math.max(kept, length)
      return length
    }
    try {
      for (let call = 0; call < 30_000; call += 1, at += 2) {
        limiter.begin(rates)
        limiter.done(rates)
      }
    } finally {
      Array.prototype.push = push
    }
    // Those of the last second, at five hundred a second.
    expect(kept).toBeLessThan(600)
  })
})
