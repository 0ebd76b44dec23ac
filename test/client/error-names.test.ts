import { afterAll, expect, test } from 'vitest'
import { errorName } from '../../src/native/errors/errors.ts'
import { errorNames } from '../../src/native/errors/error-names.ts'
import { clientApi } from '../../src/native/library/api-table.ts'
import { backend } from '../support/backends.ts'
import { openBackend } from './open-backend.ts'

const db = openBackend()
afterAll(() => db.close())

test('every code of the C API has its name, and no other code has one', () => {
  const api = clientApi()
  const known = (code: number): boolean => api.call('fdb_get_error', code) !== 'UNKNOWN_ERROR'
  const codes = Array.from({ length: 10_000 }, (_, code) => code).filter(known)
  const named = Object.keys(errorNames).map(Number)
  // The engine has texts of its own, and says nothing of what ends no call.
  if (backend.name === 'real') expect(codes).toEqual(named)
  else expect(codes.filter((code) => !named.includes(code))).toEqual([])
  expect(named).toHaveLength(362)
  expect(new Set(Object.values(errorNames)).size).toBe(362)
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
