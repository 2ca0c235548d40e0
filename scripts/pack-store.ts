// Packs an empty embedded store of this release, so that a first start has none to make.
import { migratePglite, openPglite } from '../src/store/engine/embedded.ts'
import { packedStore, writePacked } from '../src/store/engine/packed-store.ts'

if (packedStore().isThere) process.exit(0)
const { pglite, close } = await openPglite(null, false)
await migratePglite(pglite, true)
const packed = await pglite.dumpDataDir('gzip')
writePacked(new Uint8Array(await packed.arrayBuffer()))
await close()
process.exit(0)
