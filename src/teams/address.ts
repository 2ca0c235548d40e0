import { z } from 'zod'
import { type Address, PlatformError } from '../platform.ts'

/** Where the bot can write: what our addresses hold. */
const conversationSchema = z.object({
  serviceUrl: z.string(),
  conversationId: z.string(),
  botId: z.string(),
  tenantId: z.string(),
})
export type Conversation = z.infer<typeof conversationSchema>

/** An address as this folder made it. Throws PlatformError for another: a next word mends it. */
export function toConversation(address: Address): Conversation {
  const { data } = conversationSchema.safeParse(address)
  if (data) return data
  throw new PlatformError({ outcome: 'notYet', reason: 'notOpened' }, { code: 'addressUnreadable' })
}
