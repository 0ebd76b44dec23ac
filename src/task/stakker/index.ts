// Stakker: Fwd and Ret, callbacks with an owner, by the names that Stakker has for them.

export { type Result } from './failure.ts'
export { Fwd } from './fwd.ts'
export {
  FwdResultStream,
  FwdStream,
  fwdToStream,
  type FwdToStreamOptions,
  fwdToStreamResult,
} from './fwd-pipes.ts'
export { type Maybe, Ret } from './ret.ts'
export { type Stream, type StreamSource, streamToFwd } from './stream-to-fwd.ts'
export { pullPipe, pullPipeResult, pushPipe, pushPipeResult, spawnRet } from './ret-pipes.ts'
