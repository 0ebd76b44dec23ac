import { describe, expectTypeOf, test } from 'vitest'
import type {
  BudgetExceededError,
  FDBError,
  FDBStateError,
  RunAbortedError,
} from '../../src/index.ts'

describe('errors', () => {
  test('of runs say whether a commit may have been applied', () => {
    expectTypeOf<FDBError['maybeCommitted']>().toEqualTypeOf<boolean>()
    expectTypeOf<FDBStateError['maybeCommitted']>().toEqualTypeOf<boolean>()
    expectTypeOf<BudgetExceededError['maybeCommitted']>().toEqualTypeOf<boolean>()
    expectTypeOf<RunAbortedError['maybeCommitted']>().toEqualTypeOf<true>()
    expectTypeOf<RunAbortedError>().toExtend<Error>()
  })
})
