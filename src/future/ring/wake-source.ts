/**
 * Calls back on the event loop when the native side rings.
 *
 * On Linux the main thread polls an eventfd through koffi. Elsewhere, and in every worker, it is a pipe that
 * Node reads itself: koffi ends the process when its poll fires in a worker that is being terminated, and
 * nothing tells JavaScript in time. Deno and Bun have no libuv for koffi to poll with; Deno reads the pipe as Node
 * does, Bun reads sockets only.
 */
import { connect, Socket, type OnReadOpts, type SocketConstructorOpts } from 'node:net'
import { isMainThread } from 'node:worker_threads'
import { koffi, type Koffi } from '../../native/library/foreign.ts'

export interface WakeSource {
  /** From now on it keeps the process from exiting. */
  ref(): void
  unref(): void
  /** No callback after this. */
  close(): void
}

/** As BellKind of native-callbacks/ring/completions/wake_bell.h. */
const BellKind = { events: 0, pipe: 1, sockets: 2 } as const

/** What this thread listens on. */
export const BELL = bellOf(process.versions)

function bellOf({ bun, deno }: NodeJS.ProcessVersions): number {
  if (bun !== undefined) return BellKind.sockets
  const polls = process.platform === 'linux' && isMainThread && deno === undefined
  return polls ? BellKind.events : BellKind.pipe
}

const nothing = (): void => undefined

/** Bytes of a pipe that are read at once; each stands for one ring. */
const PIPE_BYTES = 64

/** Listens on the ring's descriptor; does not keep the process. */
export function listen(fd: number, onWake: () => void): WakeSource {
  const source = sourceOf(fd, onWake)
  source.unref()
  return source
}

function sourceOf(fd: number, onWake: () => void): WakeSource {
  if (BELL === BellKind.events) return new EventSource(fd, onWake)
  return new StreamSource(BELL === BellKind.pipe ? readPipe(fd, onWake) : readSocket(fd, onWake))
}

class EventSource implements WakeSource {
  readonly #poll: InstanceType<Koffi['node']['PollHandle']>
  #closed = false

  constructor(fd: number, onWake: () => void) {
    this.#poll = koffi().node.poll(fd, { readable: true }, () => {
      onWake()
      // koffi's callback is none of Node's own: up to Node 24 ticks and microtasks ran after it all the same, in Node 26 they
      // wait for the next of Node's. An immediate is one, behind this poll.
      setImmediate(nothing)
    })
    // A poll that fires while Node tears the thread down would end the process the hard way.
    process.once('exit', this.#atExit)
  }

  readonly #atExit = (): void => this.close()

  ref(): void {
    if (!this.#closed) this.#poll.ref()
  }

  unref(): void {
    if (!this.#closed) this.#poll.unref()
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    process.off('exit', this.#atExit)
    this.#poll.close()
  }
}

function readPipe(fd: number, onWake: () => void): Socket {
  const callback = (): boolean => {
    onWake()
    return true
  }
  // Node documents `onread` for connections; it serves every socket, and spares a buffer each time.
  const onread = { buffer: Buffer.alloc(PIPE_BYTES), callback }
  const options: SocketConstructorOpts & { onread: OnReadOpts } = {
    ...{ fd, readable: true, writable: false },
    onread,
  }
  return new Socket(options)
}

/** Bun takes a descriptor here, and ignores that of a constructor. */
function readSocket(fd: number, onWake: () => void): Socket {
  const socket = connect({ fd } as unknown as Parameters<typeof connect>[0])
  socket.on('data', onWake)
  return socket
}

class StreamSource implements WakeSource {
  readonly #socket: Socket

  constructor(socket: Socket) {
    this.#socket = socket
  }

  ref(): void {
    this.#socket.ref()
  }

  unref(): void {
    this.#socket.unref()
  }

  close(): void {
    this.#socket.destroy()
  }
}
