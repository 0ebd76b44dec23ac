// The suite of the npm package `foundationdb` 2.0.1, unchanged, with this package in the place of its
// library: what its tests know of it, `fdbkit/compat` has.
import { join } from 'node:path'
import { expectPeerRun, runPeerSuite } from './run-peer-suite.ts'

const redirect = join(import.meta.dirname, 'redirect-lib.cjs')
const run = runPeerSuite({ FDBKIT_ENGINE: 'embedded' }, [redirect])

expectPeerRun('the suite of foundationdb 2.0.1 on fdbkit/compat', run)
