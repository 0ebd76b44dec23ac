type Values<T> = AsyncGenerator<T, void, undefined>

/**
 * The generator, which also releases when it is ended before its first value. A generator does not run its `finally`
 * then, since it never got there.
 */
export function releasing<T>(values: Values<T>, release: () => void): Values<T> {
  let begun = false
  const begin = (): void => {
    begun = true
  }
  const end = (): void => {
    if (!begun) release()
    begin()
  }
  const whenCalled = <K extends 'next' | 'return' | 'throw'>(name: K, first: () => void) => {
    const call = values[name].bind(values) as (value: unknown) => ReturnType<Values<T>[K]>
    return (value: unknown) => {
      first()
      return call(value)
    }
  }
  return Object.assign(values, {
    next: whenCalled('next', begin),
    return: whenCalled('return', end),
    throw: whenCalled('throw', end),
  })
}
