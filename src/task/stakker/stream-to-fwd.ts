/** From a stream to a Fwd, whichever kind of stream it is. */
import { checkInstance } from '../../native/values/arguments.ts'
import { PENDING, type Pollable, type Waker } from '../../future/wakers/waker.ts'
import { isOwned, type Owned } from '../core/belongings.ts'
import { EndOfStreamError } from '../core/errors.ts'
import type { TaskGenerator } from '../core/task-body.ts'
import { FutureStream } from '../flow/promise-stream.ts'
import { wait } from '../flow/wait.ts'
import type { JoinHandle } from '../spawning/join-handle.ts'
import { checkSpawnOptions, fdbSpawn, type SpawnOptions } from '../spawning/spawn.ts'
import { fromPromise } from '../waits/from-promise.ts'
import { Wait } from '../waits/wait.ts'
import { Fwd } from './fwd.ts'
import type { Maybe } from './ret.ts'

/** A stream, as its reader sees it: `next()` waits for `{ value }`, or `{ done: true }`. */
export interface Stream<T> {
  /** The next value, or the end. */
  next(): Wait<IteratorResult<T, undefined>>
}

/** What can be forwarded: a receiver or another stream of tasks, Flow's, or anything that `for await` takes. */
export type StreamSource<T> = Stream<T> | FutureStream<T> | AsyncIterable<T>

/**
 * Stream to Fwd: runs the stream in the background until it ends, forwarding all values; the end is forwarded as
 * `undefined`. A stream that fails, or whose task is cancelled, just drops the Fwd: no end is sent.
 *
 * The stream and the Fwd are handed over: they belong to the task. A stream is dropped, or an iterator is told by `return`, when the task ends before it. When the
 * Fwd feeds a stream and that is dropped, the task is cancelled.
 *
 * @throws TypeError for what is no stream.
 * @example
 * const [sender, receiver] = unbounded<number>()
 * sender.send(1)
 * sender.drop()
 * await streamToFwd(receiver, new Fwd((maybe) => console.log(maybe?.value ?? 'end')))
 */
export function streamToFwd<T>(
  stream: StreamSource<T>,
  fwd: Fwd<Maybe<T>>,
  options: SpawnOptions = {},
): JoinHandle<void> {
  checkInstance('fwd', fwd, Fwd)
  checkSpawnOptions(options)
  const source = sourceOf(stream)
  const owns = [fwd, ...source.given, ...(options.owns ?? [])]
  const named = { name: 'streamToFwd', ...options, owns }
  const handle = fdbSpawn(() => forwardAll(source, fwd), named)
  if (!handle.isFinished) fwd.onAbandoned(() => handle.cancel())
  return handle
}

function* forwardAll<T>(source: Source<T>, fwd: Fwd<Maybe<T>>): TaskGenerator<void> {
  let isOver = false
  try {
    while (!isOver) {
      const next = yield* nextOf(source, () => (isOver = true))
      isOver = next.done === true
      fwd.fwd(next.done === true ? undefined : { value: next.value })
    }
  } finally {
    fwd.drop()
    if (!isOver) source.end()
  }
}

/** A stream that fails is over: nobody has to give it up. */
function* nextOf<T>(
  source: Source<T>,
  onFailure: () => void,
): TaskGenerator<IteratorResult<T, unknown>> {
  try {
    return yield* source.next()
  } catch (error) {
    onFailure()
    throw error
  }
}

interface Source<T> {
  /** What belongs to the task that reads it. */
  readonly given: readonly Owned[]
  next(): Wait<IteratorResult<T, unknown>>
  /** Nobody reads on. */
  end(): void
}

/** What streams and iterators have between them. */
interface Reader<T> {
  next(): Wait<IteratorResult<T, unknown>> | Promise<IteratorResult<T, unknown>>
  drop?(): void
  return?(): unknown
}

function sourceOf<T>(stream: StreamSource<T>): Source<T> {
  if (stream instanceof FutureStream) {
    return { given: [stream], next: () => new NextOfFlow(stream), end: () => stream.drop() }
  }
  const given = stream as Partial<Reader<T> & AsyncIterable<T>> | null | undefined
  const reader = typeof given?.next === 'function' ? given : given?.[Symbol.asyncIterator]?.()
  if (typeof reader?.next !== 'function') {
    throw new TypeError(
      'streamToFwd takes a stream: a receiver, a FutureStream or an async iterable',
    )
  }
  return new ReaderSource(reader as Reader<T>)
}

class ReaderSource<T> implements Source<T> {
  readonly given: readonly Owned[]
  readonly #reader: Reader<T>

  constructor(reader: Reader<T>) {
    this.#reader = reader
    this.given = isOwned(reader) ? [reader] : []
  }

  next(): Wait<IteratorResult<T, unknown>> {
    const next = this.#reader.next()
    return 'poll' in next ? wait(next) : fromPromise(next)
  }

  end(): void {
    if (typeof this.#reader.drop === 'function') this.#reader.drop()
    // What goes wrong there is an unhandled rejection, as nobody can be told.
    else void this.#reader.return?.()
  }
}

/** The next value of Flow's stream, as an iterator gives it. */
class NextOfFlow<T> extends Wait<IteratorResult<T, undefined>> {
  readonly #next: Pollable<T>

  constructor(stream: FutureStream<T>) {
    super()
    this.#next = stream.wait()
  }

  poll(waker: Waker): IteratorResult<T, undefined> | typeof PENDING {
    try {
      const value = this.#next.poll(waker)
      return value === PENDING ? PENDING : { done: false, value }
    } catch (error) {
      if (error instanceof EndOfStreamError) return { done: true, value: undefined }
      throw error
    }
  }

  unregister(): void {
    this.#next.unregister?.()
  }
}
