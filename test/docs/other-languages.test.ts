// The C program of docs/other-languages.md, built and run as the page says.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { engineFolder, packageRoot } from '../../src/native/library/engine-path.ts'

function run(cwd: string, command: string, ...args: string[]): string {
  const loader = process.platform === 'darwin' ? 'DYLD_LIBRARY_PATH' : 'LD_LIBRARY_PATH'
  // No cluster file of the machine: the page says what is opened then.
  const { FDB_CLUSTER_FILE: _, ...rest } = process.env
  const env = { ...rest, [loader]: engineFolder() }
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, env, encoding: 'utf8' })
  expect(status, `${error ?? ''}${stdout}${stderr}`).toBe(0)
  return stdout
}

test('the program in C is built, and runs on the engine', () => {
  const page = readFileSync(join(packageRoot(), 'docs', 'other-languages.md'), 'utf8')
  const [, program = ''] = /```c\n([^]*?)```/.exec(page) ?? []
  const folder = mkdtempSync(join(tmpdir(), 'fdbkit-in-c-'))
  try {
    writeFileSync(join(folder, 'hello.c'), program)
    const include = join(packageRoot(), 'native-callbacks', 'include')
    const libraries = ['-L', engineFolder(), '-lfdb_c', '-lpthread']
    const strict = ['-Wall', '-Wextra', '-Werror']
    run(
      folder,
      process.env['CC'] ?? 'cc',
      'hello.c',
      ...strict,
      '-I',
      include,
      ...libraries,
      '-o',
      'hello',
    )
    expect(run(folder, './hello')).toBe('world\n')
  } finally {
    rmSync(folder, { recursive: true })
  }
})
