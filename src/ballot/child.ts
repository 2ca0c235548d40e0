// make.ts starts this: a process without a database connection. Boxes come in on stdin, keys come
// from the key store, sums go out on stdout. Units are opened one after the other.
import { text } from 'node:stream/consumers'
import type { OpenOutcome, OpenRequest } from './make.ts'
import { open } from './open.ts'

const outcomes: OpenOutcome[] = []
for (const request of JSON.parse(await text(process.stdin)) as OpenRequest[])
  outcomes.push(await open(request))
process.stdout.write(JSON.stringify(outcomes))
