// node scripts/fuzz.mjs TARGET [--runs N] [--seed S]: native-callbacks/test/fuzz/TARGET.cc with libFuzzer, AddressSanitizer and
// UndefinedBehaviorSanitizer. What it finds on the way is kept in build/fuzz/corpus, which it begins with beside that in the
// repository; an input that fails is written to build/fuzz/findings.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { fuzzFlavor } from './lib/build-flavors.mjs'
import { SetupError } from './lib/compiler.mjs'
import { logToStderr, withClearErrors } from './lib/log.mjs'
import { buildExecutable } from './lib/native-build.mjs'
import { fuzzTarget } from './lib/native-targets.mjs'
import { root } from './lib/paths.mjs'

const folder = join(root, 'native-callbacks', 'test', 'fuzz')
/** Seconds. */
const HANGS = 60
const LONGEST_INPUT = 4096

await withClearErrors(async () => {
  const { values, positionals } = parseArgs({
    options: {
      runs: { type: 'string', default: '1000000' },
      seed: { type: 'string', default: '1' },
    },
    allowPositionals: true,
  })
  const [name = ''] = positionals
  if (!/^\w+$/.test(name) || !existsSync(join(folder, `${name}.cc`))) {
    const names = readdirSync(folder).filter((file) => file.endsWith('.cc'))
    throw new SetupError(`TARGET is one of ${names.map((file) => file.slice(0, -3)).join(', ')}`)
  }
  const flavor = fuzzFlavor()
  await buildExecutable(flavor, fuzzTarget(name), logToStderr)
  const kept = join(flavor.output, 'corpus', name)
  const findings = join(flavor.output, 'findings', '/')
  for (const made of [kept, findings]) mkdirSync(made, { recursive: true })
  const flags = {
    runs: values.runs,
    seed: values.seed,
    timeout: HANGS,
    max_len: LONGEST_INPUT,
    // What is given back on the engine's thread may be alive when a run ends: the sanitizers' tests look for leaks.
    detect_leaks: 0,
    artifact_prefix: findings,
    print_final_stats: 1,
  }
  const args = Object.entries(flags).map(([flag, value]) => `-${flag}=${value}`)
  const program = join(flavor.output, fuzzTarget(name).output)
  const { status } = spawnSync(program, [...args, kept, join(folder, 'corpus', name)], {
    cwd: root,
    stdio: 'inherit',
  })
  process.exitCode = status ?? 1
})
