// The check of the native parts' includes: what it refuses, in a small tree of its own.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '..', '..')
const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

function check(args: string[] = []) {
  const script = join('scripts', 'check-includes.mjs')
  const { status, stderr } = spawnSync(process.execPath, [script, ...args], {
    cwd: root,
    encoding: 'utf8',
  })
  return { status, stderr }
}

/** Checks a tree of these files: each with what it includes. */
function checkTree(files: Record<string, string[]>) {
  const folder = mkdtempSync(join(tmpdir(), 'fdbkit-includes-'))
  folders.push(folder)
  for (const [file, includes] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    const lines = includes.map((name) => `#include "${name}"\n`)
    writeFileSync(join(folder, file), `#pragma once\n#include <string>\n${lines.join('')}`)
  }
  return check([folder])
}

const sound = {
  'include/fdb_c.h': [],
  'engine/ground/errors.h': [],
  'engine/cluster/cluster.h': ['engine/ground/errors.h', 'fdb_c.h'],
  'engine/cluster/cluster.cc': ['engine/cluster/cluster.h'],
  'ring/client/api.h': [],
  'plugin/bridge.cc': ['ring/client/api.h'],
}

describe('the check of includes', () => {
  test('passes the tree of this repository', () => {
    expect(check()).toEqual({ status: 0, stderr: '' })
  })

  test('passes includes downwards, of the same room, and of a part that may be used', () => {
    expect(checkTree(sound)).toEqual({ status: 0, stderr: '' })
  })

  test.each([
    [
      'an include upwards',
      { 'engine/ground/loop.h': ['engine/cluster/cluster.h'] },
      /engine\/ground\/loop\.h: ground is below cluster, it may not include engine\/cluster\/cluster\.h/,
    ],
    [
      'an include upwards from a source',
      { 'engine/ground/loop.cc': ['engine/cluster/cluster.h'] },
      /engine\/ground\/loop\.cc: ground is below cluster/,
    ],
    [
      'a part that may not be used',
      { 'ring/client/api.h': ['engine/ground/errors.h'] },
      /ring\/client\/api\.h: ring may not include engine\/ground\/errors\.h/,
    ],
    [
      'a circle of headers in one room',
      {
        'engine/cluster/a.h': ['engine/cluster/b.h'],
        'engine/cluster/b.h': ['engine/cluster/c.h'],
        'engine/cluster/c.h': ['engine/cluster/a.h'],
      },
      /in a circle: engine\/cluster\/a > engine\/cluster\/b > engine\/cluster\/c > engine\/cluster\/a\n/,
    ],
    [
      'a circle that a source closes',
      {
        'engine/cluster/a.h': ['engine/cluster/b.h'],
        'engine/cluster/b.h': [],
        'engine/cluster/b.cc': ['engine/cluster/b.h', 'engine/cluster/a.h'],
      },
      /in a circle: engine\/cluster\/a > engine\/cluster\/b > engine\/cluster\/a\n/,
    ],
    [
      'a file that is not there',
      { 'engine/cluster/a.h': ['errors.h'] },
      /engine\/cluster\/a\.h: "errors\.h" is no file/,
    ],
    [
      'a room that is not known',
      { 'engine/attic/a.h': [] },
      /engine\/attic\/a\.h: this room is not/,
    ],
    [
      'more than 15 files side by side',
      Object.fromEntries(Array.from({ length: 14 }, (_, i) => [`engine/cluster/more${i}.h`, []])),
      /engine\/cluster: 16 files side by side, at most 15/,
    ],
  ])('refuses %s', (_, files, message) => {
    const { status, stderr } = checkTree({ ...sound, ...files })
    expect(stderr).toMatch(message)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
    expect(status).toBe(1)
  })
})
