// Packs an empty embedded store of this release, so that a first start has none to make. Run by
// `npm ci`, after the client was generated. Nothing depends on it: without it a first start takes
// longer, and more memory.
import { migratePglite, openPglite } from '../src/store/engine/embedded.ts'
import { isPacked, writePacked } from '../src/store/engine/packed-store.ts'

if (isPacked()) process.exit(0)
try {
  const { pglite, close } = await openPglite(null, false)
  await migratePglite(pglite, true)
  const packed = await pglite.dumpDataDir('gzip')
  writePacked(new Uint8Array(await packed.arrayBuffer()))
  await close()
} catch (error) {
  console.warn('No embedded store was packed; a first start makes its own.', error)
}
process.exit(0)
