// Writes the next migration: what schema.prisma has and the migrations so far do not. Use: node
// scripts/make-migration.ts <name>, then read the SQL before committing it.
import fs from 'node:fs'
import { migratePglite, openPglite } from '../src/store/engine/embedded.ts'
import { schemaDrift } from '../src/store/engine/migrate.ts'

const name = process.argv[2]
if (!name?.match(/^[a-z0-9_]+$/))
  throw new Error('usage: node scripts/make-migration.ts <name_in_snake_case>')
const { pglite } = await openPglite(null, false)
const { factory } = await migratePglite(pglite, true)
const sql = await schemaDrift(factory)
if (!sql) throw new Error('nothing to do: schema.prisma and the migrations agree')
const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14)
const directory = new URL(`../prisma/migrations/${stamp}_${name}/`, import.meta.url)
fs.mkdirSync(directory)
fs.writeFileSync(new URL('migration.sql', directory), `${sql}\n`)
fs.writeFileSync(new URL('../migration_lock.toml', directory), 'provider = "postgresql"\n')
console.log(`${directory.pathname}migration.sql`)
process.exit(0)
