/** What `fdbkit sim` makes of a server: its interface, the library that answers it, and the test file that it gets. */
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { CommandError } from '../../../src/cli/ground/errors.ts'
import { runSeed } from '../../../src/cli/sim/run/run-seed.ts'
import { describeServer, type WorkloadInterface } from '../../../src/cli/sim/run/server.ts'
import { standardLibrariesOf } from '../../../src/cli/sim/run/standard-library.ts'
import { libcxxPluginPath, pluginPath } from '../../../src/native/library/engine-path.ts'

const root = join(import.meta.dirname, '../../..')
const folder = mkdtempSync(join(tmpdir(), 'fdbkit-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const onLinux = it.skipIf(process.platform !== 'linux')

const LIBCXX = 'NSt3__112basic_stringIcEE'
const LIBSTDCXX = 'NSt7__cxx1112basic_stringIcEE'

function fileOf(name: string, bytes: string | Buffer): string {
  const path = join(folder, name)
  writeFileSync(path, bytes)
  return path
}

/** A server that writes down what it was given, and passes. */
function standIn(version: string, marker: string): string {
  const path = fileOf(
    `fdbserver-${version}`,
    `#!/bin/sh
# ${marker}
[ "$1" = --version ] && echo "FoundationDB 7 (v${version})" && exit
cp test.toml "$OUT/test.toml"
readlink libfdbkit_workload.so > "$OUT/library"
echo "$FDBKIT_SIM_SERVER" > "$OUT/version"
echo "1 tests passed; 0 tests failed."
echo "Unseed: 1"
`,
  )
  chmodSync(path, 0o755)
  return path
}

describe('the C++ library of a program', () => {
  it('is known by the names of types, wherever they are', () => {
    const chunk = 4 << 20
    for (const at of [0, 1, chunk - 1, chunk - 5, chunk, 2 * chunk - 20, 2 * chunk - 3]) {
      for (const [name, library] of [
        [LIBCXX, 'libc++'],
        [LIBSTDCXX, 'libstdc++'],
      ] as const) {
        const bytes = Buffer.alloc(2 * chunk + 100)
        bytes.write(name, at, 'latin1')
        expect([at, standardLibrariesOf(fileOf('program', bytes))]).toEqual([at, [library]])
      }
    }
  })

  it('is rather libc++ where both are, and unknown where none is', () => {
    expect(standardLibrariesOf(fileOf('both', `${LIBSTDCXX} ${LIBCXX}`))).toEqual([
      'libc++',
      'libstdc++',
    ])
    expect(standardLibrariesOf(fileOf('none', 'a program in C'))).toEqual([])
    expect(standardLibrariesOf(fileOf('empty', ''))).toEqual([])
  })

  onLinux('is told of what was built here', () => {
    for (const library of ['libstdc++', 'libc++'] as const) {
      const path = join(root, `build/cpp-server/${library}/libfdbkit_cpp_server.so`)
      if (existsSync(path)) expect(standardLibrariesOf(path)).toEqual([library])
    }
  })
})

describe('the interface of a server', () => {
  const libcxx = fileOf('built-with-libcxx', LIBCXX)
  const libstdcxx = fileOf('built-with-libstdcxx', LIBSTDCXX)
  const both = fileOf('built-with-both', `${LIBSTDCXX} ${LIBCXX}`)
  const unknown = fileOf('built-with-something', '')

  it.each<[string, string, WorkloadInterface | undefined, WorkloadInterface, boolean | undefined]>([
    ['7.1.0', libcxx, undefined, 'libc++', undefined],
    ['7.2.9', libstdcxx, undefined, 'libstdc++', undefined],
    ['7.3.79', libcxx, undefined, 'libc++', undefined],
    ['7.3.79', both, undefined, 'libc++', undefined],
    ['7.3.79', both, 'libstdc++', 'libstdc++', undefined],
    ['7.3.79', unknown, 'libc++', 'libc++', undefined],
    ['7.4.0', libcxx, undefined, 'c', true],
    ['7.4.6', unknown, undefined, 'c', true],
    ['7.4.6', libcxx, 'libc++', 'libc++', false],
    ['7.5.0', unknown, undefined, 'c', true],
    ['8.0.1', unknown, 'c', 'c', true],
  ])('of %s at %s, asked for %s, is %s', (version, program, asked, found, useCapi) => {
    expect(describeServer(program, version, asked)).toEqual({
      program,
      version,
      interface: found,
      useCapi,
    })
  })

  it.each<[string, string, WorkloadInterface | undefined, RegExp]>([
    [
      '6.3.24',
      libcxx,
      undefined,
      /is fdbserver 6\.3\.24, whose interface for workloads is not kno/,
    ],
    ['7.0.0', libcxx, 'libc++', /is fdbserver 7\.0\.0, whose interface for workloads is not known/],
    [
      '7.3.79',
      libcxx,
      'c',
      /is fdbserver 7\.3\.79, which has no interface in C: 7\.4 is the first/,
    ],
    ['7.3.79', unknown, undefined, /it does not tell its C\+\+ library: --interface libc\+\+ or/],
    ['7.4.6', libcxx, 'libstdc++', /which was built with libc\+\+: by --interface libstdc\+\+ it/],
    ['7.1.0', libstdcxx, 'libc++', /which was built with libstdc\+\+: by --interface libc\+\+ it/],
    ['7.5.0', libcxx, 'libc++', /is fdbserver 7\.5\.0, whose interface in C\+\+ is not known/],
  ])('of %s at %s, asked for %s, is refused in one line', (version, program, asked, line) => {
    const ask = (): unknown => describeServer(program, version, asked)
    expect(ask).toThrow(CommandError)
    expect(ask).toThrow(line)
    expect(ask).not.toThrow(/\n/)
  })
})

describe('what a server gets', () => {
  const module = join(import.meta.dirname, '../fixtures/twin.ts')
  const text = readFileSync(join(root, 'workloads/atomic.toml'), 'utf8')

  onLinux.each<[string, string, string | undefined, string, RegExp]>([
    ['7.3.79', LIBSTDCXX, undefined, pluginPath(), /^(?![^]*useCAPI)[^]*libraryName = "fdbkit_w/],
    ['7.1.2', LIBSTDCXX, undefined, pluginPath(), /^(?![^]*useCAPI)/],
    ['7.4.5', LIBSTDCXX, 'libstdc++', pluginPath(), /useCAPI = false/],
    ['7.4.6', LIBCXX, undefined, pluginPath(), /useCAPI = true/],
    ['7.3.78', LIBCXX, undefined, libcxxPluginPath(), /^(?![^]*useCAPI)/],
  ])('of %s with %s, asked for %s, is %s and its test file', async (...row) => {
    const [version, marker, asked, library, test] = row
    if (!existsSync(library)) {
      console.error(`fdbkit: ${library} is not built, so no server gets it`)
      return
    }
    const result = await runSeed({
      ...{ fdbserver: standIn(version, marker), test: { text, module }, seed: 1, buggify: true },
      ...{ timeout: 60, lane: 0, environment: { OUT: folder } },
      interface: asked as WorkloadInterface | undefined,
    })
    expect(result.problem).toBe('')
    expect(readFileSync(join(folder, 'library'), 'utf8').trim()).toBe(library)
    expect(readFileSync(join(folder, 'version'), 'utf8').trim()).toBe(version)
    expect(readFileSync(join(folder, 'test.toml'), 'utf8')).toMatch(test)
  })
})

describe('fdbkit sim', () => {
  function sim(args: readonly string[], environment: object): { status: unknown; errors: string } {
    const { status, stderr } = spawnSync(
      process.execPath,
      [join(root, 'dist/cli/main.js'), 'sim', join(root, 'workloads/noop.toml'), ...args],
      { encoding: 'utf8', env: { ...process.env, OUT: folder, ...environment } },
    )
    return { status, errors: stderr }
  }

  onLinux('starts no server of a version before 7.1, and says why in a line', () => {
    rmSync(join(folder, 'version'), { force: true })
    const { status, errors } = sim(['--fdbserver', standIn('7.0.0', LIBCXX)], {})
    expect(status).toBe(1)
    expect(errors).toMatch(
      /^.*is fdbserver 7\.0\.0, whose interface for workloads is not known.*\n$/,
    )
    expect(existsSync(join(folder, 'version'))).toBe(false)
  })

  onLinux('says what to install where the library for libc++ is not built', () => {
    const parts = join(folder, 'parts')
    mkdirSync(join(parts, 'plugin'), { recursive: true })
    for (const part of ['engine', 'host', 'ring', 'plugin/libfdbkit_workload.so']) {
      symlinkSync(join(root, 'build', part), join(parts, part))
    }
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      version: string
    }
    writeFileSync(join(parts, 'package.json'), JSON.stringify({ name: 'parts', version }))
    const { status, errors } = sim(['--fdbserver', standIn('7.3.79', LIBCXX)], {
      FDBKIT_NATIVE: parts,
    })
    expect(status).toBe(1)
    expect(errors).toMatch(
      /^.*fdbserver 7\.3\.79 was built with libc\+\+, and .*libcxx.* is not built: install clang.*\n$/,
    )
  })

  onLinux('refuses --interface where there is no server, and names that are none', () => {
    const nowhere = { PATH: '', FDBKIT_FDBSERVER: '' }
    expect(sim(['--interface', 'libc++'], nowhere)).toEqual({
      status: 2,
      errors: expect.stringContaining('there is no fdbserver') as string,
    })
    expect(sim(['--interface', 'rust'], nowhere).status).toBe(2)
  })
})
