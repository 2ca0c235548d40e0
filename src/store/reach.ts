import { REACHES_UNSEEN } from '../platform.ts'
import { Prisma } from './generated/client.ts'

/** Platforms that take notices for somebody who never opened the app. */
export const UNSEEN = Object.entries(REACHES_UNSEEN).flatMap(([name, reaches]) =>
  reaches ? [name] : [],
)

/** A connection that has taken nothing for so long is not only having a moment (wall clock). */
const TROUBLE_LASTS = '1 hour'

/**
 * Whether notices reach an account (`a`) on its connection (`c`), as far as we know: it is in use,
 * not a bot's, was not refused last time, its platform takes notices before the person has opened
 * the app, unless they have, and takes them from us at all.
 */
export const IS_REACHED = Prisma.sql`(not a."isBot" and not a."isDeactivated"
  and a."unreachable" is null
  and (a."address" is not null or c."platform"::text = any(${UNSEEN}))
  and (c."troubleSince" is null
    or c."troubleSince" > clock_timestamp() - ${TROUBLE_LASTS}::interval))`
