// Whatever ends `fdbkit sim`, nothing of it stays behind: no simulator, no workload, and in the end no folder.
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { packageRoot } from '../../src/native/library/engine-path.ts'
import { HANG_LIMIT } from '../support/hang-limit.ts'

const FIXTURES = join(import.meta.dirname, 'fixtures')
const folder = mkdtempSync(join(tmpdir(), 'fdbkit-signals-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Started {
  readonly child: ChildProcess
  /** Where it keeps its folders. */
  readonly scratch: string
  readonly closed: Promise<number | string | null>
}

let started = 0

function start(args: readonly string[], scratch = join(folder, String(started++))): Started {
  mkdirSync(scratch, { recursive: true })
  const main = join(packageRoot(), 'dist', 'cli', 'main.js')
  const child = spawn(process.execPath, [main, 'sim', ...args, '--embedded'], {
    env: { ...process.env, TMPDIR: scratch },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const closed = new Promise<number | string | null>((resolve) => {
    child.on('close', (code, signal) => resolve(signal ?? code))
  })
  return { child, scratch, closed }
}

/** Its workload waits for a debugger, and nobody comes. */
async function startWaiting(): Promise<Started> {
  const args = [join(FIXTURES, 'inspected.ts'), '--workload', 'loops', '--inspect', '0']
  const run = start(args)
  let heard = ''
  await new Promise<void>((resolve, reject) => {
    run.child.stderr!.on('data', (text: Buffer) => {
      heard += String(text)
      if (heard.includes('ws://')) resolve()
    })
    void run.closed.then((end) => reject(new Error(`it ended with ${end}: ${heard}`)))
  })
  return run
}

/** The state and the parent of a process; undefined: it is gone, but for whoever waits for it. */
function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return state === 'Z' || state === 'X' ? undefined : Number(parent)
  } catch {
    return undefined
  }
}

function childrenOf(pid: number): number[] {
  const all = readdirSync('/proc')
    .map(Number)
    .filter((id) => id > 0)
  const children = all.filter((id) => parentOf(id) === pid)
  return children.flatMap((child) => [child, ...childrenOf(child)])
}

async function allGone(pids: readonly number[]): Promise<void> {
  while (pids.some((pid) => parentOf(pid) !== undefined)) {
    await new Promise((resolve) => setImmediate(resolve))
  }
}

describe.runIf(process.platform === 'linux')('fdbkit sim', { timeout: HANG_LIMIT }, () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'is ended by %s, with all that it began',
    async (signal) => {
      const { child, scratch, closed } = await startWaiting()
      const children = childrenOf(child.pid!)
      expect(children).toHaveLength(2)
      expect(readdirSync(scratch).length).toBeGreaterThan(0)
      child.kill(signal)
      expect(await closed).toBe(1)
      await allGone(children)
      expect(readdirSync(scratch)).toEqual([])
    },
  )

  it('is ended by SIGKILL, or by a second signal, and the next one takes the folders away', async () => {
    const { child, scratch, closed } = await startWaiting()
    const children = childrenOf(child.pid!)
    expect(children).toHaveLength(2)
    child.kill('SIGKILL')
    expect(await closed).toBe('SIGKILL')
    await allGone(children)
    expect(readdirSync(scratch).length).toBeGreaterThan(0)
    // What is not ours, or of a process that lives, stays.
    const others = ['fdbkit-sim-mine', 'other']
    for (const name of others) mkdirSync(join(scratch, name))
    const next = start(
      [join(FIXTURES, 'inspected.ts'), '--workload', 'breaks', '--seed', '1'],
      scratch,
    )
    expect(await next.closed).toBe(0)
    expect(readdirSync(scratch).sort()).toEqual(others)
  })

  it('leaves the folders of another that runs alone', async () => {
    const running = await startWaiting()
    const before = readdirSync(running.scratch)
    const next = start(
      [join(FIXTURES, 'inspected.ts'), '--workload', 'breaks', '--seed', '1'],
      running.scratch,
    )
    expect(await next.closed).toBe(0)
    expect(readdirSync(running.scratch)).toEqual(before)
    running.child.kill('SIGTERM')
    await running.closed
    expect(readdirSync(running.scratch)).toEqual([])
  })
})
