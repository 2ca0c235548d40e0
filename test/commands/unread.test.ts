import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LANGUAGES } from '../../src/content/load.ts'
import { dump, fill, holds, setUpGroup, startWorld, type World } from '../helpers.ts'

/** Lines of somebody in need, of somebody who plays, and of somebody who mistypes. */
const LINES = [
  'I want to kill myself',
  'Quiero morirme',
  'call me please, I am at the station',
  'shedule',
  '¿hay alguien?',
  '<@U123> *bold* {"verb":"home"}',
  'x'.repeat(400),
]

/** Lines in need that begin with the word of a command. */
const BEGINNINGS = [
  'end my life',
  'end it all',
  'leave me alone',
  'new medicine hurts',
  'cancel everything please',
  'summary of my wasted years',
]
/** The same with commands that everybody has, and that take no such words. */
const NO_COMMANDS = [
  'help I want to die',
  'help me',
  'home is hell',
  'next to the bridge',
  'pause everything, I cannot go on',
  'privacy is all that I want now',
  'mydata shows nothing of the pain',
]

describe.each(['slack', 'teams'] as const)('what is typed and is no command on %s', (platform) => {
  let world: World
  const logged: string[] = []
  const member = () => world.casts[platform].members[0] ?? ''
  const typed = async (line: string) => {
    const hands = world[platform]
    await hands.type(member(), line)
    return hands.journal.seen.findLast((seen) => seen.person === member())
  }
  beforeAll(async () => {
    world = await startWorld({ onLogLine: (line) => logged.push(line) })
    await setUpGroup(world, platform)
    await fill(world[platform], world.casts[platform].facilitator, 'contact settings', {
      contactHours: '4',
    })
    await world[platform].closeForm(world.casts[platform].facilitator)
  })
  afterAll(() => world.end())

  it.each(LANGUAGES.map(({ id }) => id))(
    'is answered alike, whatever it says, in %s: nobody reads it, help now, and what to do',
    async (language) => {
      await fill(world[platform], member(), 'pause', { language })
      await world[platform].closeForm(member())
      const texts = world.app.services.content.textsFor(language)
      const answers = []
      for (const line of LINES) {
        const seen = await typed(line)
        expect(seen?.kind).toBe('unread')
        expect(seen?.notification ?? '').not.toContain(line)
        for (const part of line.split(/\s+/).filter((word) => word.length > 5))
          expect(JSON.stringify(seen?.payload)).not.toContain(part)
        answers.push(seen?.text)
      }
      expect(new Set(answers).size).toBe(1)
      expect(answers[0]).toContain(texts.t('unread.nobody'))
      expect(answers[0]).toContain('112')
      expect(answers[0]).toContain('0800 111 0111')
      expect(answers[0]).toContain(texts.t('contact.button'))
    },
  )

  it.each(LANGUAGES.map(({ id }) => id))(
    'says where help is when it begins with the word of a command, in %s, and quotes nothing',
    async (language) => {
      await fill(world[platform], member(), 'pause', { language })
      await world[platform].closeForm(member())
      const texts = world.app.services.content.textsFor(language)
      for (const line of [...BEGINNINGS, ...NO_COMMANDS]) {
        const seen = await typed(line)
        expect(seen?.kind, line).toBe(NO_COMMANDS.includes(line) ? 'unread' : 'problem')
        expect(seen?.text, line).toContain('112')
        expect(seen?.text, line).toContain('0800 111 0111')
        expect(seen?.text, line).toContain(texts.t('contact.button'))
        const rest = line.slice(line.indexOf(' ') + 1)
        if (rest.length > 5) expect(JSON.stringify(seen?.payload), line).not.toContain(rest)
      }
    },
  )

  it('is kept nowhere: not in the store, not in the log', async () => {
    const all = await dump(world.db)
    for (const line of [...LINES, ...BEGINNINGS, ...NO_COMMANDS]) {
      expect(holds(all, line)).toBe(false)
      expect(logged.join('\n')).not.toContain(line)
    }
  })

  it.each(['hi', 'Hello!', 'start', 'hola', '¡Hola!', 'Buenos días'])(
    '“%s” is a greeting: the home card',
    async (line) => {
      const seen = await typed(line)
      expect(seen?.kind).toBe('home')
      expect(seen?.text).toContain('112')
    },
  )
})
