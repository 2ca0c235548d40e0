import type { BotAnswer } from '../workspace.ts'
import type { PageAct, PageAnswer } from './protocol.ts'
import type { Stage } from './stage.ts'

type Json = Record<string, unknown>

/**
 * Does what a person did on the page, through the platform that they are on. Throws for what nobody
 * could do there.
 */
export async function perform(stage: Stage, act: PageAct): Promise<PageAnswer> {
  if (act.do === 'clock') {
    await stage.moveTo(new Date(act.to))
    return done()
  }
  const person = stage.people.find(({ id }) => id === act.person)
  if (!person) throw new Error(`nobody is called ${act.person}`)
  if (act.do === 'othersAnswer') {
    await stage.othersAnswer(person.platform, person.id)
    return done()
  }
  return person.platform === 'slack' ? await inSlack(stage, act) : await inTeams(stage, act)
}

type PersonalAct = Exclude<PageAct, { do: 'clock' | 'othersAnswer' }>
const done = (answer?: BotAnswer): PageAnswer => ({ problem: answer?.problem ?? null, errors: {} })

async function inSlack({ slack }: Stage, act: PersonalAct): Promise<PageAnswer> {
  const { person } = act
  switch (act.do) {
    case 'type': {
      const line = /^\/group(?:\s+(.*))?$/s.exec(act.line.trim())
      if (!line)
        return { problem: 'Only commands reach Groupwell here. Begin with /group.', errors: {} }
      return done(await slack.typeIn(act.place, person, line[1] ?? ''))
    }
    case 'pressSlack': {
      const at = act.viewId === null ? { messageId: act.messageId ?? '' } : { viewId: act.viewId }
      const payload =
        act.viewId === null
          ? slack.journal.messages.find(({ id }) => id === act.messageId)?.payload
          : slack.state.views.get(act.viewId)?.view
      const button = findButton(payload, act.block, act.action)
      if (!button) throw new Error('that button is not there any more')
      return done(await slack.pressButton(person, at, button))
    }
    case 'submit': {
      const answer = await slack.submitForm(person, act.values)
      const body = answer.body as Json | null
      const errors =
        body?.response_action === 'errors' ? (body.errors as Record<string, string>) : {}
      return { ...done(answer), errors }
    }
    case 'close':
      await slack.closeForm(person)
      return done()
    case 'home':
      await slack.openHome(person)
      return done()
    case 'pressTeams':
      throw new Error('a Teams button in Slack')
  }
}

function findButton(payload: Json | undefined, blockId: string, actionId: string): Json | null {
  const block = ((payload?.blocks ?? []) as Json[]).find((known) => known.block_id === blockId)
  const button = ((block?.elements ?? []) as Json[]).find((known) => known.action_id === actionId)
  return button ? { ...button, block_id: blockId } : null
}

async function inTeams({ teams }: Stage, act: PersonalAct): Promise<PageAnswer> {
  const { person } = act
  switch (act.do) {
    case 'type': {
      const line = act.line.trim()
      if (act.place.startsWith('a:')) return done(await teams.typeIn('personal', person, line))
      const mention = /^@Groupwell\s*(.*)$/is.exec(line)
      if (mention) return done(await teams.typeIn('mention', person, mention[1] ?? ''))
      if (line.startsWith('/')) return done(await teams.typeIn('targeted', person, line.slice(1)))
      return {
        problem: 'Only a mention (@Groupwell …) or a slash command reaches Groupwell here.',
        errors: {},
      }
    }
    case 'pressTeams':
      return done(await teams.pressAction(person, act.action, act.messageId))
    case 'submit':
      return done(await teams.submitForm(person, act.values))
    case 'close':
      await teams.closeForm(person)
      return done()
    case 'home':
      return done()
    case 'pressSlack':
      throw new Error('a Slack button in Teams')
  }
}
