import { afterAll, afterEach, describe, expect, onTestFinished, test } from 'vitest'
import type { SessionSettings } from '../../../src/cli/shell/session/session-state.ts'
import { openTestDatabase } from '../../support/database.ts'
import { Typist } from './transcript.ts'

const db = openTestDatabase().getRoot()
const name = `fdbkit-shell-${process.pid}`
afterAll(() => db.close())
afterEach(async () => {
  for (const tenant of await db.tenants.list({ begin: name, end: `${name}~` })) {
    using open = db.tenants.open(tenant.name)
    await open.clearRange('', Buffer.of(0xff))
    await db.tenants.delete(tenant.name)
  }
})

function typist(settings: Partial<SessionSettings> = {}): Typist {
  const made = new Typist(db, settings)
  onTestFinished(async () => void (await made.session.close()))
  return made
}

describe('tenants', () => {
  test('are created, listed and deleted', async () => {
    const shell = typist()
    expect(await shell.type(`tenant create ${name} --group g`)).toEqual([`created "${name}"`])
    const list = await shell.type('tenant list')
    expect(list.find((line) => line.includes(name))).toMatch(/has the id \d+, group "g"$/)
    expect(await shell.type(`tenant delete ${name}`)).toEqual([`deleted "${name}"`])
    expect((await shell.type('tenant list')).join()).not.toContain(name)
  })

  test('have keys, directories and watches of their own', async () => {
    const shell = typist()
    await shell.type(`tenant create ${name}`, `usetenant ${name}`)
    expect(shell.session.prompt).toBe(`fdb tenant "${name}"> `)
    expect(await shell.type('set a 1', 'getrange', 'dir create x', 'ls')).toEqual([
      'Committed',
      '"a" is "1"',
      expect.stringMatching(/^\/x has the prefix/),
      'Committed',
      'x',
    ])
    await shell.type('watch a', 'begin', 'set b 2', 'commit')
    const notice = shell.output.nextNotice()
    {
      using tenant = db.tenants.open(name)
      expect(await tenant.get('b')).toEqual(Buffer.from('2'))
      await tenant.set('a', 'new')
    }
    expect(await notice).toBe('watch 1: "a" changed, and is "new" now')
    const [, inTenant] = await shell.type('status')
    expect(inTenant).toBe(`in the tenant "${name}"`)
    await shell.type('cd x', 'defaulttenant')
    expect(shell.session.prompt).toBe('fdb> ')
    expect(await shell.type(`getrange a ${name}`)).not.toContain('"a" is "new"')
  })

  test('say which one it is', async () => {
    const shell = typist()
    expect(await shell.type('usetenant')).toEqual(['# in no tenant'])
    await shell.type(`tenant create ${name}`)
    expect(await shell.type(`usetenant ${name}`, 'usetenant')).toEqual([`"${name}"`])
  })

  test('that are not there are not gone into', async () => {
    const shell = typist()
    expect(await shell.type(`usetenant ${name}-none`)).toEqual([
      `ERROR there is no tenant "${name}-none": \`tenant list\` lists those that are`,
    ])
    const [error] = await shell.type(`tenant delete ${name}-none`)
    expect(error).toMatch(/tenant_not_found/)
  })

  test('stay the same in a transaction', async () => {
    const shell = typist()
    await shell.type(`tenant create ${name}`, 'begin')
    const refused = 'ERROR a transaction is open: commit or roll it back first'
    for (const line of [`usetenant ${name}`, 'defaulttenant', `tenant delete ${name}`]) {
      expect(await shell.type(line)).toEqual([refused])
    }
  })

  test('are not deleted from inside, nor when writes are off', async () => {
    const shell = typist()
    await shell.type(`tenant create ${name}`, `usetenant ${name}`)
    expect(await shell.type(`tenant delete ${name}`)).toEqual([
      'ERROR you are in this tenant: `defaulttenant` leaves it',
    ])
    expect(await shell.type('writemode off', `tenant create ${name}2`)).toEqual([
      'ERROR this session only reads: `writemode on` lets it write',
    ])
  })
})
