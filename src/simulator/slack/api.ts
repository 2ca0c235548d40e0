import { meet } from '../faults.ts'
import { type Answer, parseJson, type Received } from '../server.ts'
import { problemOf } from './chat.ts'
import { TIERS } from './method.ts'
import { METHODS } from './methods.ts'
import { post, type SlackState, type SlackWorkspace, see, withBlockIds } from './state.ts'
import { failureBody, type Json, no, ok, readArgs } from './wire.ts'

const RESPONSE_URL_USES = 5

/**
 * The Web API's one way in: token, pace, scope, fault, then the method; everything is written to
 * the log.
 */
export async function answerApi(state: SlackState, request: Received): Promise<Answer> {
  const hook = /^\/response\/(.+)$/.exec(request.path)?.[1]
  if (hook) return answerHook(state, hook, request)
  const method = request.path.replace(/^\/api\//, '')
  const args = readArgs(request)
  const answer = args
    ? callMethod(state, request, method, args)
    : { status: 200, body: no('invalid_form_data') }
  return logged(state, method, args ?? {}, answer)
}

function callMethod(state: SlackState, request: Received, name: string, args: Json): Answer {
  const fault = state.faults.take(name, args.channel ?? args.users)
  if (name === 'oauth.v2.access')
    return meet(
      fault,
      () => ({ status: 200, body: exchangeCode(state, request, args) }),
      failureBody,
    )
  return meet(
    fault,
    () => {
      const method = METHODS[name]
      if (!method) return { status: 200, body: no('unknown_method') }
      const found = authorize(state, request, args)
      if (typeof found === 'string') return { status: 200, body: no(found) }
      const wait =
        state.pace.take(`${found.teamId} ${name}`, [
          state.pace.everyCall() ?? TIERS[method.tier],
        ]) ??
        (method.perChannel
          ? state.pace.take(`${found.teamId} ${args.channel}`, [method.perChannel])
          : null)
      if (wait !== null)
        return { status: 429, body: no('ratelimited'), headers: { 'retry-after': String(wait) } }
      const needed = typeof method.scope === 'function' ? method.scope(state, args) : method.scope
      if (needed !== null && !state.app.scopes.includes(needed))
        return {
          status: 200,
          body: { ...no('missing_scope'), needed, provided: state.app.scopes.join(',') },
        }
      return { status: 200, body: method.run(state, found, args) }
    },
    failureBody,
  )
}

/** The workspace that the token is for, or why there is none. */
function authorize(state: SlackState, request: Received, args: Json): SlackWorkspace | string {
  const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? args.token
  if (!token) return 'not_authed'
  if (state.revoked.has(String(token))) return 'token_revoked'
  return state.app.workspaces.find(({ botToken }) => botToken === token) ?? 'invalid_auth'
}

function exchangeCode(state: SlackState, request: Received, args: Json): Json {
  const { clientId, clientSecret, scopes, workspaces } = state.app
  const basic = /^Basic (.+)$/.exec(request.headers.authorization ?? '')?.[1]
  const [id, secret] = basic
    ? Buffer.from(basic, 'base64').toString().split(':')
    : [args.client_id, args.client_secret]
  if (!clientId || id !== clientId) return no('invalid_client_id')
  if (secret !== clientSecret) return no('bad_client_secret')
  const code = state.codes.get(String(args.code))
  const workspace = workspaces.find(({ teamId }) => teamId === code?.teamId)
  if (!code || !workspace) return no('invalid_code')
  if (code.isUsed) return no('code_already_used')
  code.isUsed = true
  state.revoked.delete(workspace.botToken)
  return {
    ok: true,
    access_token: workspace.botToken,
    token_type: 'bot',
    scope: scopes.join(','),
    team: { id: workspace.teamId, name: workspace.teamName },
    is_enterprise_install: false,
  }
}

/**
 * A response_url: five answers within half an hour, seen by the one who acted unless it says
 * otherwise.
 */
function answerHook(state: SlackState, id: string, request: Received): Answer {
  const hook = state.responseUrls.get(id)
  const message = parseJson(request.raw) ?? {}
  if (!hook || hook.uses >= RESPONSE_URL_USES || Date.now() > hook.until)
    return logged(state, 'response_url', message, { status: 404, body: no('used_url') })
  const fault = state.faults.take('response_url')
  const act = (): Answer => {
    const problem = problemOf(message)
    if (problem) return { status: 200, body: problem }
    hook.uses += 1
    const old = state.journal.messages.find((known) => known.id === hook.messageId)
    if (message.delete_original === true && old)
      state.journal.messages.splice(state.journal.messages.indexOf(old), 1)
    else if (message.replace_original === true && old) old.payload = withBlockIds(message)
    else {
      const isPublic = message.response_type === 'in_channel'
      const onlyFor = isPublic ? null : hook.person
      post(state, { place: hook.place, author: 'bot', onlyFor, payload: message })
      see(state, isPublic ? 'channel' : 'private', hook.person, {
        payload: message,
        shown: message,
        notification: null,
      })
    }
    return ok()
  }
  return logged(state, 'response_url', message, meet(fault, act, failureBody))
}

function logged(state: SlackState, method: string, payload: Json, answer: Answer): Answer {
  const error = (answer.body as Json | null)?.error
  const person =
    state.directs.get(String(payload.channel)) ??
    state.triggers.get(String(payload.trigger_id))?.person ??
    null
  const entry = {
    method,
    person,
    payload,
    status: answer.status,
    error: typeof error === 'string' ? error : null,
  }
  state.journal.requests.push(entry)
  return answer
}
