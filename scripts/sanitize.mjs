// node scripts/sanitize.mjs [address|thread]: the native parts and their tests, compiled with
// AddressSanitizer and UndefinedBehaviorSanitizer, then with ThreadSanitizer, and run.
import { spawnSync } from 'node:child_process'
import { join, relative } from 'node:path'
import { SetupError } from './lib/compiler.mjs'
import { withLock } from './lib/lock.mjs'
import { buildNative } from './lib/native-build.mjs'
import { programName, sanitizers } from './lib/native-targets.mjs'
import { buildFolder, filesBelow, root } from './lib/paths.mjs'
import { logToStderr, withClearErrors } from './lib/log.mjs'

const settings = {
  ASAN_OPTIONS: 'detect_leaks=1:abort_on_error=0:exitcode=99',
  UBSAN_OPTIONS: 'print_stacktrace=1',
  TSAN_OPTIONS: 'halt_on_error=1:exitcode=99:second_deadlock_stack=1',
}

function runPrograms(name, { folder }) {
  const tests = join(root, 'native-callbacks', 'test')
  const sources = filesBelow(tests, ['.c', '.cc'])
  const totals = { passed: 0, failed: 0 }
  for (const source of sources) {
    const program = programName(relative(tests, source))
    const { status, signal, stdout, stderr } = spawnSync(
      join(buildFolder, folder, 'test', program),
      {
        cwd: root,
        env: { ...process.env, FDBKIT_SANITIZER: name, ...settings },
        encoding: 'utf8',
        timeout: 600_000,
      },
    )
    const passed = status === 0
    totals[passed ? 'passed' : 'failed']++
    console.log(`${passed ? 'ok' : 'FAILED'} ${program} (${name})`)
    if (!passed) console.log(`ended with ${signal ?? status}\n${stdout}${stderr}`)
  }
  return totals
}

await withClearErrors(async () => {
  const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(sanitizers)
  let passed = 0
  let failed = 0
  for (const name of names) {
    if (!Object.hasOwn(sanitizers, name)) throw new SetupError(`${name}: address or thread`)
    await withLock(() => buildNative({ groups: ['test'], sanitize: name, log: logToStderr }))
    const totals = runPrograms(name, sanitizers[name])
    passed += totals.passed
    failed += totals.failed
  }
  if (passed + failed === 0) throw new SetupError('there are no native tests to run')
  console.log(`${passed} passed, ${failed} failed, 0 skipped`)
  process.exitCode = failed === 0 ? 0 : 1
})
