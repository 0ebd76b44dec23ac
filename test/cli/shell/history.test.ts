import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { HISTORY_LINES, History, historyFile } from '../../../src/cli/shell/console/history.ts'

const folder = mkdtempSync(join(tmpdir(), 'fdbkit-history-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the history', () => {
  test.each<[NodeJS.ProcessEnv, string | undefined]>([
    [{}, join(homedir(), '.local', 'state', 'fdbkit', 'shell-history')],
    [{ XDG_STATE_HOME: '/state' }, '/state/fdbkit/shell-history'],
    [{ XDG_STATE_HOME: 'relative' }, join(homedir(), '.local', 'state', 'fdbkit', 'shell-history')],
    [{ FDBKIT_HISTORY: '/tmp/h', XDG_STATE_HOME: '/state' }, '/tmp/h'],
    [{ FDBKIT_HISTORY: '' }, undefined],
  ])('of %j is in %s', (env, path) => {
    expect(historyFile(env)).toBe(path)
  })

  test('keeps lines between sessions, the newest first', () => {
    const path = join(folder, 'deep', 'er', 'history')
    const history = new History(path)
    expect(history.read()).toEqual([])
    for (const line of ['get a', '', '  ', ' set secret x', 'get b', 'x'.repeat(10_001)]) {
      history.add(line)
    }
    expect(new History(path).read()).toEqual(['get b', 'get a'])
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  test('of two sessions at one time has the lines of both', () => {
    const path = join(folder, 'both')
    const [one, other] = [new History(path), new History(path)]
    one.add('get a')
    other.add('get b')
    one.add('get c')
    expect(one.read()).toEqual(['get c', 'get b', 'get a'])
  })

  test('is cut when it has grown too long', () => {
    const path = join(folder, 'long')
    const lines = Array.from({ length: 2 * HISTORY_LINES + 1 }, (_, i) => `get ${i}`)
    writeFileSync(path, `${lines.join('\n')}\n`)
    const read = new History(path).read()
    expect(read).toHaveLength(HISTORY_LINES)
    expect(read[0]).toBe(`get ${2 * HISTORY_LINES}`)
    expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(HISTORY_LINES + 1)
    expect(existsSync(`${path}.${process.pid}`)).toBe(false)
    chmodSync(path, 0o600)
  })
})
