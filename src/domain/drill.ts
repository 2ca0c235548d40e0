import { type Helper, newWay, pathOf, RUNGS, type Rung } from './contact.ts'

/**
 * Where a drill stands on a group's way as it is now: the step on which it waits, or the next one
 * on which somebody is; 'through': it has been on all of them. Where nobody is it stays as it was.
 */
export function drillAt(helpers: readonly Helper[], rung: Rung): Rung | 'through' {
  const path = pathOf(helpers, newWay('facilitators'))
  if (path.length === 0) return rung
  return path.find((one) => RUNGS.indexOf(one) >= RUNGS.indexOf(rung)) ?? 'through'
}
