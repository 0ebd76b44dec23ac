/** Runs a module in a process of its own, on the built package. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { packageRoot } from '../../src/native/library/engine-path.ts'
import { HANG_LIMIT } from '../support/hang-limit.ts'

export const dist = join(packageRoot(), 'dist')

export interface Outcome {
  /** The exit code, or the signal that ended it. */
  readonly code: number | string
  readonly stdout: string
  readonly stderr: string
}

/** A process that hangs is ended, and its code is then the signal. */
export function runModule(source: string): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', source], {
      timeout: HANG_LIMIT,
      killSignal: 'SIGKILL',
    })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (chunk) => (stdout += String(chunk)))
    child.stderr.on('data', (chunk) => (stderr += String(chunk)))
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code: code ?? signal ?? -1, stdout, stderr }))
  })
}
