// The package as it is published, installed in a folder of its own: its packed files, what is built, and beside it the
// packages of this repository in place of a download.
import { spawnSync } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { packageRoot } from '../../src/native/library/engine-path.ts'

const root = packageRoot()

export interface Ended {
  readonly status: number | null
  /** Both streams. */
  readonly output: string
}

export function run(
  cwd: string,
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Ended {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, env, encoding: 'utf8' })
  return { status, output: `${stdout}${stderr}${error ?? ''}` }
}

function done(cwd: string, command: string, ...args: string[]): string {
  const { status, output } = run(cwd, command, args)
  expect(status, output).toBe(0)
  return output
}

/** A folder with `node_modules` and the examples. Remove it at the end. */
export function installed(): string {
  const folder = mkdtempSync(join(tmpdir(), 'fdbkit-examples-'))
  const modules = join(folder, 'node_modules')
  mkdirSync(modules)
  for (const name of readdirSync(join(root, 'node_modules'))) {
    if (name !== '.package-lock.json' && name !== 'fdbkit') {
      symlinkSync(join(root, 'node_modules', name), join(modules, name))
    }
  }
  done(root, 'npm', 'pack', '--ignore-scripts', '--silent', '--pack-destination', folder)
  const [tarball = ''] = readdirSync(folder).filter((name) => name.endsWith('.tgz'))
  done(folder, 'tar', '-xzf', tarball)
  renameSync(join(folder, 'package'), join(modules, 'fdbkit'))
  // What `fdbkit build` makes there.
  symlinkSync(join(root, 'build'), join(modules, 'fdbkit', 'build'))
  cpSync(join(root, 'examples'), join(folder, 'examples'), { recursive: true })
  return folder
}

/** The environment of a project of its own: nothing of the runner that this is, nor of its seeds. */
export function environmentOf(folder: string): NodeJS.ProcessEnv {
  const { PATH = '', HOME, TMPDIR } = process.env
  const bin = join(folder, 'bin')
  mkdirSync(bin, { recursive: true })
  rmSync(join(bin, 'fdbkit'), { force: true })
  symlinkSync(join(folder, 'node_modules', 'fdbkit', 'dist', 'cli', 'main.js'), join(bin, 'fdbkit'))
  const all = [bin, join(folder, 'node_modules', '.bin'), PATH].join(':')
  return { PATH: all, HOME, TMPDIR, NO_COLOR: '1', CI: 'true' }
}
