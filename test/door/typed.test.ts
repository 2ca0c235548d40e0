import { beforeAll, describe, expect, it } from 'vitest'
import { isSameAlias, namedBy } from '../../src/commands/group.ts'
import { parseTyped } from '../../src/door/registry.ts'
import { fill, setUpGroup, startWorld, type World } from '../helpers.ts'

describe('two names', () => {
  it.each([
    ['Tuesday group', 'tuesday GROUP'],
    ['Tuesday group', '  Tuesday   group '],
    ['Tuesday group', 'Tuesday\u00A0group'],
    ['Tuesday group', '“Tuesday group”'],
    ['Tuesday group', "'Tuesday group'"],
    ['Tuesday group', '«Tuesday group»'],
    ['Tuesday group', 'Tues\u200Bday group\uFEFF'],
    ['Tuesday group', 'Tues\u00ADday group'],
    ['Anna’s group', "Anna's group"],
    ['Anna’s group', 'Annas group'],
    ['Café group', 'Cafe\u0301 group'],
    ['Grupo de mañana', 'Grupo de man\u0303ana'],
    ['Ångström', 'Ångström'],
    ['Sunday 🌻', 'Sunday'],
    ['Sunday 🌻', 'sunday :sunflower:'],
    ['🌻 Sunday', ':sunflower: Sunday'],
    ['🌻', '🌻'],
    [':sunflower:', ':sunflower:'],
    ['Tea & Talk', 'tea & talk'],
    ['ＡＢＣ group', 'ABC group'],
    ['ﬁt together', 'fit together'],
    ['Group ②', 'Group 2'],
    ['❤️ circle', '❤ circle'],
    ['👩‍👧 parents', 'Parents'],
    ['Группа', 'группа'],
    ['群組', ' 群組 '],
  ])('“%s” and “%s” are one', (a, b) => {
    expect(isSameAlias(a, b)).toBe(true)
    expect(isSameAlias(b, a)).toBe(true)
  })

  it.each([
    ['Tuesday group', 'Tuesday groups'],
    ['Tuesday group', 'Thursday group'],
    ['Group 1', 'Group 2'],
    ['Café', 'Cafe'],
    ['mañana', 'manana'],
    ['🌻', '🌧'],
    ['Tea & Talk', 'Tea Talk'],
    ['Group A', 'Group'],
  ])('“%s” and “%s” are two', (a, b) => expect(isSameAlias(a, b)).toBe(false))
})

describe('a group that is typed', () => {
  const groups = ['Circle 🔵', 'Circle 🔴', 'Río group'].map((alias) => ({ alias }))
  const named = (typed: string) => namedBy(groups, typed).map(({ alias }) => alias)

  it('is the one that is called so to the letter, or else all that read like it', () => {
    expect(named('circle 🔴')).toEqual(['Circle 🔴'])
    expect(named('circle')).toEqual(['Circle 🔵', 'Circle 🔴'])
    expect(named(':red_circle: circle')).toEqual(['Circle 🔵', 'Circle 🔴'])
    expect(named('“RI\u0301O group”')).toEqual(['Río group'])
    expect(named('river')).toEqual([])
  })
})

describe('a typed line', () => {
  it.each([
    ['next.', 'next'],
    ['next!', 'next'],
    ['Next ?', 'next'],
    ['ne\u200Bxt', 'next'],
    ['\uFEFFnext', 'next'],
    ['next\u00A0', 'next'],
    ['summary…', 'summary'],
    ['admin  staff.', 'admin.staff'],
    ['help', 'help'],
  ])('“%s” is %s', (line, verb) => {
    expect(parseTyped(line)).toMatchObject({ command: { verb }, rest: '' })
  })

  it.each(['next-week', 'nextt', 'I cannot go on.', 'help me.', 'no.'])(
    '“%s” is as it was',
    (line) => {
      const parsed = parseTyped(line)
      expect(parsed?.rest ?? null).toBe(line === 'help me.' ? 'me.' : null)
    },
  )
})

describe('a line as Slack sends it', () => {
  let world: World
  beforeAll(async () => {
    world = await startWorld()
    await setUpGroup(world)
  })

  it('fills the schedule’s form with what is read of it, and says above it what is not', async () => {
    const typed = 'last Friday of every month 18:15 for 2 hours, and Thursdays with music'
    await world.slack.type('UFACILITATOR', `schedule ${typed}`)
    const form = world.slack.openForm('UFACILITATOR')
    expect(form?.text).toContain(
      'I did not use: “and Thursdays with music”. Please check the fields.',
    )
    expect(form?.text).toContain('A second day is a schedule of its own.')
    const values = Object.fromEntries(
      form?.surface.inputs.map(({ name, value }) => [name, value]) ?? [],
    )
    const expected = {
      firstDate: '2026-03-27',
      time: '18:15',
      minutes: '120',
      repeat: 'monthlyWeekday',
    }
    expect(values).toMatchObject(expected)
    await world.slack.closeForm('UFACILITATOR')
  })

  it('has its three signs again, and a group is found however it is written', async () => {
    await fill(world.slack, 'UFACILITATOR', 'new Tea &amp; Talk &lt;3', { contactHours: 'none' })
    const groups = await world.db.group.findMany({ select: { alias: true } })
    expect(groups.map(({ alias }) => alias).sort()).toEqual(['Tea & Talk <3', 'Tuesday group'])
    for (const typed of [
      'tea &amp; talk &lt;3',
      '“Tea &amp; Talk &lt;3”',
      'TUES\u200BDAY  group',
    ]) {
      const { body } = await world.slack.type('UFACILITATOR', `next ${typed}`)
      expect(JSON.stringify(body)).not.toContain('You have no group of that name')
    }
  })
})
