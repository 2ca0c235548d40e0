import { randomUUID } from 'node:crypto'
import { APP_ID, type SlackState, type SlackView, see, withBlockIds, workspaceOf } from './state.ts'
import type { Json } from './wire.ts'

/**
 * Shows a view to a person: on top of their stack, in place of another one, or as their home tab.
 */
export function showView(
  state: SlackState,
  person: string,
  given: { payload: unknown; view: Json; replaces?: SlackView | null; isPushed?: boolean },
): SlackView {
  const view = withBlockIds(given.view)
  const isHome = view.type === 'home'
  const seen = see(state, isHome ? 'home' : 'form', person, {
    payload: given.payload,
    shown: view,
    notification: null,
  })
  const stack = given.isPushed || given.replaces ? (state.stacks.get(person) ?? []) : []
  const id = given.replaces?.id ?? `V${randomUUID()}`
  const previousId = given.replaces ? given.replaces.previousId : (stack.at(-1) ?? null)
  const shown = {
    id,
    person,
    hash: `${Date.now()}.${randomUUID().slice(0, 8)}`,
    view,
    seen,
    previousId,
  }
  state.views.set(id, shown)
  if (isHome) state.homes.set(person, id)
  else if (!given.replaces) state.stacks.set(person, [...stack, id])
  state.journal.onChange()
  return shown
}

/** The modal that a person has in front of them; null when none is open. */
export function topView(state: SlackState, person: string): SlackView | null {
  return state.views.get(state.stacks.get(person)?.at(-1) ?? '') ?? null
}

/** Closes the top modal, or all of them. */
export function closeView(state: SlackState, person: string, isAll: boolean): void {
  const stack = state.stacks.get(person) ?? []
  for (const id of isAll ? stack : stack.slice(-1)) state.views.delete(id)
  state.stacks.set(person, isAll ? [] : stack.slice(0, -1))
  state.journal.onChange()
}

/** A view as Slack gives it back, with what it knows of it. */
export function viewObject(state: SlackState, shown: SlackView): Json {
  const teamId = workspaceOf(state, shown.person).teamId
  return {
    ...shown.view,
    id: shown.id,
    team_id: teamId,
    app_installed_team_id: teamId,
    app_id: APP_ID,
    hash: shown.hash,
    root_view_id: state.stacks.get(shown.person)?.[0] ?? shown.id,
    previous_view_id: shown.previousId,
    state: { values: {} },
  }
}
