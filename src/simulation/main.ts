/** The program of the workload process: started by the plugin, inside fdbserver. */
import { makeCollectionInvisible } from './world/inert.ts'

// Before any module that makes a weak reference or a finalizer.
makeCollectionInvisible()
const { runWorkloadProcess } = await import('./process/run-workload-process.ts')
await runWorkloadProcess()
