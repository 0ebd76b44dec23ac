// The bridge: messages between two workers, over shared memory.

export { BridgeChannel, type BridgeOptions, type RingOptions } from './bridge-channel.ts'
export { bytes, type Codec, float64, json, type Memory, uint32, utf8 } from './codec.ts'
export { ControlHandle, type EndingWorker } from './control-handle.ts'
export {
  type BridgeCodecs,
  type BridgeDescriptor,
  DataHandle,
  PinnedDataHandle,
} from './data-handle.ts'
export { BridgeClosedError, BridgeCodecError, BridgeError, MessageTooLargeError } from './errors.ts'
export type { RingPlace } from './shared-ring.ts'
