/** `fdbkit sim package`: what it makes is run as Joshua's agent runs it. The agent itself is in docs/joshua.md. */
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { packageRoot } from '../../../src/native/library/engine-path.ts'
import { HANG_LIMIT } from '../../support/hang-limit.ts'
import {
  inElsewhere,
  inSources,
  namesIn,
  readLine,
  sim,
  startAgent,
  unpack,
  writeSource,
} from './archive.ts'

const FIRST = 0n
const SECOND = 1n
const THIRD = 2n
const joshuaSeed = (test: bigint, seed: bigint): string => String((test << 32n) + seed)

writeSource('package.json', '{ "type": "module" }')
writeSource('data.txt', 'seven')
writeSource('shared/package.json', '{ "name": "@of/shared", "exports": "./entry.mjs" }')
writeSource('shared/entry.mjs', "export { default as inner } from './inner.mjs'")
writeSource('shared/inner.mjs', "export default 'shared'")
writeSource('old.cjs', "exports.old = require('./older.cjs')")
writeSource('older.cjs', "module.exports = 'old'")
// As pnpm lays packages: each sees only those that it depends on.
writeSource('node_modules/.pnpm/a@1/node_modules/a/package.json', manifestOf('a', { b: '1' }))
writeSource('node_modules/.pnpm/a@1/node_modules/a/index.js', "module.exports = require('b')")
writeSource('node_modules/.pnpm/b@1/node_modules/b/package.json', manifestOf('b'))
writeSource('node_modules/.pnpm/b@1/node_modules/b/index.js', "module.exports = { b: 'deep' }")
writeSource('node_modules/.pnpm/c@1/node_modules/c/package.json', manifestOf('c'))
writeSource('node_modules/.pnpm/c@1/node_modules/c/index.js', '')
mkdirSync(inSources('node_modules/@of'))
symlinkSync('.pnpm/a@1/node_modules/a', inSources('node_modules/a'))
symlinkSync('../../b@1/node_modules/b', inSources('node_modules/.pnpm/a@1/node_modules/b'))
symlinkSync('../../shared', inSources('node_modules/@of/shared'))
symlinkSync(packageRoot(), inSources('node_modules/fdbkit'))

writeSource(
  'imports.ts',
  `import { readFileSync } from 'node:fs'
   import { defineWorkload } from 'fdbkit/simulation'
   import packages from 'a'
   import { inner } from '@of/shared'
   import { old } from './old.cjs'
   const data: string = readFileSync(new URL('./data.txt', import.meta.url), 'utf8')
   export default defineWorkload({
     async start(db) {
       await db.set('all', [packages.b, inner, old, data].join(' '))
     },
     check: async (db) => String(await db.get('all')) === 'deep shared old seven',
   })`,
)
writeSource(
  'planted.ts',
  `import { defineWorkload } from 'fdbkit/simulation'
   export default defineWorkload({
     check() {
       throw new Error('planted: <a> & "b"\\nand a second line')
     },
   })`,
)
writeSource(
  'endless.ts',
  `import { defineWorkload } from 'fdbkit/simulation'
   export default defineWorkload({
     start() {
       for (;;);
     },
   })`,
)

function manifestOf(name: string, dependencies = {}): string {
  return JSON.stringify({ name, version: '1.0.0', main: 'index.js', dependencies })
}

const archive = inElsewhere('first.tar.gz')
const FILES = ['imports.ts', 'planted.ts', 'endless.ts', '--include', 'data.txt']

describe.runIf(process.platform === 'linux')(
  'an archive for Joshua',
  { timeout: HANG_LIMIT },
  () => {
    let folder = ''
    const run = (program: string, env: NodeJS.ProcessEnv) => startAgent(folder, program, env).end
    const test = (seed: string, env: NodeJS.ProcessEnv = {}) =>
      run('./joshua_test', { JOSHUA_SEED: seed, ...env })

    beforeAll(async () => {
      const { code, output, errors } = await sim('package', ...FILES, '--joshua', archive, '--node')
      expect(errors).toBe('')
      expect(output).toMatch(/^wrote .*first\.tar\.gz: 3 tests, \d+ files, [\d.]+ MB\n$/)
      expect(code).toBe(0)
      folder = await unpack(archive)
    })

    it('runs a seed with nothing but what is in it, and says so in a line', async () => {
      const { code, output } = await test(joshuaSeed(FIRST, 5n))
      const { Test } = readLine(output)
      expect(Test).toMatchObject({ Ok: '1', TestFile: 'imports.ts', RandomSeed: '5' })
      expect(Test).toMatchObject({ JoshuaSeed: '5', BuggifyEnabled: '1' })
      expect(Test).not.toHaveProperty('FailReason')
      expect(code).toBe(0)
    })

    it('tells a failure with its seed, and the command that shows it again', async () => {
      const seed = joshuaSeed(SECOND, 4_294_967_295n)
      const { code, output } = await test(seed)
      const { Test } = readLine(output)
      expect(Test).toMatchObject({ Ok: '0', TestFile: 'planted.ts', JoshuaSeed: seed })
      expect(Test).toMatchObject({ RandomSeed: '4294967295', FailReason: '1 error events' })
      expect(JSON.stringify(Test['Error'])).toContain('planted: <a> & \\"b\\"')
      expect(code).toBe(1)
      const again = await sim(...String(Test['Command']).split(' ').slice(2))
      expect(again.output).toContain(`FAILED   ${String(Test['RandomUnseed']).padStart(9)}`)
      expect(again.code).toBe(1)
    })

    it("keeps the trace in the agent's folder, and nothing else anywhere", async () => {
      await test(joshuaSeed(SECOND, 7n))
      expect(readdirSync(join(folder, 'tmp'))).toEqual(['trace'])
      expect(readdirSync(join(folder, 'tmp', 'trace', 'seed-7'))).toContain('output.txt')
    })

    it('tells what the agent has ended by its own limit', async () => {
      const seed = joshuaSeed(SECOND, 3n)
      const env = { JOSHUA_SEED: seed, JOSHUA_TIMEOUT: '5400' }
      const { code, output } = await run('./joshua_timeout', env)
      const { Test } = readLine(output)
      expect(Test).toMatchObject({ Ok: '0', TestFile: 'planted.ts', RandomSeed: '3' })
      expect(Test['FailReason']).toBe("not done after 5400 real seconds, which is Joshua's limit")
      expect(Test['Command']).toBe('fdbkit sim planted.ts --seed 3 --embedded')
      expect(code).toBe(1)
    })

    it.each([undefined, '', '-1', '1e3', '7"<&'])('needs a seed: %j is none', async (seed) => {
      const { code, output } = await run('./joshua_test', { JOSHUA_SEED: seed })
      const given = seed === undefined || seed === '' ? 'not set' : seed
      expect(readLine(output).Test['FailReason']).toBe(
        `JOSHUA_SEED must be a whole number, and is ${given}`,
      )
      expect(code).toBe(1)
    })

    it('is the same bytes for the same files', async () => {
      const second = inElsewhere('second.tar.gz')
      await sim('package', ...FILES, '--joshua', second, '--node')
      expect(readFileSync(second).equals(readFileSync(archive))).toBe(true)
    })

    it('is ended by SIGTERM, with a line, and leaves nothing behind', async () => {
      const scratch = join(folder, 'tmp')
      const env = { JOSHUA_SEED: joshuaSeed(THIRD, 9n) }
      // The shell of some machines stays beside what it runs, and takes the signal for itself.
      const { child, end } = startAgent(folder, 'exec ./joshua_test', env)
      const isRunning = (): boolean =>
        readdirSync(scratch).some((name) => existsSync(join(scratch, name, 'test.spec')))
      while (!isRunning() && child.exitCode === null) {
        await new Promise((resolve) => setImmediate(resolve))
      }
      child.kill('SIGTERM')
      const { code, output } = await end
      expect(readLine(output).Test['FailReason']).toBe('ended by a signal')
      expect(code).toBe(1)
      expect(readdirSync(scratch).filter((name) => name.startsWith('fdbkit'))).toEqual([])
    })

    it('has the packages that are imported, and no others', async () => {
      const all = await namesIn(archive)
      expect(all.some((path) => path.endsWith('.pnpm/b@1/node_modules/b/index.js'))).toBe(true)
      expect(all.filter((path) => path.includes('.pnpm/c@1'))).toEqual([])
      expect(all.filter((path) => /dist\/cli\/.*\.d\.ts$/.test(path))).toEqual([])
    })
  },
)

describe.runIf(process.platform === 'linux')(
  'an archive without Node',
  { timeout: HANG_LIMIT },
  () => {
    let folder = ''
    beforeAll(async () => {
      const out = inElsewhere('small.tar.gz')
      const flags = ['--timeout', '3', '--buggify', 'off', '--without', 'Attrition']
      await sim('package', 'endless.ts', '--joshua', out, ...flags)
      folder = await unpack(out)
    })

    const path = (): NodeJS.ProcessEnv => ({
      PATH: join(process.execPath, '..') + ':/usr/bin:/bin',
    })

    it('takes the one on the PATH, and says so where there is none', async () => {
      mkdirSync(inElsewhere('bin'))
      symlinkSync('/usr/bin/dirname', inElsewhere('bin', 'dirname'))
      const env = { JOSHUA_SEED: '1', PATH: inElsewhere('bin') }
      const { code, output } = await startAgent(folder, './joshua_test', env).end
      expect(readLine(output).Test).toMatchObject({
        Ok: '0',
        FailReason: 'there is no node on the PATH: see --node of fdbkit sim package',
      })
      expect(code).toBe(1)
    })

    it('has a limit of its own, and the options that it was made with', async () => {
      const env = { ...path(), JOSHUA_SEED: '9' }
      const { code, output } = await startAgent(folder, './joshua_test', env).end
      expect(readLine(output).Test).toMatchObject({
        FailReason: 'not done after 3 real seconds',
        BuggifyEnabled: '0',
        Command:
          'fdbkit sim endless.ts --seed 9 --embedded --buggify off --without Attrition --timeout 3',
      })
      expect(code).toBe(1)
    })
  },
)

describe.runIf(process.platform === 'linux')('what is refused', { timeout: HANG_LIMIT }, () => {
  const out = inElsewhere('refused.tar.gz')
  const there = inSources('package.json')

  it.each([
    [
      ['imports.ts', '--joshua', inElsewhere('out.zip')],
      /--joshua .*out\.zip does not end in \.tar\.gz/,
    ],
    [
      ['imports.ts', '--joshua', inElsewhere('none/a.tar.gz')],
      /there is no folder .*none to write/,
    ],
    [['imports.ts', '--joshua', archive], /--joshua: there is a file .*first\.tar\.gz already/],
    [['imports.ts'], /required option '--joshua <file>' not specified/],
    [['--joshua', out], /missing required argument 'files'/],
    [['gone.ts', '--joshua', out], /there is no file gone\.ts/],
    [['data.txt', '--joshua', out], /data\.txt is neither a module .* nor a \.toml test file/],
    [
      ['imports.ts', '--include', 'gone', '--joshua', out],
      /--include: there is no file or folder gone/,
    ],
    [
      ['imports.ts', 'planted.ts', '--module', there, '--joshua', out],
      /--module is the module of one test/,
    ],
    [['imports.ts', '--without', 'Weather', '--joshua', out], /Weather/],
    [['imports.ts', '--library', there, '--joshua', out], /--library is the client library of an/],
    [
      ['imports.ts', '--interface', 'c', '--joshua', out],
      /--interface is how an --fdbserver loads/,
    ],
  ])('%j', async (args, message) => {
    const { code, errors, output } = await sim('package', ...args)
    expect(errors).toMatch(message)
    expect(output).toBe('')
    expect(code).toBe(2)
    expect(existsSync(out)).toBe(false)
  })

  it('what is no program of a simulator', async () => {
    const { code, errors } = await sim(
      'package',
      'imports.ts',
      '--joshua',
      out,
      '--fdbserver',
      there,
    )
    expect(errors).toMatch(/there is no program .*package\.json/)
    expect(code).toBe(1)
  })
})
