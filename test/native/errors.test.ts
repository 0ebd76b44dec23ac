import { describe, expect, test } from 'vitest'
import { clientApi } from '../../src/native/library/api-table.ts'
import { adviceFor } from '../../src/native/errors/error-advice.ts'
import { errorNames } from '../../src/native/errors/error-names.ts'
import {
  FDBError,
  errorName,
  isMaybeCommitted,
  isUnknownAfterCommit,
  isRetryable,
  isRetryableNotCommitted,
} from '../../src/native/errors/errors.ts'
import { ErrorPredicate } from '../../src/native/generated/error-predicate.ts'
import { embeddedLibrary } from '../../src/native/library/library.ts'
import { startNetwork } from '../../src/native/library/network.ts'

describe('errors', () => {
  test('say the code, the name and what to do', () => {
    const error = new FDBError(1020)
    expect(error.code).toBe(1020)
    expect(error.codeName).toBe('not_committed')
    expect(error.message).toMatch(/retry it \(not_committed, 1020\)$/)
    expect(error).toBeInstanceOf(Error)
    expect(new FDBError(2006, 'transaction option timeout').message).toMatch(
      /^transaction option timeout: The value/,
    )
  })

  test('of an unknown code have no name', () => {
    expect(errorName(999_999)).toBe('unknown_error')
    expect(new FDBError(999_999).retryable).toBe(false)
  })

  test('have advice, also without a text of their own', () => {
    for (const [code, name] of Object.entries(errorNames)) {
      expect(adviceFor(Number(code), name), name).toMatch(/\w{2}/)
    }
  })

  test('of a commit that was sent say that it may have been applied, unless it was refused', () => {
    for (const code of [...Object.keys(errorNames).map(Number), 999_999]) {
      const sent = new FDBError(code, undefined, { operation: 'commit', commitSent: true })
      const before = new FDBError(code, undefined, { operation: 'commit', commitSent: false })
      expect(sent.maybeCommitted, `${code}`).toBe(isUnknownAfterCommit(code))
      expect(before.maybeCommitted, `${code}`).toBe(isMaybeCommitted(code))
      expect(/commit|applied/.test(sent.message) || !sent.maybeCommitted, sent.message).toBe(true)
      for (const error of [sent, before]) {
        expect(error.retryable, `${code}`).toBe(isRetryable(code))
        expect(error.retryableNotCommitted && error.maybeCommitted, `${code}`).toBe(false)
      }
    }
    const unknown = [1021, 1022, 1039, 1025, 1031, 1100, 1101, 2017, 999_999]
    expect(unknown.filter(isUnknownAfterCommit)).toEqual(unknown)
    expect([1007, 1020, 1038, 1051, 2002, 2101, 2103, 2131].filter(isUnknownAfterCommit)).toEqual(
      [],
    )
  })

  test('that leave open what became of a commit say what the caller can do about it', () => {
    for (const code of [...Object.keys(errorNames).map(Number), 999_999]) {
      const error = new FDBError(code, undefined, { operation: 'commit', commitSent: true })
      if (!error.maybeCommitted) continue
      expect(error.message, `${code}`).toMatch(
        /retry it if|look before you|read what .* before you/,
      )
    }
    const { message } = new FDBError(1022)
    for (const said of ['idempotency_ids_min_age_seconds', 'a day', 'Once', 'read what']) {
      expect(message).toContain(said)
    }
  })

  test('fall into the predicates of the C API', () => {
    startNetwork({ library: embeddedLibrary() })
    const api = clientApi()
    const ask = (predicate: number, code: number): boolean =>
      api.call('fdb_error_predicate', predicate, code) !== 0
    for (const code of [...Object.keys(errorNames).map(Number), 999_999]) {
      expect(isRetryable(code), `${code}`).toBe(ask(ErrorPredicate.Retryable, code))
      expect(isMaybeCommitted(code), `${code}`).toBe(ask(ErrorPredicate.MaybeCommitted, code))
      expect(isRetryableNotCommitted(code), `${code}`).toBe(
        ask(ErrorPredicate.RetryableNotCommitted, code),
      )
    }
  })
})
