/** A simulator as a process: what it writes, how it ends, and that it ends. */
import { spawn, type ChildProcess } from 'node:child_process'
import { CommandError } from '../../ground/errors.ts'
import type { Invocation } from './simulator.ts'

const LONGEST_OUTPUT = 1 << 20

export interface RunOptions {
  readonly folder: string
  readonly environment: NodeJS.ProcessEnv
  /** Real seconds; undefined: no limit. */
  readonly timeout: number | undefined
  readonly signal?: AbortSignal | undefined
  readonly onStart?: ((pid: number) => void) | undefined
  readonly onOutput?: ((text: string) => void) | undefined
}

export interface Ended {
  /** The last of what it wrote, to both of its outputs. */
  readonly output: string
  /** Exit code, or the signal that ended it. */
  readonly code: number | string
  readonly timedOut: boolean
  readonly realSeconds: number
}

/** Resolves when the process and all that share its outputs have ended. */
export function runSimulator(invocation: Invocation, options: RunOptions): Promise<Ended> {
  const { program, args } = invocation
  const { folder, environment, onStart } = options
  const began = process.hrtime.bigint()
  return new Promise((resolve, reject) => {
    const simulator = spawn(program, args, { cwd: folder, env: environment, stdio: 'pipe' })
    if (simulator.pid !== undefined) onStart?.(simulator.pid)
    const limits = limit(simulator, options)
    const output = collect(simulator, options.onOutput)
    simulator.on('error', (error) => {
      limits.end()
      reject(new CommandError(`${program} can't be run: ${error.message}`))
    })
    simulator.on('close', (code, signal) => {
      limits.end()
      resolve({
        output: output(),
        code: code ?? signal ?? 'unknown',
        timedOut: limits.timedOut(),
        realSeconds: Number(process.hrtime.bigint() - began) / 1e9,
      })
    })
  })
}

/** Kills the process when its time is up, or when nobody wants it any more. */
function limit(
  simulator: ChildProcess,
  { timeout, signal }: RunOptions,
): { timedOut(): boolean; end(): void } {
  let timedOut = false
  const kill = (): void => void simulator.kill('SIGKILL')
  const isLate = (): void => {
    timedOut = true
    kill()
  }
  const timer = timeout === undefined ? undefined : setTimeout(isLate, timeout * 1000)
  signal?.addEventListener('abort', kill, { once: true })
  if (signal?.aborted === true) kill()
  return {
    timedOut: () => timedOut,
    end: () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', kill)
    },
  }
}

function collect(simulator: ChildProcess, heard: RunOptions['onOutput']): () => string {
  let output = ''
  for (const stream of [simulator.stdout, simulator.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-LONGEST_OUTPUT)
      heard?.(text)
    })
  }
  return () => output
}
