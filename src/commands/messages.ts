import type { Texts } from '../content/load.ts'
import type { Role } from '../domain/access.ts'
import type { DeliveryKind } from '../domain/delivery.ts'
import type { Tx } from '../store/database.ts'
import type { GroupRow } from '../store/group.ts'
import type { DeliveryRow } from '../store/outbox.ts'
import type { Notice } from '../views/notice.ts'

/** What a message is made from at the moment it is sent. `group` and `role` are null when it is about none. */
export type ComposeContext = {
  tx: Tx
  now: Date
  organisationId: string
  texts: Texts
  delivery: DeliveryRow
  group: GroupRow | null
  role: Role | null
}

/** Makes the message, or null when it no longer applies (the person left, the check-in closed). */
export type Compose = (context: ComposeContext) => Promise<Notice | null>

export type Messages = Record<DeliveryKind, Compose>
