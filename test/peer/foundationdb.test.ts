// The suite of the npm package `foundationdb` 2.0.1, unchanged, with the engine in its library path:
// another project's addon finds the C API it was compiled for.
import { join } from 'node:path'
import { expectPeerRun, runPeerSuite } from './run-peer-suite.ts'

const engineFolder = join(import.meta.dirname, '..', '..', 'build', 'engine')
const variable = process.platform === 'darwin' ? 'DYLD_LIBRARY_PATH' : 'LD_LIBRARY_PATH'
const run = runPeerSuite({ [variable]: engineFolder })

expectPeerRun('the suite of foundationdb 2.0.1 on the engine', run)
