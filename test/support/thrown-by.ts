import { expect } from 'vitest'

export type ErrorClass = abstract new (...given: never[]) => Error

/** What it throws now. */
export function thrownBy(use: () => unknown): Error & { unsent?: unknown; cause?: unknown } {
  try {
    use()
  } catch (error) {
    return error as Error
  }
  return expect.unreachable('nothing was thrown')
}

/** It throws an error of that class with that message. */
export function says(use: () => unknown, kind: ErrorClass, message: string | RegExp): void {
  const error = thrownBy(use)
  expect(error).toBeInstanceOf(kind)
  if (typeof message === 'string') expect(error.message).toBe(message)
  else expect(error.message).toMatch(message)
}
