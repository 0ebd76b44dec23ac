/** The linter's step finds what is planted into a small tree: circles, imports upwards, rooms that nobody named. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '..', '..')
let tree: string
beforeEach(() => {
  tree = mkdtempSync(join(tmpdir(), 'fdbkit-rooms-'))
})
afterEach(() => rmSync(tree, { recursive: true, force: true }))

function plant(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(tree, dirname(name)), { recursive: true })
    writeFileSync(join(tree, name), text)
  }
}

function node(...args: string[]) {
  const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined }
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: tree,
    env,
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

describe('dependencies', () => {
  const program = join(root, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruise.mjs')
  const config = join(root, '.dependency-cruiser.mjs')

  /** Each violation as `rule: from → to`; any file of a circle may be told as its beginning, so the folder stands for it. */
  function violations(): string[] {
    const { status, stdout, stderr } = node(program, 'src', '--config', config)
    const found = [...stdout.matchAll(/error (.+: \S+ → *\S*)$/gm)].map((line) => line[1] ?? '')
    expect(status, stderr).toBe(found.length)
    return found.map((line) => line.trim().replace(/^(circle of files: .*)\/\S+ →$/, '$1')).sort()
  }

  const importing = (...paths: string[]): string =>
    paths.map((path) => `import '${path}'\n`).join('')

  test('downwards, into rooms that come before', () => {
    plant({
      'src/native/generated/a.ts': importing('node:fs'),
      'src/native/library/a.ts': importing('../generated/a.ts', './b.ts'),
      'src/native/library/b.ts': '',
      'src/layers/tuple/a.ts': importing('../../native/library/a.ts'),
      'src/client/keys/a.ts': importing('../../layers/tuple/a.ts'),
      'src/recipes/ground/a.ts': importing('../../client/keys/a.ts'),
      'src/recipes/leases/a.ts': importing('../ground/a.ts'),
      'src/recipes/index.ts': importing('./leases/a.ts'),
    })
    expect(violations()).toEqual([])
  })

  test('every other direction is a violation of the rule that forbids it', () => {
    plant({
      'src/native/values/one.ts': importing('./other.ts'),
      'src/native/values/other.ts': importing('./one.ts'),
      'src/native/errors/of-types.ts': "import type { A } from './types.ts'\nexport type B = A\n",
      'src/native/errors/types.ts': "import type { B } from './of-types.ts'\nexport type A = B\n",
      'src/native/library/upwards.ts': importing('../../task/core/a.ts'),
      'src/task/core/a.ts': '',
      'src/client/keys/later-room.ts': importing('../run/a.ts'),
      'src/client/run/a.ts': '',
      'src/recipes/leases/aside.ts': importing('../queues/a.ts'),
      'src/recipes/queues/a.ts': '',
      'src/simulation/author/there.ts': importing('../world/a.ts'),
      'src/simulation/world/a.ts': '',
      'src/simulation/world/back.ts': importing('../author/a.ts'),
      'src/simulation/author/a.ts': '',
      'src/layers/tuple/above-native.ts': importing('../../future/wakers/a.ts'),
      'src/future/wakers/a.ts': '',
      'src/cli/out.ts': importing('../../test/a.ts'),
      'test/a.ts': '',
    })
    expect(violations()).toEqual([
      'circle of files: src/native/errors',
      'circle of files: src/native/values',
      'circle of rooms: src/simulation/author →',
      'circle of rooms: src/simulation/world →',
      'layer layers/tuple: src/layers/tuple/above-native.ts → src/future/wakers/a.ts',
      'layer native: src/native/library/upwards.ts → src/task/core/a.ts',
      'out of src: src/cli/out.ts → test/a.ts',
      'room client/keys: src/client/keys/later-room.ts → src/client/run/a.ts',
      'room recipes/leases: src/recipes/leases/aside.ts → src/recipes/queues/a.ts',
      'room simulation/author: src/simulation/author/there.ts → src/simulation/world/a.ts',
    ])
  })
})

describe('folders', () => {
  const script = join(root, 'scripts', 'check-folders.mjs')

  test('a folder that no table names, and a file beside the layers', () => {
    plant({
      'src/native/cellar/a.ts': '',
      'src/attic/a.ts': '',
      'src/index.ts': '',
      'src/b.ts': '',
    })
    const { status, stderr } = node(script)
    expect(status).toBe(1)
    expect(stderr.match(/^.*no table of .*$/gm)).toEqual([
      'src/attic: no table of .dependency-cruiser.mjs names it',
      'src/b.ts: no table of .dependency-cruiser.mjs names it',
      'src/native/cellar: no table of .dependency-cruiser.mjs names it',
    ])
  })

  test('a room that is too full, and a name without a room', () => {
    const files = (folder: string, count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`${folder}/${i}.ts`, '']))
    plant({ ...files('src/native/values', 16), ...files('src/native/errors', 15) })
    const { status, stderr } = node(script)
    expect(status).toBe(1)
    expect(stderr.match(/^.*side by side.*$/gm)).toEqual([
      'src/native/values: 16 files side by side, 15 at most',
    ])
    expect(stderr).toContain('src/native/library: it is in a table, and is not there\n')
  })
})
