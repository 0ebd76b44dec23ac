/** Whether somebody listens to the life of wake-ups: then calls go where each is to be seen, and shorter ways otherwise. */
import { afterEach, beforeEach } from 'vitest'
import { lifecycle } from '../../src/future/wakers/lifecycle.ts'

/** For the tests of a describe or a file: the leak check listens to every test, and would have them go the long way. */
export function whileNobodyListens(): void {
  beforeEach(() => {
    Object.defineProperty(lifecycle, 'hasSubscribers', { get: () => false, configurable: true })
  })
  afterEach(listenAgain)
}

/** What follows in the test is listened to again. */
export function listenAgain(): void {
  Reflect.deleteProperty(lifecycle, 'hasSubscribers')
}
