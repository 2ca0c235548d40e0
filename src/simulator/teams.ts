import type { JWTPayload } from 'jose'
import type { Fault } from './faults.ts'
import { serve } from './server.ts'
import { createAuthority, ISSUER } from './teams/authority.ts'
import { answerConnector } from './teams/connector.ts'
import { createHands, type TeamsHands } from './teams/hands.ts'
import { createSender, type Sender } from './teams/send.ts'
import { createState, type TeamsApp, type TeamsState } from './teams/state.ts'
import { type Hands, type Seen, waitUntil } from './workspace.ts'

export type { TeamsApp } from './teams/state.ts'

export type TeamsSimulator = Hands &
  TeamsHands &
  Sender & {
    platform: 'teams'
    state: TeamsState
    /** The stand-in for Microsoft's authority that the bot is given. */
    authority: {
      openIdMetadataUrl: string
      issuer: string
      serviceUrl: string
      getToken(): Promise<string>
    }
    failNext(fault: Fault): void
    /** Counts calls as Teams does, and answers 429 to one too many. Off at first. */
    enforcePace(isEnforced: boolean): void
    /** A token signed by this authority, with claims changed. */
    token(change?: JWTPayload & { exp?: number }): Promise<string>
    close(): Promise<void>
  }

/**
 * Teams on this machine: authority and connector for an app and its tenants, and the activities
 * that people's clicks cause.
 */
export async function startTeams(app: TeamsApp, now: () => Date): Promise<TeamsSimulator> {
  const state = createState(app, now)
  const authority = await createAuthority(app.appId)
  const server = await serve((request) => answerConnector(state, authority, server.url, request))
  const sender = createSender(state, authority, () => server.url)
  const hands = createHands(state, sender)
  return {
    platform: 'teams',
    journal: state.journal,
    state,
    ...sender,
    ...hands,
    authority: {
      openIdMetadataUrl: server.url + authority.paths.document,
      issuer: ISSUER,
      serviceUrl: server.url,
      getToken: async () => authority.connectorToken,
    },
    failNext: state.faults.failNext,
    enforcePace: state.pace.enforce,
    token: (change) => authority.token(server.url, change),
    openForm: (person) => {
      const seen = state.dialogs.get(person)?.seen
      return seen?.surface.submitLabel ? seen : null
    },
    async type(person, words) {
      await hands.closeForm(person)
      const before = state.journal.seen.length
      const answer = await hands.typeIn('personal', person, words)
      // The answer to a typed line arrives after the request is acknowledged.
      const line = state.journal.messages.findLast(({ author }) => author === person)?.id
      const isAnswer = (seen: Seen) =>
        seen.person === person && (seen.payload as { replyToId?: string }).replyToId === line
      if (answer.status === 200)
        await waitUntil(() => state.journal.seen.slice(before).some(isAnswer))
      return answer
    },
    async press(seen, label) {
      const button = seen.surface.buttons.find((candidate) => candidate.label === label)
      if (!button) throw new Error(`no button “${label}” in: ${seen.text}`)
      const message = state.journal.messages.findLast(({ payload }) => payload === seen.payload)
      return await hands.pressAction(seen.person, button.raw, message?.id ?? null)
    },
    submit: (person, filled) => hands.submitForm(person, filled),
    close: () => server.close(),
  }
}
