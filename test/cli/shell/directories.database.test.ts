import { afterAll, afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { directory } from '../../../src/index.ts'
import { openTestDatabase } from '../../support/database.ts'
import { Typist } from './transcript.ts'

const db = openTestDatabase().getRoot()
/** All directories of this file are below it: on a real cluster other files have theirs. */
const base = `fdbkit-shell-${process.pid}`
afterAll(() => db.close())
beforeEach(() => directory.createOrOpen(db, base))
afterEach(() => directory.removeIfExists(db, base))

async function typist(): Promise<Typist> {
  const made = new Typist(db)
  onTestFinished(async () => void (await made.session.close()))
  expect(await made.type(`cd /${base}`)).toEqual([])
  return made
}

describe('directories', () => {
  test('are made, listed, moved and removed', async () => {
    const shell = await typist()
    const made = await shell.type('dir create users --layer table', `dir create /${base}/a/b`)
    expect(made).toEqual([
      expect.stringMatching(new RegExp(`^/${base}/users has the prefix .+$`)),
      'Committed',
      expect.stringMatching(new RegExp(`^/${base}/a/b has the prefix .+$`)),
      'Committed',
    ])
    expect(await shell.type('ls', 'dir ls a', 'ls a/b')).toEqual([
      'a',
      'users',
      'b',
      '# no directories',
    ])
    expect(await shell.type('dir move a/b users/c', 'dir tree')).toEqual([
      'Committed',
      `/${base}`,
      '├── a',
      '└── users  [table]',
      '    └── c',
    ])
    expect(await shell.type('dir remove users', 'ls')).toEqual(['Committed', 'a'])
    expect(await directory.exists(db, [base, 'users'])).toBe(false)
  })

  test('hold keys of their own', async () => {
    const shell = await typist()
    await shell.type('dir create users', 'cd users', 'set ("ada",) 1', 'cd ..', 'set ("ada",) 2')
    expect(await shell.type('cd users', 'getrange', 'cd ..', 'getrange')).toEqual([
      '("ada",) is "1"',
      '("ada",) is "2"',
    ])
    const users = await directory.open(db, [base, 'users'])
    expect(await db.at(users).getRangeAllStartsWith('')).toHaveLength(1)
  })

  test('are gone into and out of', async () => {
    const shell = await typist()
    await shell.type('dir create a/b')
    const at = async (line: string): Promise<string> => {
      const [first] = await shell.type(line, 'pwd')
      return first!.split('  ')[0]!
    }
    expect(await at('cd a/b')).toBe(`/${base}/a/b`)
    expect(shell.session.prompt).toBe(`fdb /${base}/a/b> `)
    expect(await at('cd ("x", 1)')).toBe(`/${base}/a/b("x", 1)`)
    expect(await at('cd (2,)')).toBe(`/${base}/a/b("x", 1)(2,)`)
    expect(await at('cd ..')).toBe(`/${base}/a/b("x", 1)`)
    expect(await at('cd ../..')).toBe(`/${base}/a`)
    expect(await at('cd ../a/./b')).toBe(`/${base}/a/b`)
    expect(await at('cd nowhere')).toMatch(/^ERROR there is no directory /)
    expect(await at('cd /')).toBe('/')
    expect(await at('cd ..')).toBe('/')
    expect(await at(`cd /${base}/a`)).toBe(`/${base}/a`)
    expect(await at('cd')).toBe('/')
  })

  test('may have any name', async () => {
    const shell = await typist()
    await shell.type(`dir create ("${base}", "a/b", "..")`, 'dir create "two words"')
    expect(await shell.type('dir tree')).toEqual([
      `/${base}`,
      '├── "a/b"',
      '│   └── ..',
      '└── "two words"',
    ])
    expect(await shell.type('cd "two words"')).toEqual([])
    expect(await shell.type(`dir remove ("${base}", "a/b")`)).toEqual(['Committed'])
  })

  test('are drawn as deep as was asked', async () => {
    const shell = await typist()
    await shell.type('dir create a/b/c')
    expect(await shell.type('dir tree --depth 2')).toEqual([`/${base}`, '└── a', '    └── b'])
    expect(await shell.type('dir tree a/b')).toEqual([`/${base}/a/b`, '└── c'])
  })

  test('that are partitions are shown, gone into, and not written to', async () => {
    const shell = await typist()
    await shell.type('dir create part --layer partition', 'dir create part/inner')
    expect(await shell.type('dir tree')).toEqual([
      `/${base}`,
      '└── part  [partition]',
      '    └── inner',
    ])
    expect(await shell.type('cd part', 'ls', 'set a 1', 'cd inner', 'set a 1')).toEqual([
      'inner',
      `ERROR /${base}/part is a partition: its keys belong to the directories in it`,
      'Committed',
    ])
  })

  test('that are gone are left', async () => {
    const shell = await typist()
    await shell.type('dir create a/b', 'cd a/b')
    expect(await shell.type('dir remove ..', 'pwd')).toEqual([
      'Committed',
      '# the directory that you were in has no longer this path: back in /',
      '/  prefix ""',
    ])
  })

  test('of a transaction are left when it is dropped', async () => {
    const shell = await typist()
    await shell.type('begin', 'dir create a', 'cd a')
    expect(shell.session.prompt).toBe(`fdb /${base}/a*> `)
    await shell.type('rollback')
    expect(shell.session.prompt).toBe(`fdb /${base}> `)
    expect(await shell.type('ls')).toEqual(['# no directories'])
  })

  test('say why not', async () => {
    const shell = await typist()
    await shell.type('dir create a')
    expect(await shell.type('dir create a', 'dir remove b', 'dir move a a/b', 'ls b')).toEqual([
      expect.stringMatching(/^ERROR .*exists/),
      expect.stringMatching(/^ERROR there is no/),
      expect.stringMatching(/^ERROR .*in itself/),
      expect.stringMatching(/^ERROR there is no/),
    ])
    expect(await shell.type('dir remove /')).toEqual(["ERROR the root directory can't be removed"])
  })
})
