import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { tokenize } from '../../../src/cli/shell/notation/tokenize.ts'
import { showKey } from '../../../src/cli/shell/session/show.ts'
import { complete } from '../../../src/cli/shell/console/completion.ts'
import { SeenKeys } from '../../../src/cli/shell/session/seen-keys.ts'

const seen = new SeenKeys()
const KEYS = ['"album"', '"alpha"', '"beta"', '"two words"', '("users", 1)', '("users", 2)']
for (const key of KEYS) seen.add(key)

const tree: Readonly<Record<string, readonly string[]>> = {
  '/': ['app', 'apple', 'two words', 'zoo'],
  '/app': ['users', 'uploads'],
  '': ['here', 'hero'],
}

const source = {
  seen,
  directories: (absolute: boolean, steps: readonly string[]) =>
    Promise.resolve(tree[absolute ? `/${steps.join('/')}` : steps.join('/')] ?? []),
}

describe('completion', () => {
  test.each<[string, string[], string]>([
    ['ge', ['get ', 'getrange ', 'getrangekeys ', 'getkey ', 'getversion '], 'ge'],
    ['get a; wri', ['writemode '], 'wri'],
    ['set "a;ge', [], '"a;ge'],
    ['get "al', ['"album"', '"alpha"'], '"al'],
    ['get al', ['album', 'alpha'], 'al'],
    ['get tw', ['"two words"'], 'tw'],
    ['get ', KEYS, ''],
    ['get ("users", ', ['("users", 1)', '("users", 2)'], '("users", '],
    ['getrange --re', ['--reverse '], '--re'],
    ['getrange a --', ['--limit ', '--reverse ', '--as ', '--full '], '--'],
    ['dir cr', ['create '], 'cr'],
    ['dir ls /app/u', ['users/', 'uploads/'], 'u'],
    ['cd /ap', ['app/', 'apple/'], 'ap'],
    ['cd h', ['here/', 'hero/'], 'h'],
    ['cd /t', [], 't'],
    ['cd /nowhere/', [], ''],
    ['option o', ['on ', 'off '], 'o'],
    ['option on access_s', ['access_system_keys'], 'access_s'],
    ['help getr', ['getrange', 'getrangekeys'], 'getr'],
    ['help k', ['keys'], 'k'],
    ['nonsense a', [], 'a'],
    ['status ', [], ''],
  ])('of %j', async (line, hits, typed) => {
    expect(await complete(line, source)).toEqual([hits, typed])
  })

  test('of a key gives what is read as that key', () => {
    const text = fc.stringMatching(/^[a-z][a-z "'\\;()#/-]{0,5}$/)
    return fc.assert(
      fc.asyncProperty(text, async (key) => {
        const printed = new SeenKeys()
        printed.add(showKey(Buffer.from(key)))
        const word = key.slice(0, 1)
        const [hits] = await complete(`get ${word}`, { ...source, seen: printed })
        expect(hits).toHaveLength(1)
        const [[, token] = []] = tokenize(`get ${hits[0]}`)
        expect(token?.bytes.toString()).toBe(key)
      }),
    )
  })

  test('of nothing lists the commands', async () => {
    const [hits] = await complete('', source)
    expect(hits).toContain('get ')
    expect(hits).toContain('dir ')
  })
})

describe('the keys that were seen', () => {
  test('are the last ones', () => {
    const keys = new SeenKeys()
    for (let i = 0; i < 600; i++) keys.add(`"${i}"`)
    expect(keys.startingWith('"')).toHaveLength(500)
    expect(keys.startingWith('"99"')).toEqual([])
    expect(keys.startingWith('"599"')).toEqual(['"599"'])
    keys.add('"100"')
    keys.add('"new"')
    expect(keys.startingWith('"100"')).toEqual(['"100"'])
  })

  test('are not endless', () => {
    const keys = new SeenKeys()
    keys.add('x'.repeat(201))
    expect(keys.startingWith('x')).toEqual([])
  })
})
