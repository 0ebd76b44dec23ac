// What is said about a missing native part is true: the command is there, and so are the folders that are named.
import { spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '..', '..')
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  files: string[]
  bin: { fdbkit: string }
  scripts: Record<string, string>
}

/** A checkout whose TypeScript is built, and what npm installs; of neither are the native parts built. */
const LAYOUTS: Readonly<Record<string, readonly string[]>> = {
  'a checkout': ['package.json', 'dist', 'scripts'],
  'an installed package': [
    'package.json',
    ...manifest.files.filter((file) => /^(dist|scripts)/.test(file)),
  ],
}

describe.each(Object.entries(LAYOUTS))('without its native parts, %s', (_, files) => {
  let home: string
  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'fdbkit-advice-'))
    for (const file of files) {
      mkdirSync(dirname(join(home, file)), { recursive: true })
      cpSync(join(root, file), join(home, file), { recursive: true })
    }
    symlinkSync(join(root, 'node_modules'), join(home, 'node_modules'))
  })
  afterAll(() => rmSync(home, { recursive: true, force: true }))

  /** What the program says of itself. */
  function output(...args: string[]): string {
    const env = {
      ...process.env,
      LD_LIBRARY_PATH: '',
      FDBKIT_LIBRARY: '',
      FDBKIT_ENGINE: '',
      XDG_CACHE_HOME: home,
    }
    const { stdout, stderr } = spawnSync(process.execPath, args, {
      cwd: home,
      env,
      encoding: 'utf8',
    })
    return stdout + stderr
  }

  const program = join('dist', 'cli', 'main.js')
  const thrown = (call: string): string[] => [
    '--input-type=module',
    '--eval',
    `import * as fdbkit from './dist/index.js'; try { ${call} } catch (e) { console.log(e.message) }`,
  ]

  test.each([
    ['openEmbedded', thrown('fdbkit.openEmbedded()')],
    ['networkInfo', thrown('fdbkit.networkInfo()')],
    ['doctor', [program, 'doctor', '--engine']],
    ['engine-path', [program, 'engine-path']],
  ])('%s advises a command that is there', (_name, args) => {
    const said = output(...args)
    const commands = [...said.matchAll(/`(np[mx] [^`]+)`/g)].map((match) => match[1]!)
    expect(commands.length, said).toBeGreaterThan(0)
    for (const command of commands) {
      if (!command.startsWith('npm install @fdbkit/')) expectCommand(command)
    }
  })

  test('open says where the engine lies only when it lies there', () => {
    const none = 'process.env.FDBKIT_LIBRARY = "/nowhere/libfdb_c.so"; fdbkit.open()'
    for (const said of [output(...thrown(none)), output(...thrown('fdbkit.open()'))]) {
      const named = /it lies in (\S+)\)/.exec(said)
      if (named !== null) expect(existsSync(named[1]!), said).toBe(true)
    }
  })

  function expectCommand(command: string): void {
    const [, tool, rest = ''] = /^(npm run|npx fdbkit) (.+)$/.exec(command) ?? []
    if (tool === 'npm run') {
      const script = manifest.scripts[rest]
      expect(script, command).toBeDefined()
      const file = script!.split(' ').find((part) => part.endsWith('.mjs'))!
      expect(existsSync(join(home, file)), `${command} runs ${file}`).toBe(true)
    } else {
      expect(tool, command).toBe('npx fdbkit')
      expect(existsSync(join(home, manifest.bin.fdbkit))).toBe(true)
      expect(output(program, '--help')).toMatch(new RegExp(`^ +${rest}\\b`, 'm'))
      expect(existsSync(join(home, 'scripts', 'build-installed.mjs')), command).toBe(true)
    }
  }
})
