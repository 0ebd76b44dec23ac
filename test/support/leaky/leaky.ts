/** Tests that leave something behind, one of each kind. leak-check.test.ts runs them: each must fail. */
import { it } from 'vitest'
import { DatabaseHandle } from '../../../src/future/handles/database-handle.ts'
import { PENDING, type Waker } from '../../../src/future/wakers/waker.ts'
import { openEmbedded } from '../../../src/index.ts'
import { fdbSpawn } from '../../../src/task/index.ts'

it('leaves nothing behind', () => {
  fdbSpawn(function* () {}).result()
})

it('leaves a task and its waker behind', () => {
  void fdbSpawn({
    poll(waker: Waker): void | typeof PENDING {
      Object.assign(globalThis, { kept: waker.clone() })
      return PENDING
    },
  })
})

it('leaves a native handle behind, which fails the file', () => {
  openEmbedded().close()
  Object.assign(globalThis, {
    open: DatabaseHandle.open({ connectionString: 'leaky:embedded@127.0.0.1:1' }),
  })
})
