/** The way from the bell to the event loop, on any version of Node. */
import { isMainThread } from 'node:worker_threads'
import { afterEach, describe, expect, it } from 'vitest'
import { BELL, listen, type WakeSource } from '../../src/future/ring/wake-source.ts'
import { koffi } from '../../src/native/library/foreign.ts'

const EVENTS = 0
const NONBLOCKING = 0o4000

describe.skipIf(BELL !== EVENTS || !isMainThread)('the bell of the main thread', () => {
  const libc = koffi().load(null)
  const eventfd = libc.func('int eventfd(unsigned int count, int flags)')
  const write = libc.func('long write(int fd, const void *bytes, size_t size)')
  const read = libc.func('long read(int fd, void *bytes, size_t size)')
  const close = libc.func('int close(int fd)')
  const one = Buffer.from([1, 0, 0, 0, 0, 0, 0, 0])
  let source: WakeSource | undefined
  afterEach(() => source?.close())

  it.each([
    ['ticks', (callback: () => void) => process.nextTick(callback)],
    ['microtasks', queueMicrotask],
  ])('has %s behind each ring, before it could be heard again', async (_name, later) => {
    const fd = eventfd(0, NONBLOCKING) as number
    const heard: string[] = []
    for (let ring = 0; ring < 20; ring++) {
      await new Promise<void>((resolve) => {
        source = listen(fd, () => {
          heard.push('ring')
          later(() => {
            heard.push('later')
            read(fd, Buffer.alloc(8), 8)
            resolve()
          })
        })
        source.ref()
        write(fd, one, 8)
      })
      source?.close()
    }
    expect(heard).toEqual(Array.from({ length: 20 }, () => ['ring', 'later']).flat())
    close(fd)
  })
})
