/**
 * What can't be simulated is refused: anything asynchronous besides promises and ticks would complete at a
 * time of the machine's own. The hook sees it where it is made.
 */
import { createHook } from 'node:async_hooks'
import { CONTEXT_TYPE } from '../../native/environment/context.ts'
import { ownEntry } from '../../native/values/own-entry.ts'
import { NotSimulatedError } from './not-simulated.ts'

const SIMULATED = ['PROMISE', 'TickObject', 'Microtask', 'AsyncLocalStorage', CONTEXT_TYPE]

const ADVICE: Readonly<Record<string, string>> = {
  Timeout: 'a real timer: use setTimeout, ctx.delay or sleep, which are simulated',
  Immediate: 'a real immediate: use setImmediate, which is simulated',
  WORKER: 'a worker thread: a workload runs on one thread; use tasks',
  MESSAGEPORT: 'a message port: use a channel of the task layer',
  FSREQCALLBACK: 'a file operation in flight: use the synchronous call, at the top of the module',
  FSREQPROMISE: 'a file operation in flight: use the synchronous call, at the top of the module',
  TCPWRAP: 'a socket: the simulated cluster is reached through db only',
  TCPCONNECTWRAP: 'a socket: the simulated cluster is reached through db only',
  PIPEWRAP: 'a pipe or socket: the simulated cluster is reached through db only',
  UDPWRAP: 'a socket: the simulated cluster is reached through db only',
  GETADDRINFOREQWRAP: 'a look-up of a name: the simulated cluster is reached through db only',
  PROCESSWRAP: 'a process: nothing outside can be simulated',
  ZLIB: 'compression in the thread pool: use the synchronous call (deflateSync, ...)',
  RANDOMBYTESREQUEST: 'randomness with a callback: call it without one',
  HASHREQUEST: 'crypto in the thread pool: use node:crypto’s synchronous calls',
  PBKDF2REQUEST: 'crypto in the thread pool: use pbkdf2Sync',
  SCRYPTREQUEST: 'crypto in the thread pool: use scryptSync',
}

/** What a type of asynchronous work is, and what to use instead. Types are names that anybody may choose. */
export function adviceOn(type: string): string {
  return ownEntry(ADVICE, type) ?? 'real asynchronous work, which completes at a time of its own'
}

/** Calls back with what can't be simulated, when it is made; `own`: types that the pump itself needs. */
export function refuseRealAsync(onRefused: (problem: Error) => void, own: string[]): void {
  const simulated = new Set([...SIMULATED, ...own])
  createHook({
    init: (_id, type) => {
      if (simulated.has(type)) return
      onRefused(new NotSimulatedError(type, adviceOn(type)))
    },
  }).enable()
}
