import { afterAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { tuple } from '../../../src/index.ts'
import { printBytes } from '../../../src/cli/shell/notation/byte-notation.ts'
import type { SessionSettings } from '../../../src/cli/shell/session/session-state.ts'
import { openTestDatabase } from '../../support/database.ts'
import { Typist } from './transcript.ts'

const db = openTestDatabase()
const home = db.getPrefix()
afterAll(async () => {
  await db.clearRangeStartsWith('')
  db.close()
})
beforeEach(() => db.clearRangeStartsWith(''))

/** The prefix of the test database is a tuple, so the shell can go there. */
const HOME = `cd (${tuple
  .unpack(home)
  .map((item) => JSON.stringify(item))
  .join(', ')})`

async function typist(settings: Partial<SessionSettings> = {}): Promise<Typist> {
  const made = new Typist(db.getRoot(), settings)
  onTestFinished(async () => void (await made.session.close()))
  expect(await made.type(HOME)).toEqual([])
  return made
}

describe('keys and values', () => {
  test('are set, read and cleared', async () => {
    const shell = await typist()
    expect(await shell.type('get a', 'set a 1', 'get a', 'clear a', 'get a')).toEqual([
      '"a": not found',
      'Committed',
      '"a" is "1"',
      'Committed',
      '"a": not found',
    ])
    expect(shell.result).toBe('done')
  })

  test('are relative to where the shell is', async () => {
    const shell = await typist()
    await shell.type('set ("a", 1) x')
    expect(await db.get(tuple.pack(['a', 1]))).toEqual(Buffer.from('x'))
    expect(await shell.type('cd ("a",)', 'getrange', 'get (1,)', 'cd ..', 'getrange')).toEqual([
      '(1,) is "x"',
      '(1,) is "x"',
      '("a", 1) is "x"',
    ])
  })

  test('may be any bytes', async () => {
    const shell = await typist()
    await shell.type('set \\x00\\xff "two\\nlines\\x80"')
    expect(await db.get(Buffer.from([0, 0xff]))).toEqual(Buffer.from('two\nlines\x80', 'latin1'))
    expect(await shell.type('get \\x00\\xff')).toEqual(['"\\x00\\xff" is "two\\x0alines\\x80"'])
  })

  test('that are long are cut, unless they are asked for in full', async () => {
    await db.set('long', Buffer.alloc(2000, 'x'))
    const shell = await typist()
    const [cut, whole] = await shell.type('get long', 'get long --full')
    expect(cut).toMatch(/^"long" is "x{1000}"… \(2,000 bytes: --full prints all\)$/)
    expect(whole).toMatch(/^"long" is "x{2000}"$/)
    const full = await typist({ full: true })
    expect(await full.type('get long')).toEqual([whole])
  })

  test('are printed in the format that was chosen', async () => {
    const shell = await typist()
    await shell.type('add n 258')
    expect(
      await shell.type('get n --as int', 'values int', 'values', 'get n', 'get n --as raw'),
    ).toEqual([
      '"n" is 258',
      'int',
      '"n" is 258',
      '"n" is "\\x02\\x01\\x00\\x00\\x00\\x00\\x00\\x00"',
    ])
  })

  test('get the stamp of the commit', async () => {
    const shell = await typist()
    const [committed, stamp] = await shell.type('set (versionstamp#7, "log") x')
    expect(committed).toBe('Committed')
    const digits = /^versionstamp ([0-9a-f]{20})$/.exec(stamp ?? '')?.[1]
    expect(await shell.type('getrange')).toEqual([`(versionstamp:${digits}#7, "log") is "x"`])
    const [, second] = await shell.type('set last (versionstamp80, 1)')
    expect(await shell.type('get last --as tuple')).toEqual([
      `"last" is (versionstamp80:${second?.slice(-20)}, 1)`,
    ])
  })

  test('are changed by atomic operations', async () => {
    const shell = await typist()
    await shell.type('add a 5', 'add a -2', 'max b 7 --size 2', 'min b 9 --size 2')
    await shell.type(
      'set c \\x0f',
      'bitand c \\x3c',
      'set d \\x0f',
      'bitor d \\x30',
      'bitxor d \\x01',
    )
    await shell.type('bytemax e b', 'bytemax e a', 'bytemin f b', 'bytemin f a')
    await shell.type('appendiffits g a', 'appendiffits g b', 'set h x', 'compareandclear h x')
    expect(await shell.type('getrange')).toEqual([
      '"a" is "\\x03\\x00\\x00\\x00\\x00\\x00\\x00\\x00"',
      '"b" is "\\x07\\x00"',
      '"c" is "\\x0c"',
      '"d" is ">"',
      '"e" is "b"',
      '"f" is "a"',
      '"g" is "ab"',
    ])
  })
})

describe('ranges', () => {
  const fill = (count: number): Promise<void> =>
    db.doTransaction((tn) => {
      for (let i = 0; i < count; i++) tn.set(`k${String(i).padStart(6, '0')}`, String(i))
    })

  test('stop at the limit, and say so', async () => {
    await fill(26)
    const shell = await typist()
    const lines = await shell.type('getrange')
    expect(lines).toHaveLength(26)
    expect(lines.slice(-2)).toEqual([
      '"k000024" is "24"',
      '# (the first 25 keys; --limit N gives more)',
    ])
    expect(await shell.type('getrangekeys --limit 26')).toHaveLength(26)
  })

  test('go from BEGIN to END, or over a prefix, and backward', async () => {
    const shell = await typist()
    await shell.type('set a 1; set ab 2; set b 3; set c 4')
    expect(await shell.type('getrangekeys a c')).toEqual(['"a"', '"ab"', '"b"'])
    expect(await shell.type('getrangekeys a')).toEqual(['"a"', '"ab"'])
    expect(await shell.type('getrangekeys a c 1 --reverse')).toEqual([
      '"b"',
      '# (the first 1 keys; --limit N gives more)',
    ])
    expect(await shell.type('getrange x')).toEqual(['# no keys'])
  })

  test('of very many keys are read in several transactions', async () => {
    await fill(12_000)
    const shell = await typist()
    const lines = await shell.type('getrangekeys --limit 11500')
    expect(lines.filter((line) => line.startsWith('"k'))).toHaveLength(11_500)
    expect(lines.at(-1)).toBe('# (the first 11500 keys; --limit N gives more)')
    expect(lines).toContain(
      '# (so many keys are read in several transactions, each at its own version)',
    )
    const reversed = await shell.type('getrangekeys --limit 20000 --reverse')
    expect(reversed[0]).toBe('"k011999"')
    expect(reversed.filter((line) => line.startsWith('"k'))).toHaveLength(12_000)
  })

  test('are cleared', async () => {
    const shell = await typist()
    await shell.type('set a 1; set ab 2; set b 3; set c 4', 'clearrange b c', 'clearprefix a')
    expect(await shell.type('getrangekeys')).toEqual(['"c"'])
    expect(await shell.type('clearrange c a')).toEqual(['ERROR BEGIN is behind END'])
  })

  test('have keys beside a key', async () => {
    const shell = await typist()
    await shell.type('set a 1; set c 2')
    expect(
      await shell.type('getkey a', 'getkey > a', 'getkey < c', 'getkey <= c', 'getkey > c'),
    ).toEqual(['"a"', '"c"', '"a"', '"c"', 'no such key'])
    expect(await shell.type('getkey a --offset 1', 'getkey c --offset -2')).toEqual([
      '"c"',
      'no such key',
    ])
  })
})

describe('a transaction', () => {
  test('is seen by nobody until its commit', async () => {
    const shell = await typist()
    expect(shell.session.prompt).toMatch(/\)> $/)
    expect(await shell.type('begin', 'set a 1', 'get a')).toEqual([
      'Transaction started',
      '"a" is "1"',
    ])
    expect(shell.session.prompt).toMatch(/\)\*> $/)
    expect(await db.get('a')).toBeUndefined()
    expect(await shell.type('commit', 'get a')).toEqual(['Committed', '"a" is "1"'])
    expect(await db.get('a')).toEqual(Buffer.from('1'))
  })

  test('is dropped by rollback, and begun again by reset', async () => {
    const shell = await typist()
    await shell.type('begin', 'set a 1')
    expect(await shell.type('reset', 'get a', 'set b 1', 'rollback', 'get b')).toEqual([
      'Transaction reset',
      '"a": not found',
      'Transaction rolled back',
      '"b": not found',
    ])
  })

  test('is rolled back when it conflicts', async () => {
    const shell = await typist()
    await shell.type('begin', 'get a', 'set b 1')
    await db.set('a', 'changed')
    const [error] = await shell.type('commit')
    expect(error).toMatch(/^ERROR .*not_committed, 1020\); the transaction was rolled back$/)
    expect(shell.result).toBe('failed')
    expect(await shell.type('commit', 'get b')).toEqual([
      'ERROR there is no transaction: `begin` opens one',
      '"b": not found',
    ])
  })

  test('without writes has nothing to commit', async () => {
    const shell = await typist()
    expect(await shell.type('begin', 'get a', 'commit')).toEqual([
      'Transaction started',
      '"a": not found',
      'Nothing to commit',
    ])
  })

  test('is one at a time', async () => {
    const shell = await typist()
    expect(await shell.type('rollback', 'reset', 'begin', 'begin')).toEqual([
      'ERROR there is no transaction: `begin` opens one',
      'ERROR there is no transaction: `begin` opens one',
      'Transaction started',
      'ERROR a transaction is open already',
    ])
  })

  test('gives its stamp at the commit', async () => {
    const shell = await typist()
    const lines = await shell.type('begin', 'set (versionstamp,) x', 'commit')
    expect(lines.slice(1)).toEqual([
      'Committed',
      expect.stringMatching(/^versionstamp [0-9a-f]{20}$/),
    ])
  })

  test('is left by close, which says that it dropped it', async () => {
    const shell = await typist()
    await shell.type('begin', 'set a 1')
    expect(await shell.session.close()).toBe(true)
    expect(await shell.session.close()).toBe(false)
    expect(await db.get('a')).toBeUndefined()
  })

  test('brings the shell back to where it began when it is dropped', async () => {
    const shell = await typist()
    await shell.type('begin', 'cd ("below",)')
    const [line, note] = await shell.type('rollback')
    expect([line, note]).toEqual([expect.stringMatching(/^# back in /), 'Transaction rolled back'])
    expect(await shell.type('set a 1')).toEqual(['Committed'])
    expect(await db.get('a')).toEqual(Buffer.from('1'))
  })
})

describe('options', () => {
  test('hold for what follows, until they are off', async () => {
    const shell = await typist()
    expect(await shell.type('option', 'option on read_only', 'option')).toEqual([
      '# no option is on',
      expect.stringMatching(/^ERROR there is no transaction option read_only: `help options`/),
      '# no option is on',
    ])
    await shell.type('option on size_limit 100')
    const [error] = await shell.type(`set a ${'x'.repeat(500)}`)
    expect(error).toMatch(/transaction_too_large/)
    expect(await shell.type('option', 'option off size_limit', 'option off size_limit')).toEqual([
      'size_limit 100',
      'ERROR size_limit is not on',
    ])
    expect(await shell.type(`set a ${'x'.repeat(500)}`)).toEqual(['Committed'])
  })

  test('of a transaction end with it', async () => {
    const shell = await typist()
    await shell.type('begin', 'option on size_limit 100')
    expect(await shell.type('option', 'option off size_limit')).toEqual([
      'size_limit 100',
      'ERROR an option of an open transaction stays on until its end',
    ])
    expect(await shell.type('rollback', 'option')).toEqual([
      'Transaction rolled back',
      '# no option is on',
    ])
  })

  test('let system keys be read', async () => {
    const shell = await typist()
    await shell.type('cd /')
    const [refused] = await shell.type('getrange \\xff\\x02 \\xff\\x03 1')
    expect(refused).toMatch(/key_outside_legal_range/)
    await shell.type('option on read_system_keys')
    const allowed = await shell.type('getrange \\xff\\x02 \\xff\\x03 1')
    expect(allowed.join()).not.toMatch(/ERROR/)
  })
})

describe('writes', () => {
  test('are refused until writemode is on', async () => {
    const shell = await typist({ writable: false })
    const refused = 'ERROR this session only reads: `writemode on` lets it write'
    const writes = [
      'set a 1',
      'clear a',
      'clearrange a b',
      'clearprefix a',
      'add a 1',
      'dir create /fdbkit-refused',
    ]
    for (const line of writes) expect(await shell.type(line)).toEqual([refused])
    expect(await shell.type('writemode', 'writemode on', 'writemode', 'set a 1')).toEqual([
      'off',
      'on',
      'Committed',
    ])
    expect(await shell.type('writemode off', 'set a 2', 'get a')).toEqual([refused, '"a" is "1"'])
  })
})

describe('watches', () => {
  test('say that a key changed, and what it is now', async () => {
    const shell = await typist()
    expect(await shell.type('watch a', 'watches')).toEqual([
      '# watch 1 waits for "a" to change',
      '1  "a"',
    ])
    const notice = shell.output.nextNotice()
    await db.set('a', 'new')
    expect(await notice).toBe('watch 1: "a" changed, and is "new" now')
    expect(await shell.type('watches')).toEqual(['# no watch waits'])
  })

  test('begin with the commit of their transaction', async () => {
    const shell = await typist()
    expect(await shell.type('begin', 'watch a', 'set b 1', 'commit')).toEqual([
      'Transaction started',
      '# watch 1 waits for "a" to change from the commit on',
      'Committed',
    ])
    const notice = shell.output.nextNotice()
    await db.set('a', 'new')
    expect(await notice).toMatch(/^watch 1: "a" changed/)
  })

  test('end with a transaction that is rolled back', async () => {
    const shell = await typist()
    await shell.type('begin', 'watch a')
    const notice = shell.output.nextNotice()
    await shell.type('rollback')
    expect(await notice).toBe('watch 1: ended with its transaction')
  })

  test('are ended by unwatch', async () => {
    const shell = await typist()
    await shell.type('watch a', 'watch b', 'watch c')
    expect(await shell.type('unwatch 2', 'unwatch 9', 'unwatch all', 'unwatch 1')).toEqual([
      '# ended watch 2',
      'ERROR there is no watch 9',
      expect.stringMatching(/^# ended [23] watches$/),
      expect.stringMatching(/./),
    ])
  })

  test('are waited for with --wait, and not in a transaction', async () => {
    const shell = await typist()
    const waiting = shell.type('watch a --wait')
    // The watch is set before this write is seen, or it was set on the written value and waits on.
    let value = 0
    let done = false
    void waiting.then(() => (done = true))
    while (!done) await db.set('a', String(++value))
    expect(await waiting).toEqual(['"a" changed'])
    expect(await shell.type('begin', 'watch a --wait')).toEqual([
      'Transaction started',
      'ERROR a watch begins with the commit: leave --wait out in a transaction',
    ])
  })
})

describe('an interruption', () => {
  test('ends a wait', async () => {
    const shell = await typist()
    const waiting = shell.type('watch a --wait')
    expect(shell.runner.isBusy).toBe(true)
    shell.runner.interrupt()
    expect(await waiting).toEqual(['ERROR interrupted'])
    expect(await shell.type('set a 1')).toEqual(['Committed'])
  })

  test('in a transaction rolls it back', async () => {
    const shell = await typist()
    await shell.type('begin', 'set a 1')
    const reading = shell.type('get b')
    shell.runner.interrupt()
    expect(await reading).toEqual(['ERROR interrupted; the transaction was rolled back'])
    expect(await shell.type('get a')).toEqual(['"a": not found'])
  })
})

describe('a commit that is not waited for', () => {
  const unknown =
    'ERROR interrupted; what was written may have been applied or not: look before you try again'

  test('says that it may have been applied', async () => {
    const shell = await typist()
    const writing = shell.type('set a 1')
    // The write is in the transaction, and its commit is under way, a microtask or two from here.
    for (let turn = 0; turn < 20; turn++) await Promise.resolve()
    shell.runner.interrupt()
    // The engine may be faster.
    expect([[unknown], ['ERROR interrupted'], ['Committed']]).toContainEqual(await writing)
    await shell.type('begin', 'set b 1')
    const committing = shell.type('commit')
    shell.runner.interrupt()
    expect([[unknown], ['Committed']]).toContainEqual(await committing)
    expect(await shell.type('begin', 'rollback')).toHaveLength(2)
  })
})

describe('the rest', () => {
  test('says where it is', async () => {
    const shell = await typist()
    const [line] = await shell.type('pwd')
    expect(line).toContain(`prefix ${printBytes(home)}`)
    await shell.type('option on timeout 5000', 'watch a', 'begin')
    const status = await shell.type('status')
    expect(status).toEqual([
      'a test',
      expect.stringMatching(/^at /),
      'writes on',
      'in a transaction',
      'options timeout',
      '1 watch',
    ])
  })

  test('knows the read version', async () => {
    const shell = await typist()
    const [first, second] = await shell.type('getversion', 'getversion')
    expect(BigInt(second!)).toBeGreaterThanOrEqual(BigInt(first!))
  })

  test('ends with exit, and does nothing behind it', async () => {
    const shell = await typist()
    expect(await shell.type('exit; set a 1')).toEqual([])
    expect(shell.result).toBe('exit')
    expect(await db.get('a')).toBeUndefined()
  })

  test('does nothing of a line that has an error in it', async () => {
    const shell = await typist()
    const [error] = await shell.type('set a 1; gte a')
    expect(error).toBe(
      'ERROR there is no command "gte": did you mean get?\n  set a 1; gte a\n           ^',
    )
    expect(shell.result).toBe('syntax')
    expect(await db.get('a')).toBeUndefined()
  })

  test('stops a line at the first command that fails', async () => {
    const shell = await typist()
    expect(await shell.type('rollback; set a 1')).toHaveLength(1)
    expect(shell.result).toBe('failed')
    expect(await db.get('a')).toBeUndefined()
  })
})
