// Flow: actors, promises, streams and `choose`, by the names that FoundationDB's Flow has for them.

export { actor } from './actor.ts'
export {
  choose,
  race,
  when,
  type Handler,
  type ResultOf,
  type ValueOf,
  type When,
} from './choose.ts'
export { FlowFuture, FlowPromise, PromiseFuture } from './promise-future.ts'
export {
  FutureStream,
  PromiseStream,
  STREAM_LIMIT,
  type PromiseStreamOptions,
} from './promise-stream.ts'
export { wait, waitNext } from './wait.ts'
