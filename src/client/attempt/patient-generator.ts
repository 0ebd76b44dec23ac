import type { HandOut } from './patient-promise.ts'

/** The generator, whose promises are handed out in this way, whoever drives it. */
export function patientGenerator<T>(
  values: AsyncGenerator<T, void, undefined>,
  handOut: HandOut,
): AsyncGenerator<T, void, undefined> {
  const patiently = <K extends 'next' | 'return' | 'throw'>(name: K) => {
    const call = values[name].bind(values) as (
      ...given: unknown[]
    ) => Promise<IteratorResult<T, void>>
    return (...given: unknown[]) => handOut(call(...given))
  }
  return Object.assign(values, {
    next: patiently('next'),
    return: patiently('return'),
    throw: patiently('throw'),
  })
}
