/**
 * The task whose life seed 000 tells, on a real database, with waking in place: its first poll, the callback that
 * brings it to its second future, and the callback that ends it.
 */
import type { Awaitable } from '../future/wakers/waker.ts'
import { hostEnvironment } from '../native/environment/environment.ts'
import { InPlaceExecutor } from '../task/executors/in-place-executor.ts'
import { fdbSpawn } from '../task/spawning/spawn.ts'
import type { TraceEvent } from './recording/trace.ts'
import { TraceRecorder } from './recording/trace-recorder.ts'
import { listings } from './formats/trace-text.ts'

const TASK = 'readKeys'

/** Reads so many times, one read after the other, in one task. Returns the listings: one for each poll. */
export async function traceReads(
  read: () => Awaitable<unknown>,
  reads: number,
): Promise<TraceEvent[][]> {
  using recorder = new TraceRecorder()
  const executor = new InPlaceExecutor(hostEnvironment)
  let tellEnd: () => void = () => undefined
  const end = new Promise<void>((resolve) => (tellEnd = resolve))
  const handle = fdbSpawn(
    function* () {
      try {
        for (let i = 0; i < reads; i++) yield* read()
      } finally {
        tellEnd()
      }
    },
    { executor, name: TASK },
  )
  await end
  const { events } = recorder.stop()
  handle.result()
  const spawned = events.find((event) => event.type === 'spawn' && event.name === TASK)
  return spawned === undefined ? [] : listings(events, spawned.taskId)
}
