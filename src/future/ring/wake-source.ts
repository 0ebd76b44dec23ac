/**
 * Calls back on the event loop when the native side rings.
 *
 * On Linux the main thread polls an eventfd through koffi. Elsewhere, and in every worker, it is a pipe that
 * Node reads itself: koffi ends the process when its poll fires in a worker that is being terminated, and
 * nothing tells JavaScript in time.
 */
import { Socket, type OnReadOpts, type SocketConstructorOpts } from 'node:net'
import { isMainThread } from 'node:worker_threads'
import koffi from 'koffi'

export interface WakeSource {
  /** From now on it keeps the process from exiting. */
  ref(): void
  unref(): void
  /** No callback after this. */
  close(): void
}

/** Does this thread listen on a pipe? */
export const WAKES_BY_PIPE = process.platform !== 'linux' || !isMainThread

/** Bytes of a pipe that are read at once; each stands for one ring. */
const PIPE_BYTES = 64

/** Listens on the ring's descriptor; does not keep the process. */
export function listen(fd: number, onWake: () => void): WakeSource {
  const source = WAKES_BY_PIPE ? new PipeSource(fd, onWake) : new EventSource(fd, onWake)
  source.unref()
  return source
}

class EventSource implements WakeSource {
  readonly #poll: InstanceType<typeof koffi.node.PollHandle>
  #closed = false

  constructor(fd: number, onWake: () => void) {
    this.#poll = koffi.node.poll(fd, { readable: true }, onWake)
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

class PipeSource implements WakeSource {
  readonly #socket: Socket

  constructor(fd: number, onWake: () => void) {
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
    this.#socket = new Socket(options)
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
