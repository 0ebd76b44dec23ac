import { afterAll, expect, test } from 'vitest'
import { errorName } from '../../src/native/errors/errors.ts'
import { errorNames } from '../../src/native/errors/error-names.ts'
import { clientApi } from '../../src/native/library/api-table.ts'
import { openBackend } from './open-backend.ts'

const db = openBackend()
afterAll(() => db.close())

/** Whatever number a program may ask about; beyond 30000 and below 0 all are the unknown error. */
const ASKED = Array.from({ length: 31_000 }, (_, i) => i - 500)
const textOf = (code: number): unknown => clientApi().call('fdb_get_error', code)
const codesThat = (predicate: number): number[] =>
  ASKED.filter((code) => clientApi().call('fdb_error_predicate', predicate, code) !== 0)

const MAYBE_COMMITTED = [1021, 1039]
const NOT_COMMITTED = [1007, 1009, 1020, 1037, 1038, 1042, 1051, 1078, 1213, 1223, 1235, 1242]
const RETRYABLE = [...MAYBE_COMMITTED, ...NOT_COMMITTED].sort((a, b) => a - b)

test('every code of the C API has its name, and no other code has one', () => {
  const named = Object.keys(errorNames).map(Number)
  const known = ASKED.filter((code) => code >= 0 && code <= 30_000).filter(
    (code) => textOf(code) !== 'UNKNOWN_ERROR',
  )
  expect(known).toEqual(named)
  expect(named).toHaveLength(362)
  expect(new Set(Object.values(errorNames)).size).toBe(362)
})

test('a number that can be no code is the unknown error', () => {
  const unknown = textOf(4000)
  expect(unknown).not.toBe('UNKNOWN_ERROR')
  for (const code of [-1, -500, 30_001, 2 ** 31 - 1, -(2 ** 31)]) expect(textOf(code)).toBe(unknown)
})

test.each([
  ['retryable', 50_000, RETRYABLE],
  ['maybe committed', 50_001, MAYBE_COMMITTED],
  ['retryable, not committed', 50_002, NOT_COMMITTED],
  ['of no predicate', 49_999, []],
  ['of no predicate', 50_003, []],
  ['of no predicate', 0, []],
])('the codes that are %s (%i) are the same everywhere', (_, predicate, expected) => {
  expect(codesThat(predicate)).toEqual(expected)
})

// The sentence of a code is the library's own business: docs/engine.md.
test('every sentence says something', () => {
  for (const code of Object.keys(errorNames).map(Number)) {
    expect(String(textOf(code)), String(code)).toMatch(/^[\x20-\x7e]{5,}$/)
  }
})

test.each([
  [0, 'success'],
  [1007, 'transaction_too_old'],
  [1021, 'commit_unknown_result'],
  [1213, 'tag_throttled'],
  [1242, 'transaction_rejected_range_locked'],
  [1515, 'no_cluster_file_found'],
  [2023, 'transaction_read_only'],
  [2131, 'tenant_not_found'],
  [2136, 'tenants_disabled'],
  [2210, 'exact_mode_without_limits'],
  [2505, 'snap_path_not_whitelisted'],
  [4100, 'internal_error'],
])('code %i is %s', (code, name) => {
  expect(errorName(code)).toBe(name)
})
