import type { Seen } from '../simulator/workspace.ts'

const WHERE: Record<Seen['audience'], string> = {
  dm: 'message to',
  private: 'only visible to',
  channel: 'channel, for',
  form: 'form for',
  home: 'home tab of',
}
const PLATFORM = { slack: 'Slack', teams: 'Teams' } as const
const TIME = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  timeZone: 'Europe/Berlin',
})

/** One message as text: when, where and for whom; what a lock screen shows; what it says. */
export function printSeen(seen: Seen, names: readonly string[]): string {
  const who = names.join(', ')
  const where = `${PLATFORM[seen.platform]} · ${WHERE[seen.audience]} ${who}`
  const head = `── ${TIME.format(new Date(seen.at))} · ${where}`
  const lock = seen.notification === null ? [] : [`   lock screen: ${seen.notification}`]
  return [head, ...lock, ...seen.text.split('\n').map((line) => `   ${line}`), ''].join('\n')
}
