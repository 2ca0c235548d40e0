import { checkView } from './limits.ts'
import type { Method } from './method.ts'
import { showView, viewObject } from './modals.ts'
import type { SlackState, SlackView, SlackWorkspace } from './state.ts'
import { type Json, no, refuse } from './wire.ts'

const MAX_STACK = 3

/** Modals and the home tab. None of these needs a scope. */
export const views: Record<string, Method> = {
  'views.open': {
    scope: null,
    tier: 'tier4',
    run(state, workspace, args) {
      const trigger = useTrigger(state, workspace, args)
      if ('error' in trigger) return no(trigger.error)
      // Slack may show it or not, and promises neither (bolt-python 481, bolt-js 639 and 1072).
      const open = state.stacks.get(trigger.person) ?? []
      if (trigger.fromView !== null && open.includes(trigger.fromView))
        return refuse('invalid_arguments', [
          '[ERROR] a modal is open: use views.update or views.push [json-pointer:/trigger_id]',
        ])
      const problem = problemOf(args, 'modal')
      if (problem) return problem
      trigger.spend()
      return given(
        state,
        showView(state, trigger.person, { payload: args, view: args.view as Json }),
      )
    },
  },
  'views.push': {
    scope: null,
    tier: 'tier4',
    run(state, workspace, args) {
      const trigger = useTrigger(state, workspace, args)
      if ('error' in trigger) return no(trigger.error)
      const stack = state.stacks.get(trigger.person) ?? []
      if (!trigger.fromView || !stack.includes(trigger.fromView)) return no('not_found')
      if (stack.length >= MAX_STACK) return no('push_limit_reached')
      const problem = problemOf(args, 'modal')
      if (problem) return problem
      trigger.spend()
      return given(
        state,
        showView(state, trigger.person, { payload: args, view: args.view as Json, isPushed: true }),
      )
    },
  },
  'views.update': {
    scope: null,
    tier: 'tier4',
    run(state, workspace, args) {
      const known = findView(state, args)
      if (!known || !isIn(workspace, known.person)) return no('not_found')
      if (isStale(args, known)) return no('hash_conflict')
      const problem = problemOf(args, known.view.type === 'home' ? 'home' : 'modal')
      if (problem) return problem
      return given(
        state,
        showView(state, known.person, { payload: args, view: args.view as Json, replaces: known }),
      )
    },
  },
  'views.publish': {
    scope: null,
    tier: 'tier4',
    run(state, workspace, args) {
      // The home tab is part of an app that listens to its opening.
      if (!state.app.events.includes('app_home_opened')) return no('not_enabled')
      const person = String(args.user_id)
      if (!isIn(workspace, person)) return no('user_not_found')
      const known = state.views.get(state.homes.get(person) ?? '') ?? null
      if (isStale(args, known)) return no('hash_conflict')
      const problem = problemOf(args, 'home')
      if (problem) return problem
      return given(
        state,
        showView(state, person, { payload: args, view: args.view as Json, replaces: known }),
      )
    },
  },
}

const isIn = (workspace: SlackWorkspace, person: string): boolean =>
  workspace.people.some(({ id }) => id === person)

const given = (state: SlackState, shown: SlackView): Json => ({
  ok: true,
  view: viewObject(state, shown),
})

const isStale = (args: Json, known: SlackView | null): boolean =>
  args.hash !== undefined && known !== null && args.hash !== known.hash

function findView(state: SlackState, args: Json): SlackView | null {
  if (args.view_id !== undefined) return state.views.get(String(args.view_id)) ?? null
  return [...state.views.values()].find(({ view }) => view.external_id === args.external_id) ?? null
}

type Trigger = { person: string; fromView: string | null; spend(): void }

/** A trigger is good once and for three seconds, in its own workspace. */
function useTrigger(
  state: SlackState,
  workspace: SlackWorkspace,
  args: Json,
): Trigger | { error: string } {
  const trigger = state.triggers.get(String(args.trigger_id))
  if (!trigger || !isIn(workspace, trigger.person)) return { error: 'invalid_trigger_id' }
  if (trigger.isUsed) return { error: 'exchanged_trigger_id' }
  if (Date.now() > trigger.until) return { error: 'expired_trigger_id' }
  const spend = () => {
    trigger.isUsed = true
  }
  return { ...trigger, spend }
}

/** A refusal of the view; null when Slack takes it. */
function problemOf(args: Json, type: 'modal' | 'home'): Json | null {
  if (typeof args.view !== 'object' || args.view === null)
    return refuse('invalid_arguments', ['[ERROR] must provide an object [json-pointer:/view]'])
  const view = args.view as Json
  const complaints = checkView(view)
  if (complaints.includes('view_too_large')) return no('view_too_large')
  if (view.type !== type)
    complaints.push(`[ERROR] unsupported type: ${view.type} [json-pointer:/view/type]`)
  return complaints.length > 0 ? refuse('invalid_arguments', complaints) : null
}
