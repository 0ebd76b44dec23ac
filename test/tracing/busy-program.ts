/** A program that uses a bit of everything, driven by its environment's chance. */
import {
  bounded,
  choose,
  fdbSpawn,
  PromiseStream,
  type Runtime,
  sleep,
  timeout,
  TimeoutError,
  waitNext,
  when,
} from '../../src/task/index.ts'
import { FakeFuture } from '../task/helpers.ts'

export function busyProgram(runtime: Runtime): number {
  const { environment } = runtime
  const draw = (limit: number): number => Math.floor(environment.random() * limit)
  return runtime.runSync(function* main() {
    const stream = new PromiseStream<number>()
    const [sender, receiver] = bounded<number>(2)
    let sum = 0
    const consumer = runtime.spawn(
      function* () {
        for (;;) {
          const next = yield* receiver.next()
          if (next.done) return
          sum += next.value
          if (draw(3) === 0) yield* sleep(draw(5))
        }
      },
      { name: 'consumer' },
    )
    const chooser = runtime.spawn(
      function* () {
        for (;;) {
          yield* choose(
            when(waitNext(stream.getFuture()), (value) => void (sum += value)),
            when(sleep(1 + draw(10)), () => undefined),
          )
        }
      },
      { name: 'chooser' },
    )
    const producers = Array.from({ length: 3 }, (_, id) =>
      runtime.spawn(
        function* () {
          for (let i = 0; i < 10; i++) {
            yield* sender.send(i)
            stream.send(i)
            yield* read(draw(8), draw(8))
          }
          return id
        },
        { name: `producer ${id}` },
      ),
    )
    for (const producer of producers) yield* producer
    sender.drop()
    yield* consumer
    chooser.cancel()
    stream.drop()
    return sum
  })

  /** Waits for a future that is completed after a while, but not for ever. */
  function* read(after: number, patience: number) {
    const future = new FakeFuture<number>()
    environment.setTimer(after, () => future.complete(after))
    try {
      yield* timeout(patience, future)
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error
    }
  }
}

export async function busyProgramAsync(runtime: Runtime): Promise<void> {
  const { environment } = runtime
  const workers = Array.from({ length: 4 }, (_, id) =>
    fdbSpawn(
      async () => {
        for (let i = 0; i < 5; i++) {
          await sleep(environment.random() * 10, { environment })
          await Promise.resolve()
        }
        return id
      },
      { executor: runtime.executor, name: `worker ${id}` },
    ),
  )
  await Promise.all(workers)
}
