/** Runs whole programs against the built package: as modules, as scripts, and in worker threads. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packageRoot } from '../../../src/native/library/engine-path.ts'
import { backend } from '../backends.ts'
import { HANG_LIMIT } from '../hang-limit.ts'

/** How a program ended. */
export interface Ended {
  /** The exit code, or the signal that ended it: one that hangs is ended by SIGKILL. */
  readonly code: number | string
  readonly stdout: string
  readonly stderr: string
}

/** `module`: ES module; `script`: CommonJS with an async main; `worker`: an ES module in a worker thread. */
export type Form = 'module' | 'script' | 'worker'
export const FORMS: readonly Form[] = ['module', 'script', 'worker']

/** What hangs is ended after this, before its test is. No test waits for it otherwise. */
const PATIENCE = HANG_LIMIT / 2

const IN_WORKER = `
import { Worker } from 'node:worker_threads'
const worker = new Worker(new URL('./program.mjs', import.meta.url))
worker.on('exit', (code) => { process.exitCode = code })
`

/** The files of a program, the first of which is run. */
function filesOf(form: Form, source: string): [name: string, text: string][] {
  switch (form) {
    case 'module':
      return [['program.mjs', source]]
    case 'script':
      return [['program.cjs', asScript(source)]]
    case 'worker':
      return [
        ['main.mjs', IN_WORKER],
        ['program.mjs', source],
      ]
  }
}

/** Imports become dynamic ones, in an async main that nobody awaits. */
function asScript(source: string): string {
  const body = source.replace(
    /^import (\{[^}]*\}) from ('[^']*')$/gm,
    (_, names: string, from: string) =>
      `const ${names.replaceAll(' as ', ': ')} = await import(${from})`,
  )
  return `async function main() {\n${body}\n}\nmain()\n`
}

/**
 * @param source an ES module that may import `fdbkit`; `open()` opens the backend of the running test.
 * @param beside modules that it may import, by their names.
 */
export async function runProgram(
  source: string,
  form: Form = 'module',
  environment: NodeJS.ProcessEnv = {},
  beside: ReadonlyMap<string, string> = new Map(),
): Promise<Ended> {
  const folder = mkdtempSync(join(tmpdir(), 'fdbkit-program-'))
  try {
    symlinkSync(join(packageRoot(), 'node_modules'), join(folder, 'node_modules'), 'dir')
    const files = filesOf(form, named(source))
    for (const [name, text] of files) writeFileSync(join(folder, name), text)
    for (const [name, text] of beside) writeFileSync(join(folder, name), named(text))
    const [[main = ''] = []] = files
    const env = { ...process.env, ...backend.environment, ...environment }
    return await run(join(folder, main), env)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The package is not installed in itself: its entry points are named by their files. */
function named(source: string): string {
  return source.replace(/'fdbkit(?:\/(\w+))?'/g, (_, part?: string) => {
    const file = part === undefined ? 'index.js' : `${part}/index.js`
    return `'${join(packageRoot(), 'dist', file)}'`
  })
}

function run(file: string, env: NodeJS.ProcessEnv): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [file], { env, timeout: PATIENCE, killSignal: 'SIGKILL' })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (chunk) => (stdout += String(chunk)))
    child.stderr.on('data', (chunk) => (stderr += String(chunk)))
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code: code ?? signal ?? -1, stdout, stderr }))
  })
}
