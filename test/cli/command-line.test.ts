import { spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import module from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'

const root = join(import.meta.dirname, '..', '..')

function fdbkit(...args: string[]) {
  return fdbkitIn(process.env, ...args)
}

function fdbkitIn(env: NodeJS.ProcessEnv, ...args: string[]) {
  const main = join(root, 'dist', 'cli', 'main.js')
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    cwd: dirname(root),
    encoding: 'utf8',
    env,
  })
  return { status, stdout, stderr }
}

describe('fdbkit', () => {
  test('--help lists the commands', () => {
    const { status, stdout } = fdbkit('--help')
    expect(status).toBe(0)
    const names = 'doctor shell demo sim trace both-backends engine-path build'
    for (const command of names.split(' ')) {
      expect(stdout).toMatch(new RegExp(`^  ${command} .*\\w`, 'm'))
    }
    // For FoundationDB's own tester alone.
    expect(stdout).not.toContain('stack-tester')
  })

  test('lists the demo only where its data is', () => {
    // A copy of the program elsewhere does not find the packages that only the repository has.
    const copy = mkdtempSync(join(tmpdir(), 'fdbkit-cli-'))
    onTestFinished(() => rmSync(copy, { recursive: true, force: true }))
    cpSync(join(root, 'dist'), join(copy, 'dist'), { recursive: true })
    cpSync(join(root, 'package.json'), join(copy, 'package.json'))
    symlinkSync(join(root, 'build'), join(copy, 'build'))
    mkdirSync(join(copy, 'node_modules'))
    for (const name of ['commander', 'koffi', '@koromix', 'cli-progress']) {
      if (existsSync(join(root, 'node_modules', name))) {
        symlinkSync(join(root, 'node_modules', name), join(copy, 'node_modules', name))
      }
    }
    const main = join(copy, 'dist', 'cli', 'main.js')
    const { stdout } = spawnSync(process.execPath, [main, '--help'], { encoding: 'utf8' })
    expect(stdout).toMatch(/^ {2}shell .*/m)
    expect(stdout).not.toMatch(/^ {2}demo/m)
    const demo = spawnSync(process.execPath, [main, 'demo'], { encoding: 'utf8' })
    expect(demo.stderr).toMatch(/npm install cities\.json/)
  })

  test.each([
    ['help', /^ {2}doctor /m],
    ['help sim', /^Usage: fdbkit sim /],
    ['help sim init', /^Usage: fdbkit sim init /],
    ['trace help view', /^Usage: fdbkit trace view /],
  ])('%s prints help', (line, says) => {
    const { status, stdout, stderr } = fdbkit(...line.split(' '))
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toMatch(says)
  })

  test.each([
    ['help nope', /fdbkit has no command "nope"/],
    ['help sim ini', /sim has no command "ini": did you mean init\?/],
    ['trace help vew', /trace has no command "vew": did you mean view\?/],
    ['help doctor more', /doctor has no command "more"/],
  ])('%s is an error that says so', (line, says) => {
    const { status, stdout, stderr } = fdbkit(...line.split(' '))
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toMatch(says)
  })

  test.each([
    'doctor',
    'shell',
    'demo',
    'sim',
    'trace',
    'trace demo',
    'trace run',
    'trace view',
    'both-backends',
    'engine-path',
    'build',
    'stack-tester',
  ])('%s has --help', (command) => {
    const { status, stdout, stderr } = fdbkit(...command.split(' '), '--help')
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toContain(`Usage: fdbkit ${command}`)
  })

  test('--version is the version of the package', () => {
    expect(fdbkit('--version').stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })

  test.each([
    [[]],
    [['no-such-command']],
    [['--no-such-option']],
    [['engine-path', 'too', 'much']],
    [['demo', '--cluster']],
    [['demo', '--cluster', '/nowhere/fdb.cluster']],
    [['demo', '--cities', 'none']],
    [['demo', '--cities', '0']],
    [['demo', '--timeout', '-1']],
    [['demo', '--prefix', '']],
    [['demo', 'too much']],
    [['demo', '--cluster', tmpdir()]],
    [['shelll']],
    [['shell', 'too much']],
    [['shell', '--cluster', '/nowhere/fdb.cluster']],
    [['shell', '--cluster', '/dev/null']],
    [['shell', '--cluster', 'a', '--embedded']],
    [['shell', '--timeout', 'soon']],
    [['shell', '--exec']],
    [['shell', '--embedded', '--exec', 'gte a']],
    [['stack-tester']],
    [['stack-tester', 'prefix', '9999']],
    [['trace']],
    [['trace', 'run', '/nowhere/program.mjs']],
    [['trace', 'run', import.meta.filename, '-o', tmpdir()]],
    [['trace', 'run', import.meta.filename, '-o', '/nowhere/trace.jsonl']],
    [['trace', 'view', '/nowhere/trace.jsonl']],
    [['both-backends']],
    [['engine-path', '--verbose']],
  ])('%j is a usage error', (args) => {
    const { status, stdout, stderr } = fdbkit(...args)
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).not.toBe('')
    expect(stderr).not.toContain('    at ')
  })

  test('engine-path prints the folder and nothing else', () => {
    const { status, stdout, stderr } = fdbkit('engine-path')
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toBe(`${join(root, 'build', 'engine')}\n`)
  })

  test('keeps what it has compiled where Node can, and works where it can not', () => {
    const folder = mkdtempSync(join(tmpdir(), 'fdbkit-compiled-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const kept = join(folder, 'node-compile-cache')
    // A file in its place, so that nothing can be kept; then nothing is in the way.
    for (const inTheWay of [true, false]) {
      if (inTheWay) writeFileSync(kept, '')
      else rmSync(kept)
      const { status, stderr } = fdbkitIn({ ...process.env, TMPDIR: folder }, 'engine-path')
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    }
    expect(existsSync(kept)).toBe('enableCompileCache' in module)
  })

  test('is quiet when nobody reads on', () => {
    const main = join(root, 'dist', 'cli', 'main.js')
    const exec = 'help options; '.repeat(500)
    const line = `"${process.execPath}" "${main}" shell --embedded --exec '${exec}' | head -1`
    const { stdout, stderr } = spawnSync('/bin/sh', ['-c', line], { encoding: 'utf8' })
    expect(stdout).toBe('Transaction options, and what their value is:\n')
    expect(stderr).toBe('')
  })

  test('says what an error of the database says, without a stack', () => {
    // The engine is a client library too, and is there on every machine.
    const library = join(root, 'build', 'engine', 'libfdb_c.so')
    const { status, stdout, stderr } = fdbkitIn(
      { ...process.env, FDBKIT_LIBRARY: library },
      'stack-tester',
      'prefix',
      '740',
      '/nowhere/fdb.cluster',
    )
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toMatch(/^error: .+\n$/)
  })
})

describe('fdbkit shell', () => {
  const shell = (input: string, ...args: string[]) => {
    const main = join(root, 'dist', 'cli', 'main.js')
    const { status, stdout, stderr } = spawnSync(process.execPath, [main, 'shell', ...args], {
      input,
      encoding: 'utf8',
      env: { ...process.env, FORCE_COLOR: '1' },
    })
    return { status, stdout, stderr }
  }

  test('carries out --exec', () => {
    const { status, stdout, stderr } = shell('', '--embedded', '--exec', 'set ("a", 1) x; getrange')
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toMatch(/^Committed \(\d+\)\n\("a", 1\) is "x"\n$/)
  })

  test('carries out what comes through a pipe', () => {
    const { status, stdout, stderr } = shell('set a 1\nget a', '--embedded')
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toMatch(/^Committed \(\d+\)\n"a" is "1"\n$/)
  })

  test('fails when a command does', () => {
    const { status, stdout, stderr } = shell('', '--embedded', '--exec', 'commit')
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toBe('ERROR: there is no transaction: `begin` opens one\n')
  })

  test('says where it looked for a cluster file', () => {
    const main = join(root, 'dist', 'cli', 'main.js')
    const env = { ...process.env, FDB_CLUSTER_FILE: '/nowhere/fdb.cluster', FDBKIT_ENGINE: '' }
    const run = spawnSync(process.execPath, [main, 'shell'], { encoding: 'utf8', env })
    expect(run.status).toBe(2)
    expect(run.stderr).toContain('/nowhere/fdb.cluster')
    expect(run.stderr).toContain('--embedded')
  })
})
