import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import {
  answer,
  CLOSES,
  dump,
  holds,
  moveTo,
  SESSION,
  STORES,
  setUpGroup,
  startWorld,
  type World,
} from '../helpers.ts'

/** Physical facts that a database administrator can read beside the rows. */
async function physical(world: World, table: string): Promise<{ key: string; xmin: string }[]> {
  return await world.db.$queryRawUnsafe<{ key: string; xmin: string }[]>(
    `select "memberId"::text as key, xmin::text as xmin from "${table}" order by 1`,
  )
}

describe.each(STORES.map((store) => ({ store })))(
  'an administrator of the $store store',
  ({ store }) => {
    it('finds no answer in clear, no ballot that changed alone, and nothing that pairs a member with anything after the release', async () => {
      const world = await startWorld({ store })
      await setUpGroup(world)
      await moveTo(world, SESSION.endsAt)
      const fresh = await dump(world.db)
      const boxesBefore = await world.db.ballot.findMany({ orderBy: { memberId: 'asc' } })
      await answer(world, 'slack', 'UMEMBER3', '2')
      const boxesAfter = await world.db.ballot.findMany({ orderBy: { memberId: 'asc' } })
      // One submit: every row changed, in one transaction, and all are of one size.
      expect(
        boxesAfter.every(
          ({ box }, index) => !Buffer.from(box).equals(Buffer.from(boxesBefore[index]?.box ?? [])),
        ),
      ).toBe(true)
      expect(new Set((await physical(world, 'Ballot')).map(({ xmin }) => xmin)).size).toBe(1)
      expect(new Set(boxesAfter.map(({ box }) => box.length)).size).toBe(1)
      // Nothing but the boxes changed.
      const changed = await dump(world.db)
      expect(
        Object.keys(changed).filter(
          (table) => JSON.stringify(changed[table]) !== JSON.stringify(fresh[table]),
        ),
      ).toEqual(['Ballot'])
      for (const member of ['UMEMBER1', 'UMEMBER2', 'UMEMBER4', 'UMEMBER5', 'UMEMBER6'])
        await answer(world, 'slack', member, '5')
      const open = await dump(world.db)
      const clear = ['"belonging"', '"voice"', '"hope"', 'belonging:', '"answers"']
      expect(clear.filter((words) => holds(open.Ballot, words))).toEqual([])
      expect(clear.filter((words) => words !== '"answers"' && holds(open, words))).toEqual([])
      await moveTo(world, CLOSES)
      const after = await dump(world.db)
      expect(after.Ballot).toEqual([])
      const members = await world.db.rosterEntry.findMany({
        where: { role: 'member' },
        select: { personId: true },
      })
      const results = [
        after.Tally,
        after.Release,
        after.ReleaseUnit,
        after.ReleaseText,
        after.CheckIn,
      ]
      expect(members.filter(({ personId }) => holds(results, personId))).toEqual([])
      console.info(
        `link attack (${store}): ${Object.keys(open).length} tables; of 6 answers none in clear, as letters or bytes; every box of the check-in changed with each; ${members.length} members in none of the results' tables`,
      )
    })

    it('would see who answered if only that row were written (negative control)', async () => {
      const world = await startWorld({ store })
      await setUpGroup(world)
      await moveTo(world, SESSION.endsAt)
      const ballot = await world.db.ballot.findFirstOrThrow()
      const { organisationId, checkInId, memberId } = ballot
      await world.db.ballot.update({
        where: { organisationId_checkInId_memberId: { organisationId, checkInId, memberId } },
        data: { box: Buffer.from(randomUUID()) },
      })
      const transactions = await physical(world, 'Ballot')
      expect(new Set(transactions.map(({ xmin }) => xmin)).size).toBe(2)
      // And an answer in clear would be found in a box's bytes.
      const clear = Buffer.from(JSON.stringify({ answers: { belonging: 4 } }))
      await world.db.ballot.updateMany({ data: { box: clear } })
      expect(holds((await dump(world.db)).Ballot, '"belonging"')).toBe(true)
    })
  },
)
