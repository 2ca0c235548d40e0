import { WebAPIPlatformError, WebAPIRateLimitedError } from '@slack/web-api'
import { describe, expect, it } from 'vitest'
import { toPlatformError } from '../../src/slack/failure.ts'

const said = (error: string) => new WebAPIPlatformError({ ok: false, error })

describe('a refusal of Slack, in our words', () => {
  it.each([
    ['user_disabled', { outcome: 'gone', reason: 'accountClosed' }],
    ['user_not_found', { outcome: 'gone', reason: 'noSuchPerson' }],
    ['user_not_visible', { outcome: 'gone', reason: 'noSuchPerson' }],
    ['cannot_dm_bot', { outcome: 'gone', reason: 'noSuchPerson' }],
    ['not_in_channel', { outcome: 'gone', reason: 'notInChannel' }],
    ['channel_not_found', { outcome: 'gone', reason: 'notInChannel' }],
    ['is_archived', { outcome: 'gone', reason: 'notInChannel' }],
    ['token_revoked', { outcome: 'noWorkspace', reason: 'tokenRefused' }],
    ['missing_scope', { outcome: 'noWorkspace', reason: 'notPermitted' }],
    ['internal_error', { outcome: 'unknown', reason: 'platformFault' }],
    ['ekm_access_denied', { outcome: 'noWorkspace', reason: 'notPermitted' }],
    ['invalid_blocks', { outcome: 'impossible', reason: 'notTaken' }],
    ['a_word_of_tomorrow', { outcome: 'refused', reason: 'notTaken' }],
  ] as const)('%s', (code, attempt) => {
    expect(toPlatformError(said(code), true)).toMatchObject({ attempt, code })
  })

  it('is known to have done nothing where the call does nothing', () => {
    expect(toPlatformError(said('internal_error'), false).attempt.outcome).toBe('refused')
  })

  it('waits for as long as Slack says', () => {
    expect(toPlatformError(new WebAPIRateLimitedError(30), true).attempt).toEqual({
      outcome: 'paced',
      reason: 'tooMany',
      retryAfterMs: 30_000,
    })
  })
})
