import { chat } from './chat.ts'
import { directory } from './directory.ts'
import type { Method } from './method.ts'
import { views } from './views.ts'

/** A method that is not here is not served. oauth.v2.access takes no token and stands in api.ts. */
export const METHODS: Readonly<Record<string, Method>> = { ...directory, ...chat, ...views }
