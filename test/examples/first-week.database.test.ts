// The programs of examples/first-week, as whole processes: each says at its end what it prints.
import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { packageRoot } from '../../src/native/library/engine-path.ts'
import { backend } from '../support/backends.ts'
import { openTestDatabase } from '../support/database.ts'
import { HANG_LIMIT } from '../support/hang-limit.ts'

const root = packageRoot()
const folder = join(root, 'examples', 'first-week')
const programs = readdirSync(folder).filter((name) => name.endsWith('.ts'))

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

function run(program: string): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const register = join(root, 'test', 'support', 'typescript', 'register.mjs')
    const child = spawn(process.execPath, ['--import', register, join(folder, program)], {
      env: { ...process.env, ...backend.environment },
      timeout: HANG_LIMIT,
    })
    let [stdout, stderr] = ['', '']
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
}

/** A cluster keeps what the last run wrote; the engine is new in each process. */
async function clear(text: string): Promise<void> {
  if (backend.name === 'engine') return
  const db = openTestDatabase()
  for (const [, prefix = ''] of text.matchAll(/db\.at\('(\w+\/)'/g)) {
    await db.getRoot().clearRangeStartsWith(prefix)
  }
  db.close()
}

describe('the programs of a first week', () => {
  test('are ten', () => expect(programs.length).toBeGreaterThanOrEqual(10))

  test.each(programs)('%s prints what it says', async (program) => {
    const text = readFileSync(join(folder, program), 'utf8')
    const [, said = ''] = text.split('\n// Prints:\n')
    expect(said).not.toBe('')
    await clear(text)
    expect(await run(program)).toEqual({
      code: 0,
      stdout: said.replace(/^\/\/ ?/gm, ''),
      stderr: '',
    })
  })
})
