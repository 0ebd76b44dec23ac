// Which sources of the core changed.
import { spawnSync } from 'node:child_process'
import { root } from '../lib/paths.mjs'

/** Paths of the TypeScript files below src that differ from `base`; undefined when git knows no such commit. */
export function changedSince(base) {
  const args = ['diff', '--name-only', '--diff-filter=d', base, '--', 'src/**/*.ts']
  const { status, stdout } = spawnSync('git', args, { cwd: root, encoding: 'utf8' })
  return status === 0 ? stdout.split('\n').filter((line) => line !== '') : undefined
}
