// Which lines of the core changed.
import { spawnSync } from 'node:child_process'
import { root } from '../lib/paths.mjs'

const HUNK = /^@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/

/** What a diff without context adds or changes, as Stryker takes it: `src/a.ts:3-5`, lines counted from 1. */
export function rangesOf(diff) {
  const lines = diff.split('\n')
  const ranges = []
  let file
  for (let at = 0; at < lines.length; at++) {
    if (lines[at].startsWith('+++ b/')) file = lines[at].slice('+++ b/'.length)
    const hunk = HUNK.exec(lines[at])
    if (hunk === null) continue
    const [gone = 1, begin, come = 1] = hunk.slice(1).map((text) => text && Number(text))
    if (come > 0) ranges.push(`${file}:${begin}-${begin + come - 1}`)
    // Its own lines may look like heads.
    at += gone + come
  }
  return ranges
}

/** The ranges of lines below src that differ from `base`; undefined when git knows no such commit. */
export function changedSince(base) {
  const plain = ['--unified=0', '--no-color', '--no-ext-diff', '--src-prefix=a/', '--dst-prefix=b/']
  const args = ['diff', ...plain, '--diff-filter=d', base, '--', 'src/**/*.ts']
  const { status, stdout } = spawnSync('git', args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })
  return status === 0 ? rangesOf(stdout) : undefined
}
