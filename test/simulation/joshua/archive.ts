/** Archives for Joshua as an agent has them: unpacked into an empty folder, far from what they were made of. */
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { extract, list } from 'tar'
import { afterAll, expect } from 'vitest'
import { packageRoot } from '../../../src/native/library/engine-path.ts'
import { HANG_LIMIT } from '../../support/hang-limit.ts'

// Below the repository, so that the workloads find the package as it is built.
const sources = mkdtempSync(join(packageRoot(), 'build', 'joshua-'))
const elsewhere = mkdtempSync(join(tmpdir(), 'fdbkit-joshua-'))
afterAll(() => {
  for (const folder of [sources, elsewhere]) rmSync(folder, { recursive: true, force: true })
})

export const inSources = (...names: string[]): string => join(sources, ...names)
export const inElsewhere = (...names: string[]): string => join(elsewhere, ...names)

export function writeSource(name: string, text: string): void {
  mkdirSync(dirname(inSources(name)), { recursive: true })
  writeFileSync(inSources(name), text)
}

export interface Ended {
  readonly code: number | string
  readonly output: string
  readonly errors: string
}

/** What hangs is ended before its test is. */
const PATIENCE = HANG_LIMIT / 2

function ended(child: ChildProcess): Promise<Ended> {
  return new Promise((resolve, reject) => {
    let output = ''
    let errors = ''
    child.stdout?.on('data', (chunk) => (output += String(chunk)))
    child.stderr?.on('data', (chunk) => (errors += String(chunk)))
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code: code ?? signal ?? -1, output, errors }))
  })
}

/** `fdbkit sim ARGS` in the folder of the sources. */
export function sim(...args: string[]): Promise<Ended> {
  const main = join(packageRoot(), 'dist', 'cli', 'main.js')
  const options = { cwd: sources, timeout: PATIENCE, killSignal: 'SIGKILL' } as const
  return ended(spawn(process.execPath, [main, 'sim', ...args], options))
}

export async function unpack(archive: string): Promise<string> {
  const folder = mkdtempSync(join(elsewhere, 'ensemble-'))
  await extract({ file: archive, cwd: folder })
  mkdirSync(join(folder, 'tmp'))
  return folder
}

export async function namesIn(archive: string): Promise<string[]> {
  const names: string[] = []
  await list({ file: archive, onReadEntry: ({ path }) => names.push(path) })
  return names
}

/** A program of an archive, as the agent starts it, with nothing of this process's environment. */
export function startAgent(
  folder: string,
  program: string,
  env: NodeJS.ProcessEnv,
): { readonly child: ChildProcess; readonly end: Promise<Ended> } {
  const child = spawn(program, {
    ...{ cwd: folder, shell: true, timeout: PATIENCE, killSignal: 'SIGKILL' },
    env: { TMP: join(folder, 'tmp'), ...env },
  })
  return { child, end: ended(child) }
}

export type Element = Readonly<Record<string, unknown>>

/** The attributes of the one line, and its elements by their names. */
export function readLine(output: string): { Test: Element } {
  expect(output.trimEnd().split('\n')).toHaveLength(1)
  expect(XMLValidator.validate(output)).toBe(true)
  const options = { ignoreAttributes: false, attributeNamePrefix: '', parseAttributeValue: false }
  return new XMLParser(options).parse(output) as { Test: Element }
}
