import { describe, expect, it } from 'vitest'
import { toConversation } from '../../src/teams/address.ts'
import { toPlatformError } from '../../src/teams/failure.ts'

const body = (code: string) => JSON.stringify({ error: { code, message: 'x' } })

describe('an address that Teams cannot read', () => {
  it('waits for the person’s next word: nothing was sent, and nobody has to wonder', () => {
    const old = { serviceUrl: 'https://smba.example', conversationId: 'a:1', tenantId: 't' }
    expect(() => toConversation(old)).toThrow(
      expect.objectContaining({ attempt: { outcome: 'notYet', reason: 'notOpened' } }),
    )
    expect(toConversation({ ...old, botId: '28:x' })).toEqual({ ...old, botId: '28:x' })
  })
})

describe('a refusal of Teams, in our words', () => {
  it.each([
    [403, 'MessageWritesBlocked', { outcome: 'gone', reason: 'blocked' }],
    [403, 'BotNotInConversationRoster', { outcome: 'gone', reason: 'blocked' }],
    [403, 'ConversationBlockedByUser', { outcome: 'gone', reason: 'blocked' }],
    [403, 'UserNotFound', { outcome: 'gone', reason: 'accountClosed' }],
    [404, 'ConversationNotFound', { outcome: 'gone', reason: 'blocked' }],
    [403, 'BotDisabledByAdmin', { outcome: 'forbidden', reason: 'adminBlocked' }],
    [403, 'NotEnoughPermissions', { outcome: 'forbidden', reason: 'notPermitted' }],
    [401, 'Unauthorized', { outcome: 'noWorkspace', reason: 'tokenRefused' }],
    [400, 'BadArgument', { outcome: 'impossible', reason: 'notTaken' }],
    [412, 'PreconditionFailed', { outcome: 'refused', reason: 'notTaken' }],
    [502, 'BadGateway', { outcome: 'unknown', reason: 'platformFault' }],
  ] as const)('%i %s', (status, code, attempt) => {
    expect(toPlatformError(status, body(code), null)).toMatchObject({ attempt, code })
  })

  it.each([
    [403, { outcome: 'noWorkspace', reason: 'noConnection' }],
    [404, { outcome: 'refused', reason: 'notTaken' }],
    [400, { outcome: 'refused', reason: 'notTaken' }],
  ])('%i without a code is not Teams’ own: a proxy on the way', (status, attempt) => {
    expect(toPlatformError(status, '<html>No.</html>', null)).toMatchObject({ attempt })
  })

  it.each([
    ['7', 7_000],
    ['soon', 1_000],
    [null, 1_000],
  ])('429 with Retry-After %s', (retryAfter, retryAfterMs) => {
    const attempt = { outcome: 'paced', reason: 'tooMany', retryAfterMs }
    expect(toPlatformError(429, '', retryAfter)).toMatchObject({ attempt, code: 'http_429' })
  })
})
