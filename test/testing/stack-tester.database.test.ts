// What the generated streams leave out, on the engine and on a real cluster.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import peer from 'fdb-tuple'
import { afterAll, expect, test } from 'vitest'
import { runStackTester } from '../../src/testing/stack-tester/run-stack-tester.ts'
import { openBackend } from '../client/open-backend.ts'
import { backend } from '../support/backends.ts'
import { bytes, call, DONE, error, ProgramRunner } from './reference/program-runner.ts'
import type { Instruction } from './reference/program.ts'

const main = join(import.meta.dirname, '..', '..', 'dist', 'cli', 'main.js')
const db = openBackend()
afterAll(() => db.close())

const programs = new ProgramRunner(db)

test('UNIT_TESTS pass', async () => {
  expect(await programs.stackAfter([['UNIT_TESTS']])).toEqual([])
})

test('a write with its conflict disabled lets the other transaction commit', async () => {
  const key = bytes(`no conflict ${process.pid}`)
  const race = (disable: Instruction[]): Instruction[] => [
    ['NEW_TRANSACTION'],
    ['GET_READ_VERSION'],
    ['POP'],
    ...call('GET', key),
    ['WAIT_FUTURE'],
    ['POP'],
    ...call('SET', key, bytes('mine')),
    ...call('USE_TRANSACTION', bytes(`other ${process.pid}`)),
    ['NEW_TRANSACTION'],
    ...disable,
    ...call('SET', key, bytes('theirs')),
    ['COMMIT'],
    ['WAIT_FUTURE'],
    ...call('USE_TRANSACTION', bytes(`first ${process.pid}`)),
  ]
  const first: Instruction[] = call('USE_TRANSACTION', bytes(`first ${process.pid}`))
  const end: Instruction[] = [['COMMIT'], ['WAIT_FUTURE']]
  const left = await programs.stackAfter([...first, ...race([]), ...end])
  expect(left).toEqual([DONE, error(1020)])
  const disabled = await programs.stackAfter([
    ...first,
    ...race([['DISABLE_WRITE_CONFLICT']]),
    ...end,
  ])
  expect(disabled).toEqual([DONE, DONE])
  await db.clear(key)
})

test('a versionstamp comes with the commit, and not without a write', async () => {
  const key = bytes(`stamped ${process.pid}`)
  const [written, nothing] = await programs.stackAfter([
    ['NEW_TRANSACTION'],
    ...call('SET', key, bytes('')),
    ['GET_VERSIONSTAMP'],
    ['COMMIT'],
    ['POP'],
    ['NEW_TRANSACTION'],
    ['GET_VERSIONSTAMP'],
    ['COMMIT'],
    ['POP'],
  ])
  expect(written).toHaveLength(10)
  expect(nothing).toEqual(error(2021))
  await db.clear(key)
})

test('without tenants, tenant operations leave their errors', async () => {
  const name = bytes('nobody')
  const [id, active, cleared, deleted] = await programs.stackAfter([
    ['TENANT_GET_ID'],
    ...call('TENANT_SET_ACTIVE', name),
    ['TENANT_CLEAR_ACTIVE'],
    ['TENANT_GET_ID'],
    ...call('TENANT_DELETE', name),
  ])
  expect(id).toEqual(bytes('NO_ACTIVE_TENANT'))
  expect(active).toEqual(error(2131))
  expect(cleared).toEqual(bytes('NO_ACTIVE_TENANT'))
  expect(deleted).toEqual(error(2131))
})

test('tenant operations make, use, list and remove a tenant', async () => {
  const name = bytes(`stack tester ${process.pid}`)
  const key = bytes('key')
  const left = await programs.stackAfter([
    ...call('TENANT_CREATE', name),
    ['WAIT_FUTURE'],
    ...call('TENANT_CREATE', name),
    ['WAIT_FUTURE'],
    ...call('TENANT_SET_ACTIVE', name),
    ['TENANT_GET_ID'],
    ...call('SET_TENANT', key, bytes('inside')),
    ['WAIT_FUTURE'],
    ['NEW_TRANSACTION'],
    ...call('GET', key),
    ['WAIT_FUTURE'],
    ...call('CLEAR_TENANT', key),
    ['WAIT_FUTURE'],
    ['TENANT_CLEAR_ACTIVE'],
    ...call('GET_DATABASE', key),
    ['WAIT_FUTURE'],
    ...call('TENANT_LIST', name, bytes(`${name.toString()}0`), 10),
    ...call('TENANT_DELETE', name),
    ['WAIT_FUTURE'],
  ])
  expect(left).toEqual([
    DONE,
    error(2132),
    bytes('SET_ACTIVE_TENANT'),
    bytes('GOT_TENANT_ID'),
    DONE,
    bytes('inside'),
    DONE,
    DONE,
    peer.pack([name]),
    DONE,
  ])
})

test.each<[string, Instruction[], string]>([
  ['an operation that there is not', [['JUMP']], 'instruction 0: there is no operation JUMP'],
  ['an empty stack', [['PUSH', 1], ['SUB']], 'instruction 1, SUB: the stack is empty'],
  ['no transaction', [['COMMIT']], 'instruction 0, COMMIT: no transaction has the name'],
  ['a wrong type', call('CLEAR_DATABASE', 'text'), 'should hold bytes here, and holds a string'],
  ['a wrong depth', call('SWAP', 3), 'none at depth 3'],
  ['a wrong atomic operation', call('ATOMIC_OP', 'DIVIDE', bytes('a'), bytes('b')), 'DIVIDE'],
])('%s ends the run and is named', async (_, instructions, message) => {
  const prefix = await programs.insert(instructions)
  await expect(runStackTester(db, Buffer.from(prefix))).rejects.toThrow(message)
  await programs.clearBehind(prefix)
})

test('the error of a thread comes out of the run', async () => {
  const thread = await programs.insert([['JUMP']])
  const prefix = await programs.insert(call('START_THREAD', bytes(thread)))
  await expect(runStackTester(db, Buffer.from(prefix))).rejects.toThrow('JUMP')
  await programs.clearBehind(prefix)
  await programs.clearBehind(thread)
})

test.skipIf(backend.clusterFile === undefined)('the command runs a program', async () => {
  const key = bytes(`by the command ${process.pid}`)
  const prefix = await programs.insert([
    ...call('SET_DATABASE', key, bytes('here')),
    ['WAIT_FUTURE'],
  ])
  const run = (program: string, version: string) =>
    spawnSync(
      process.execPath,
      [main, 'stack-tester', program, version, backend.clusterFile ?? ''],
      { encoding: 'utf8' },
    )
  expect(run(prefix, '710')).toMatchObject({ status: 0, stdout: '', stderr: '' })
  expect((await db.get(key))?.toString()).toBe('here')
  const broken = await programs.insert([['JUMP']])
  expect(run(broken, '740').status).toBe(1)
  expect(run(prefix, '741').status).toBe(2)
  for (const each of [prefix, broken]) await programs.clearBehind(each)
  await db.clear(key)
})
