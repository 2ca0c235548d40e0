import { closeForLostKey } from '../store/unit.ts'
import { step } from './command.ts'
import { releaseJobs } from './programme.ts'

/**
 * Ends the open check-ins of a unit whose key is gone: nothing that is sent could be counted. The
 * unit is then made as ever, and comes out as lost.
 */
export const giveUpUnit = step<{ unitId: string }, null>({
  verb: 'unit.giveUp',
  access: { who: 'system' },
  run: async (base, { unitId }) => {
    const isClosed = await closeForLostKey(base, unitId, base.now)
    return { result: null, jobs: isClosed ? releaseJobs(base.organisationId, [unitId]) : [] }
  },
})
