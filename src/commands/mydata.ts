import { openText } from '../ballot/secret-text.ts'
import type { Texts } from '../content/load.ts'
import { MINUTE_MS, plus } from '../domain/time.ts'
import { PLATFORM_TITLES } from '../platform.ts'
import { listContactsOf } from '../store/contact.ts'
import type { Reader, Tenant } from '../store/engine/transaction.ts'
import { isKnown } from '../store/people.ts'
import { type PreferencesRow, readPerson } from '../store/preferences.ts'
import { listRemovals } from '../store/removal.ts'
import { type MyData, mydataCard } from '../views/mydata.ts'
import { type Base, command } from './command.ts'
import { noInput } from './input.ts'
import { readLink, signLink } from './link.ts'
import type { Services } from './services.ts'
import { countOwnWins } from './win.ts'

/** The link to the copy works for so long. */
const GOOD_FOR_MINUTES = 15
export const MYDATA_PATH = '/mydata'

/** Everything that is stored about a person, to read. */
export const mydata = command({
  verb: 'mydata',
  isWholeLine: true,
  opens: 'content',
  isTyped: true,
  access: { who: 'anyone' },
  effect: 'read',
  input: noInput,
  run: async (context) => {
    const { texts, actor, organisation, ballotKeys, publicUrl, now, wall, example } = context
    const { organisationId, personId } = actor
    const data = await gather(context, texts, personId)
    const until = plus(wall, GOOD_FOR_MINUTES * MINUTE_MS).getTime()
    // It is about no group; the person's own id stands there, so that it opens nothing else.
    const holder = { organisationId, groupId: personId, personId, until }
    const token = signLink(ballotKeys.keyring, 'mydata', holder)
    const facts = {
      mayBeForgotten: context.memberships.length === 0 && !actor.isStaff && !actor.isAdmin,
      ledgerDays: organisation.ledgerDays,
      timeZone: context.zone.timeZone,
      now,
      example: example('leave'),
      copyUrl: publicUrl === null ? null : `${publicUrl}${MYDATA_PATH}?t=${token}`,
      minutes: GOOD_FOR_MINUTES,
    }
    return { reply: { type: 'content', card: mydataCard(texts, data, facts) } }
  },
})

async function gather(
  base: Tenant<Reader> & Pick<Base, 'now' | 'content' | 'ballotKeys'>,
  texts: Texts,
  personId: string,
): Promise<MyData> {
  const { now, content, ballotKeys } = base
  const person = await readPerson(base, personId)
  const running = person.roles.filter(({ group }) => group.endedAt === null)
  const kindOf = (id: string) => {
    const kind = content.kinds.get(id)
    return kind ? texts.pick(kind.title) : id
  }
  const requests = await listContactsOf(base, personId)
  return {
    ...person,
    wins: await countOwnWins(
      base,
      personId,
      running.map(({ group }) => group.id),
    ),
    removals: await listRemovals(base, personId),
    pausedUntil: activePause(person, now),
    quiet: quietOf(person),
    contacts: requests.map(({ id, createdAt, closedAt, text }) => ({
      id,
      createdAt,
      closedAt,
      words: openText(ballotKeys.keyring, id, text),
    })),
    accounts: person.accounts.map(({ externalId, connection, ...account }) => ({
      ...account,
      id: externalId,
      platform: PLATFORM_TITLES[connection.platform],
      workspace: connection.name,
    })),
    roles: person.roles.map(({ role, agreedAt, group }) => ({
      alias: group.alias,
      kind: kindOf(group.kind),
      role,
      agreedAt,
      hasEnded: group.endedAt !== null,
    })),
    acceptances: person.acceptances.map(({ on, text: { words, group } }) => ({
      alias: group.alias,
      on,
      ...(words as { goals: string[]; agreement: string[] }),
    })),
  }
}

/** Until when somebody is paused; null: they are not. */
export const activePause = ({ pausedUntil }: Pick<PreferencesRow, 'pausedUntil'>, now: Date) =>
  pausedUntil && pausedUntil > now ? pausedUntil : null

export const quietOf = ({
  quietFrom,
  quietUntil,
}: Pick<PreferencesRow, 'quietFrom' | 'quietUntil'>) =>
  quietFrom && quietUntil ? { from: quietFrom, until: quietUntil } : null

/** The copy for machines that a token stands for. Null: it is none, too old, or nobody's. */
export async function readMyData(
  services: Pick<Services, 'database' | 'ballotKeys' | 'clock' | 'content'>,
  token: string,
): Promise<(MyData & { madeAt: Date }) | null> {
  const { database, ballotKeys, clock, content } = services
  const holder = readLink(ballotKeys.keyring, 'mydata', token)
  if (!holder?.until || clock.wall().getTime() >= holder.until) return null
  const { organisationId, personId } = holder
  const tenant = { tx: database.db, organisationId }
  if (!(await isKnown(tenant, personId))) return null
  const base = { tx: database.db, organisationId, now: clock.now(), content, ballotKeys }
  return { madeAt: base.now, ...(await gather(base, content.textsFor('en'), personId)) }
}
