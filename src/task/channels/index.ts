// Channels: values from one task to another, in the same worker.

export { broadcast, BroadcastReceiver, BroadcastSender } from './broadcast.ts'
export { bounded, Receiver, Sender, unbounded, UNBOUNDED_LIMIT, UnboundedSender } from './mpsc.ts'
export type { UnboundedOptions } from './mpsc.ts'
export { oneshot, OneshotReceiver, OneshotSender } from './oneshot.ts'
