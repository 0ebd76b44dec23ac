import { describe, expect, test } from 'vitest'
import { apiFunctions } from '../../src/native/library/api-declarations.ts'
import {
  ClientApi,
  FDBMissingFunctionError,
  clientApi,
  releaseOf,
} from '../../src/native/library/api-table.ts'
import { embeddedLibrary } from '../../src/native/library/library.ts'
import { startNetwork } from '../../src/native/library/network.ts'
import { fakeLibraryPath } from '../future/fake-client.ts'

describe('the table of the C API', () => {
  test('before a library is loaded says what to do', () => {
    expect(() => clientApi()).toThrow(/open a database/)
  })

  test('names each function once, with parameters of their own names', () => {
    expect(new Set(apiFunctions.map(({ name }) => name)).size).toBe(apiFunctions.length)
    for (const { name, parameters } of apiFunctions) {
      expect(new Set(parameters.map((parameter) => parameter.name)).size, name).toBe(
        parameters.length,
      )
    }
  })

  test('finds everything of release 7.4 in the engine', () => {
    const api = new ClientApi(embeddedLibrary().path, 740)
    for (const { name, removed } of apiFunctions) {
      expect(api.has(name), name).toBe(removed === undefined)
    }
  })

  test('calls', () => {
    startNetwork({ library: embeddedLibrary() })
    const api = clientApi()
    expect(api.call('fdb_get_max_api_version')).toBe(740)
    const database = [null]
    expect(api.call('fdb_create_database', null, database)).toBe(0)
    expect(typeof database[0]).toBe('bigint')
    const transaction = [null]
    expect(api.call('fdb_database_create_transaction', database[0], transaction)).toBe(0)
    const key = Buffer.from('key')
    api.call('fdb_transaction_set', transaction[0], key, key.length, key, key.length)
    const future = api.call('fdb_transaction_get', transaction[0], key, key.length, 0)
    expect(api.call('fdb_future_block_until_ready', future)).toBe(0)
    const length = [0]
    expect(api.call('fdb_future_get_value', future, [0], [null], length)).toBe(0)
    expect(length[0]).toBe(key.length)
    api.call('fdb_future_destroy', future)
    api.call('fdb_transaction_destroy', transaction[0])
    api.call('fdb_database_destroy', database[0])
  })

  test('of an older library names the release that brings a function', () => {
    const api = new ClientApi(fakeLibraryPath, 740)
    expect(api.has('fdb_tenant_get_id')).toBe(false)
    const call = (): unknown => api.call('fdb_tenant_get_id', 1n)
    expect(call).toThrow(FDBMissingFunctionError)
    expect(call).toThrow(/fdb_tenant_get_id, which came with release 7\.3/)
    expect(releaseOf(510)).toBe('release 5.1')
  })

  test('refuses what the selected API version has no more', () => {
    const { path } = embeddedLibrary()
    expect(() => new ClientApi(path, 740).require('fdb_create_cluster')).toThrow(
      /from API version 610 on, and this process has selected 740/,
    )
  })

  test('checks names, counts and handles before anything native', () => {
    const api = new ClientApi(embeddedLibrary().path, 740)
    expect(() => api.call('fdb_nothing')).toThrow(/no function of the C API/)
    expect(() => api.call('fdb_get_error')).toThrow(/fdb_get_error takes \(code\)/)
    expect(() => api.call('fdb_tenant_get_id', null)).toThrow(/needs tenant/)
  })
})
