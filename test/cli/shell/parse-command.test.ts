import { describe, expect, test } from 'vitest'
import { commandTable } from '../../../src/cli/shell/grammar/command-table.ts'
import type { Command } from '../../../src/cli/shell/grammar/command.ts'
import { help } from '../../../src/cli/shell/handlers/help.ts'
import { distance, nearest } from '../../../src/cli/ground/nearest.ts'
import { parseLine } from '../../../src/cli/shell/grammar/parse-command.ts'
import { ShellSyntaxError } from '../../../src/cli/shell/notation/syntax-error.ts'
import { MutationType } from '../../../src/index.ts'
import { pack } from '../../../src/layers/tuple/tuple.ts'

const parse = (line: string): Command => {
  const commands = parseLine(line)
  expect(commands).toHaveLength(1)
  return commands[0]!
}

const plain = { format: undefined, full: false }

describe('commands', () => {
  test.each<[string, Command]>([
    ['get a', { do: 'get', key: Buffer.from('a'), show: plain }],
    ['GET a', { do: 'get', key: Buffer.from('a'), show: plain }],
    [
      'get ("a", 1) --as int --full',
      { do: 'get', key: pack(['a', 1]), show: { format: 'int', full: true } },
    ],
    ['get "--full"', { do: 'get', key: Buffer.from('--full'), show: plain }],
    ['get -- --full', { do: 'get', key: Buffer.from('--full'), show: plain }],
    ['getkey a', { do: 'getkey', key: Buffer.from('a'), orEqual: false, offset: 1 }],
    ['getkey > a', { do: 'getkey', key: Buffer.from('a'), orEqual: true, offset: 1 }],
    ['getkey < a --offset=-2', { do: 'getkey', key: Buffer.from('a'), orEqual: false, offset: -2 }],
    ['getkey <= a', { do: 'getkey', key: Buffer.from('a'), orEqual: true, offset: 0 }],
    ['clearrange a b', { do: 'clearrange', begin: Buffer.from('a'), end: Buffer.from('b') }],
    ['clearprefix a', { do: 'clearrange', begin: Buffer.from('a'), end: undefined }],
    ['watch a --wait', { do: 'watch', key: Buffer.from('a'), wait: true }],
    ['unwatch 3', { do: 'unwatch', which: 3 }],
    ['unwatch all', { do: 'unwatch', which: 'all' }],
    ['abort', { do: 'rollback' }],
    ['quit', { do: 'exit' }],
    ['? get', { do: 'help', topic: 'get' }],
    ['writemode on', { do: 'writemode', on: true }],
    ['values tuple', { do: 'values', format: 'tuple' }],
    ['option', { do: 'options' }],
    ['option on access_system_keys', { do: 'option-on', name: 'access_system_keys', value: true }],
    ['option on TIMEOUT 2000', { do: 'option-on', name: 'timeout', value: 2000 }],
    ['option off read-system-keys', { do: 'option-off', name: 'read_system_keys' }],
    ['ls', { do: 'dir-ls', path: { absolute: false, steps: [], literal: false } }],
    [
      'dir ls /a//b/',
      { do: 'dir-ls', path: { absolute: true, steps: ['a', 'b'], literal: false } },
    ],
    [
      'dir create ("a", "b/c") --layer table',
      {
        do: 'dir-create',
        path: { absolute: true, steps: ['a', 'b/c'], literal: true },
        layer: 'table',
      },
    ],
    ['cd', { do: 'cd', path: { absolute: true, steps: [], literal: false } }],
    ['tenant list', { do: 'tenant-list', limit: 100 }],
    ['tenant create ("a",) --group g', { do: 'tenant-create', name: pack(['a']), group: 'g' }],
    ['usetenant', { do: 'tenant-use', name: undefined }],
    ['defaulttenant', { do: 'tenant-leave' }],
    ['cd ../x', { do: 'cd', path: { absolute: false, steps: ['..', 'x'], literal: false } }],
    ['cd ("x", 1)', { do: 'cd-subspace', items: ['x', 1] }],
  ])('%s', (line, expected) => {
    expect(parse(line)).toEqual(expected)
  })

  test.each<[string, object]>([
    ['getrange', { begin: Buffer.alloc(0), end: undefined, limit: 25, reverse: false }],
    ['getrange a', { begin: Buffer.from('a'), end: undefined, limit: 25 }],
    ['getrange a b 7', { end: Buffer.from('b'), limit: 7, keysOnly: false }],
    ['getrange a --limit 7 --reverse', { end: undefined, limit: 7, reverse: true }],
    ['getrangekeys a b', { keysOnly: true }],
  ])('%s', (line, expected) => {
    expect(parse(line)).toMatchObject({ do: 'getrange', ...expected })
  })

  test.each<[string, MutationType, string]>([
    ['add a 5', MutationType.Add, '0500000000000000'],
    ['add a -1', MutationType.Add, 'ffffffffffffffff'],
    ['add a 258 --size 4', MutationType.Add, '02010000'],
    ['add a 18446744073709551615', MutationType.Add, 'ffffffffffffffff'],
    ['add a "5"', MutationType.Add, '35'],
    ['add a \\x05\\x00', MutationType.Add, '0500'],
    ['max a 1 --size 1', MutationType.Max, '01'],
    ['min a 1 --size 16', MutationType.Min, `01${'00'.repeat(15)}`],
    ['bitor a 5', MutationType.BitOr, '35'],
    ['compareandclear a x', MutationType.CompareAndClear, '78'],
    ['appendiffits a x', MutationType.AppendIfFits, '78'],
  ])('%s', (line, type, param) => {
    expect(parse(line)).toMatchObject({ do: 'atomic', type, param: Buffer.from(param, 'hex') })
  })

  test('that are not the same twice say so', () => {
    const twice = [
      'add',
      'max',
      'min',
      'bitand',
      'bitor',
      'bitxor',
      'bytemin',
      'bytemax',
      'appendiffits',
      'compareandclear',
    ]
      .map((name) => parse(`${name} a 1`))
      .map((command) => command.do === 'atomic' && command.twiceDiffers)
    expect(twice).toEqual([true, false, false, false, false, true, false, false, true, false])
  })

  test.each<[string, RegExp]>([
    ['gte a', /did you mean get\?/],
    ['getrnage a', /did you mean getrange\?/],
    ['frobnicate', /`help` lists all/],
    ['("a")', /begins with a command/],
    ['get', /too few arguments \(usage: get KEY/],
    ['get a b', /too many/],
    ['get a --ful', /did you mean --full/],
    ['get a --full=1', /takes no value/],
    ['get a --as', /needs a value/],
    ['get a --as hex', /one of raw, tuple, int/],
    ['getrange a b 0', /the limit is a whole number from 1/],
    ['getrange a b x', /the limit/],
    ['getrange a b 5 --limit 6', /two limits/],
    ['getrange a b 1000000000', /the limit/],
    ['getkey = a', /none of >=/],
    ['get (versionstamp,)', /only set takes/],
    ['set (versionstamp,) (versionstamp,)', /not both/],
    ['add a notanumber', /notanumber is no whole number: in quotes it is taken as bytes/],
    ['add a 256 --size 1', /does not fit into 1 bytes/],
    ['add a 1 --size 17', /from 1 to 16/],
    ['option on', /needs the name/],
    ['option on tiemout 1', /did you mean timeout/],
    ['option on timeout', /needs a value/],
    ['option on timeout soon', /is an integer/],
    ['option on access_system_keys 1', /takes no value/],
    ['option off timeout 1', /takes no value/],
    ['dir', /too few/],
    ['dir crate a', /did you mean create/],
    ['dir create', /takes one path/],
    ['dir move a', /takes two paths/],
    ['dir ls a b', /at most one path/],
    ['dir ls --layer x', /flag of dir create/],
    ['dir ls ("a", 1)', /holds text only/],
    ['cd ("a")\\x00', /nothing may follow/],
    ['cd (versionstamp,)', /only set takes/],
    ['tenant lst', /did you mean list/],
    ['tenant list x', /takes no name/],
    ['tenant create', /takes one name/],
    ['tenant delete a --group b', /flag of tenant create/],
    ['tenant create a --limit 1', /flag of tenant list/],
    ['unwatch x', /number of a watch/],
    ['writemode maybe', /none of on, off/],
    ['set a b; getx', /did you mean/],
  ])('%s is refused', (line, message) => {
    expect(() => parseLine(line)).toThrow(message)
    expect(() => parseLine(line)).toThrow(ShellSyntaxError)
  })
})

describe('help', () => {
  test('has a line for every command', () => {
    const overview = help(undefined)
    for (const { name, summary } of commandTable) {
      expect(overview).toContain(`  ${name} `)
      expect(overview).toContain(summary)
    }
  })

  test('says how each is used', () => {
    for (const { name, usage } of commandTable)
      expect(help(name)).toContain(`${name} ${usage}`.trim())
  })

  test('on keys gives examples that parse', () => {
    const tuples = help('keys').match(/\((?:"users"|"nested").*?\)/g) ?? []
    expect(tuples.length).toBeGreaterThan(1)
    for (const tuple of tuples) expect(parse(`get ${tuple}`)).toMatchObject({ do: 'get' })
  })

  test('on options lists those that can be set', () => {
    expect(help('options')).toContain('  timeout int')
    expect(help('options')).toContain('  access_system_keys\n')
  })

  test('on something else names what is near', () => {
    expect(() => help('gett')).toThrow(/did you mean get\?/)
  })
})

describe('the nearest name', () => {
  test.each<[string, string, number]>([
    ['', '', 0],
    ['get', 'get', 0],
    ['gte', 'get', 1],
    ['gt', 'get', 1],
    ['kitten', 'sitting', 3],
    ['', 'abc', 3],
  ])('%s and %s differ by %i', (a, b, expected) => {
    expect(distance(a, b)).toBe(expected)
    expect(distance(b, a)).toBe(expected)
  })

  test('is none for what is far, and for what is endless', () => {
    expect(nearest('xyzzy', ['get', 'set'])).toBeUndefined()
    expect(nearest('g'.repeat(100_000), ['get'])).toBeUndefined()
    expect(nearest('', ['get'])).toBeUndefined()
  })
})
