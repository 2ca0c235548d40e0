import { defineConfig } from 'prisma/config'

// The Prisma CLI downloads a native schema engine on first use, even for `generate`, which never
// runs it. Naming any existing file keeps it offline; migrations run through the WebAssembly engine
// instead (src/store/engine/migrate.ts).
process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= process.execPath

export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
})
