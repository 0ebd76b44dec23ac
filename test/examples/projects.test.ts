// Each project of examples passes its own tests, with the package as it is published. What a checked test prints when it fails
// or leaks is looked at with the three set-ups.
import { chmodSync, existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { packageRoot } from '../../src/native/library/engine-path.ts'
import { environmentOf, installed, run } from './packed-package.ts'

const examples = join(packageRoot(), 'examples')

function projectsBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (!entry.isDirectory() || entry.name === 'node_modules') return []
    if (existsSync(join(path, 'package.json'))) return [relative(examples, path)]
    return projectsBelow(path)
  })
}

const projects = projectsBelow(examples)

let folder: string
beforeAll(() => {
  folder = installed()
  chmodSync(join(folder, 'node_modules', 'fdbkit', 'dist', 'cli', 'main.js'), 0o755)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Runs the `test` of the project's package.json. */
function testProject(project: string, env: NodeJS.ProcessEnv = {}) {
  const place = join(folder, 'examples', project)
  const manifest = JSON.parse(readFileSync(join(place, 'package.json'), 'utf8')) as {
    scripts: { test: string }
  }
  // npm looks for a runner below the project; here it is installed once, above all of them.
  const script = manifest.scripts.test.replace('node_modules/jest', '../../../node_modules/jest')
  return run(place, 'sh', ['-c', script], { ...environmentOf(folder), ...env })
}

describe('the projects', () => {
  test('are those that the README names', () => {
    const readme = readFileSync(join(examples, 'README.md'), 'utf8')
    const named = [...readme.matchAll(/^\| `([^`]*)\/` \|/gm)].map(([, name]) => name)
    expect(named.sort()).toEqual([...projects].sort())
  })

  test.each(projects)('%s passes its tests', (project) => {
    const { status, output } = testProject(project)
    expect(status, output).toBe(0)
    expect(output).not.toMatch(/left behind/)
  })
})

describe('a test that fails under faults, and one that leaks', () => {
  const SETUPS = {
    'testing/vitest': { file: 'test/broken.test.ts', imports: "import { test } from 'vitest'" },
    'testing/jest': {
      file: 'test/broken.test.ts',
      imports: "import { test } from '@jest/globals'",
    },
    'testing/node-test': {
      file: 'broken.test.js',
      imports: [
        "import { afterEach, beforeEach, test } from 'node:test'",
        "import { checkEachTest } from 'fdbkit/testing'",
        'checkEachTest({ beforeEach, afterEach })',
      ].join('\n'),
    },
  }

  test.each(Object.entries(SETUPS))('in %s say seed and place', (project, { file, imports }) => {
    const path = join(folder, 'examples', project, file)
    writeFileSync(
      path,
      `${imports}
import { testDatabase } from 'fdbkit/testing'
test('passes', () => testDatabase({ faults: 'tooOld', seed: 1 }).close())
test('fails', () => {
  testDatabase({ faults: 'conflicts' }).close()
  throw new Error('on purpose')
})
test('leaks', () => void testDatabase())
`,
    )
    try {
      const { status, output } = testProject(project, { FDBKIT_TEST_SEED: '77' })
      expect(status, output).not.toBe(0)
      expect(output.match(/fdbkit: faults .*/g), output).toEqual([
        'fdbkit: faults conflicts of seed 77; FDBKIT_TEST_SEED=77 repeats them',
      ])
      expect(output).toMatch(/the test left behind 1 handle[^]*broken\.test/)
    } finally {
      rmSync(path)
    }
  })
})
