import { randomUUID } from 'node:crypto'
import type { Fault } from './faults.ts'
import type { Pace } from './pace.ts'
import { serve } from './server.ts'
import { answerApi } from './slack/api.ts'
import { createHands, type SlackHands } from './slack/hands.ts'
import { topView } from './slack/modals.ts'
import { isSaidBy } from './slack/refusals.ts'
import { createSender, type Sender, type SignedHeaders, type SlackAnswer } from './slack/send.ts'
import { createState, directOf, newTrigger, type SlackApp, type SlackState } from './slack/state.ts'
import type { Hands, SimulatedPerson } from './workspace.ts'

export type { SlackApp } from './slack/state.ts'

export type SlackSimulator = Hands &
  SlackHands &
  Pick<Sender, 'connectTo' | 'event' | 'interact' | 'repeatNext' | 'verifyUrl'> & {
    platform: 'slack'
    apiUrl: string
    state: SlackState
    failNext(fault: Fault): void
    /** Somebody's account changes: it is closed, or has another name. Messages to it still go. */
    changePerson(id: string, change: Partial<SimulatedPerson>): void
    /** Counts calls as Slack does, and answers 429 to one too many. Off at first. */
    enforcePace: Pace['enforce']
    /** Sends a form-encoded request as Slack would, signed unless told otherwise. */
    send(body: Record<string, string>, change?: Partial<SignedHeaders>): Promise<SlackAnswer>
    newTrigger(person?: string): string
    /** A code as the browser brings it back from an install. */
    newCode(teamId: string): string
    /** Somebody removes the app: its token dies, and the bot hears of it. */
    uninstall(teamId: string, retryDelaysMs?: readonly number[]): Promise<void>
    close(): Promise<void>
  }

/**
 * Slack on this machine: the Web API for an app and its workspaces, and the requests that people's
 * clicks cause.
 */
export async function startSlack(app: SlackApp, now: () => Date): Promise<SlackSimulator> {
  const state = createState(app, now)
  const server = await serve((request) => answerApi(state, request))
  const sender = createSender(state)
  const hands = createHands(state, sender, (id) => `${server.url}/response/${id}`)
  return {
    platform: 'slack',
    journal: state.journal,
    apiUrl: `${server.url}/api/`,
    state,
    ...sender,
    ...hands,
    failNext(fault) {
      if (fault.error && !isSaidBy(fault.method ?? '', fault.error))
        throw new Error(`Slack never says ${fault.error} to ${fault.method}`)
      state.faults.failNext(fault)
    },
    changePerson(id, change) {
      for (const { people } of state.app.workspaces)
        for (const person of people) if (person.id === id) Object.assign(person, change)
    },
    enforcePace: state.pace.enforce,
    send: sender.sendForm,
    newTrigger: (person = app.workspaces[0]?.people[0]?.id ?? '') => newTrigger(state, person),
    newCode(teamId) {
      const code = randomUUID()
      state.codes.set(code, { teamId, isUsed: false })
      return code
    },
    async uninstall(teamId, retryDelaysMs) {
      const workspace = app.workspaces.find((known) => known.teamId === teamId)
      if (workspace) state.revoked.add(workspace.botToken)
      await sender.event(
        teamId,
        { type: 'tokens_revoked', tokens: { oauth: [], bot: ['U0BOT'] } },
        retryDelaysMs,
      )
      await sender.event(teamId, { type: 'app_uninstalled' }, retryDelaysMs)
    },
    openForm: (person) => topView(state, person)?.seen ?? null,
    type: (person, line) => hands.typeIn(directOf(person), person, line),
    async press(seen, label) {
      const button = seen.surface.buttons.find((candidate) => candidate.label === label)
      if (!button) throw new Error(`no button “${label}” in: ${seen.text}`)
      const view = [...state.views.values()].find((known) => known.seen === seen)
      const at = view ? { viewId: view.id } : { place: directOf(seen.person) }
      return await hands.pressButton(seen.person, at, button.raw)
    },
    submit: (person, filled) => hands.submitForm(person, filled),
    close: () => server.close(),
  }
}
