/** Prints whether the code of a transaction has an owner for the trace: before, while and after somebody listens. */
import { traceOwner } from '../../dist/future/wakers/trace-owner.js'
import { openEmbedded } from '../../dist/index.js'
import { TraceRecorder } from '../../dist/tracing/index.js'

const db = openEmbedded()

const hasOwner = () =>
  db.doTransaction(async (tn) => {
    await tn.get('key')
    return traceOwner() !== undefined
  })

const before = await hasOwner()
const recorder = new TraceRecorder()
const meanwhile = await hasOwner()
recorder.stop()
const afterwards = await hasOwner()
console.log(JSON.stringify({ before, meanwhile, afterwards }))
db.close()
