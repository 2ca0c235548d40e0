// make.ts starts this: a process without a database connection. Boxes come in on stdin, the key
// comes from the key store, sums go out on stdout.
import { text } from 'node:stream/consumers'
import type { OpenRequest } from './make.ts'
import { open } from './open.ts'

const request = JSON.parse(await text(process.stdin)) as OpenRequest
process.stdout.write(JSON.stringify(await open(request)))
