/**
 * The embedded simulator by itself: one seed is one simulation, every kind of fault comes, limits and mistakes are
 * told. Where no JavaScript is needed the workload is the native twin, which takes a hundredth of a second a seed.
 */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')
const HOST = join(root, 'build', 'host', 'fdbkit-simulator')
const PLUGIN = join(root, 'build', 'plugin', 'libfdbkit_workload.so')
const TWIN = join(root, 'build', 'twin', 'libfdbkit_workload.so')
const PROBE = join(root, 'build', 'probe', 'libfdbkit_workload.so')
const FAULT_WORKLOADS = ['RandomClogging', 'Rollback', 'Attrition']

interface Run {
  readonly seed?: number
  readonly buggify?: boolean
  readonly args?: readonly string[]
  /** Nothing: a native library, the twin unless another is named. */
  readonly module?: string
  readonly library?: string
  readonly spec: string
  readonly environment?: Readonly<Record<string, string>>
}

interface Ended {
  readonly code: number | null
  readonly output: string
  readonly unseed: string
  /** The trace file, byte by byte, and its events. */
  readonly trace: string
  readonly events: readonly Readonly<Record<string, string>>[]
}

const parse = (line: string) => JSON.parse(line) as Readonly<Record<string, string>>

const folders: string[] = []
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })))

function prepare(run: Run) {
  const { spec, module, library = TWIN, seed = 1, buggify = false, args = [] } = run
  const folder = mkdtempSync(join(tmpdir(), 'fdbkit-host-'.padEnd(13 + (folders.length % 7), 'x')))
  folders.push(folder)
  symlinkSync(module === undefined ? library : PLUGIN, join(folder, 'libfdbkit_workload.so'))
  writeFileSync(join(folder, 'test.spec'), spec)
  const words = ['--spec', 'test.spec', '--seed', String(seed), ...args]
  return { folder, words: [...words, '--buggify', buggify ? 'on' : 'off'] }
}

function start(run: Run): { folder: string; child: ChildProcessWithoutNullStreams } {
  const { folder, words } = prepare(run)
  const env = {
    ...process.env,
    FDBKIT_SIM_MODULE: join(import.meta.dirname, 'fixtures', run.module ?? ''),
    FDBKIT_SIM_NODE: process.execPath,
    ...run.environment,
  }
  return { folder, child: spawn(HOST, words, { cwd: folder, env }) }
}

function simulate(run: Run): Promise<Ended> {
  const { folder, child } = start(run)
  let output = ''
  child.stdout.on('data', (chunk) => (output += chunk))
  child.stderr.on('data', (chunk) => (output += chunk))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => {
      const trace = code === 2 ? '' : readFileSync(join(folder, 'trace.embedded.1.json'), 'utf8')
      const lines = trace.split('\n').filter((line) => line !== '')
      const unseed = /^Unseed: (\d+)$/m.exec(output)?.[1] ?? ''
      resolve({ code, output, unseed, trace, events: lines.map(parse) })
    })
  })
}

function workload(name = 'default', options: readonly string[] = []): string {
  const ours = ['useCAPI\ttrue', 'libraryPath\t.', 'libraryName\tfdbkit_workload']
  const all = [...ours, `workloadName\t${name}`, ...options]
  return ['workload\tExternal', ...all.map((option) => `option\t${option}`), ''].join('\n')
}

const twin = `test\ttwin\n${workload()}`
const twinInStorms = twin + FAULT_WORKLOADS.map((name) => `workload\t${name}\n`).join('')

/** So many seeds, two at a time. */
async function simulateAll(count: number, run: (seed: number) => Promise<Ended>): Promise<Ended[]> {
  const results: Ended[] = []
  let next = 1
  const lane = async (): Promise<void> => {
    while (next <= count) results.push(await run(next++))
  }
  await Promise.all([lane(), lane()])
  return results
}

function count(runs: readonly Ended[], type: string, key: string): Map<string, number> {
  const counts = new Map<string, number>()
  for (const event of runs.flatMap(({ events }) => events)) {
    if (event['Type'] !== type) continue
    const value = event[key] ?? ''
    counts.set(value, (counts.get(value) ?? 0) + 1)
  }
  return counts
}

const ofType = ({ events }: Ended, type: string) => events.filter((event) => event['Type'] === type)

describe.skipIf(process.platform !== 'linux')('the embedded simulator', () => {
  it('does the same twice with one seed, in any folder and environment, and else something else', async () => {
    const unseeds = new Set<string>()
    await simulateAll(150, async (seed) => {
      const once = await simulate({ spec: twinInStorms, seed, buggify: true })
      const environment = {
        ANOTHER: 'x'.repeat(seed),
        HOME: '/',
        LC_ALL: 'tr_TR.UTF-8',
        TZ: 'Asia/Tokyo',
      }
      const again = await simulate({ spec: twinInStorms, seed, buggify: true, environment })
      expect(once.code).toBe(0)
      expect(again.unseed).toBe(once.unseed)
      expect(again.trace).toBe(once.trace)
      unseeds.add(once.unseed)
      return once
    })
    expect(unseeds.size).toBe(150)
  })

  it('brings every kind of fault that the twin can meet, and commits of unknown outcome both ways', async () => {
    const runs = await simulateAll(150, (seed) =>
      simulate({ spec: twin, seed: seed + 1000, buggify: true }),
    )
    const met = [
      'slowMessage',
      'readVersionRefused',
      'readTooOld',
      'readFutureVersion',
      'readBehind',
    ]
    met.push('commitConflict', 'commitTooOld', 'commitRefused', 'commitLost', 'commitAnswerLost')
    expect([...count(runs, 'FdbkitFault', 'Kind').keys()].sort()).toEqual(met.sort())
    expect([...count(runs, 'FdbkitCommitUnknown', 'Applied').keys()].sort()).toEqual(['0', '1'])
    expect([...count(runs, 'AddingFailureInjection', 'Workload').keys()].sort()).toEqual(
      [...FAULT_WORKLOADS].sort(),
    )
    // Calls are carried out at once in some runs, so callbacks fire inside of set_callback there.
    expect([...count(runs, 'ProgramStart', 'ImmediateCalls').keys()].sort()).toEqual(['0', '1'])
    expect(runs.every(({ code }) => code === 0)).toBe(true)
  })

  it.each([
    ['RandomClogging', ['FdbkitClogged']],
    ['Rollback', ['FdbkitRecovery']],
    ['Attrition', ['FdbkitPaused', 'FdbkitRecovery']],
  ])('%s acts without buggify, and nothing else does', async (name, types) => {
    const spec = `${twin}option\tcount\t100\nworkload\t${name}\n`.replace(
      'twin\n',
      'twin\nset\tclientCount\t3\n',
    )
    const options = name === 'Rollback' ? 'option\tmeanDelay\t1\n' : ''
    const runs = await simulateAll(12, (seed) => simulate({ spec: spec + options, seed }))
    const seen = new Set(runs.flatMap(({ events }) => events.map((event) => event['Type'])))
    const ours = [...seen].filter(
      (type) => type?.startsWith('Fdbkit') && type !== 'FdbkitCommitUnknown',
    )
    expect(ours.sort()).toEqual(types)
    expect(runs.every(({ code }) => code === 0)).toBe(true)
  })

  it('is calm without buggify and fault workloads', async () => {
    const runs = await simulateAll(10, (seed) => simulate({ spec: twin, seed }))
    expect(runs.flatMap(({ trace }) => trace.match(/Fdbkit\w+/g) ?? [])).toEqual([])
  })

  it('runs the same workload in TypeScript through the same events as the one in C++', async () => {
    const bare = (ended: Ended): string[] =>
      ended.trace
        .split('\n')
        .filter((line) => !line.includes('RandomUnseed'))
        .map((line) => line.replace(/"WorkloadClient": "\d*", /, ''))
    await simulateAll(10, async (seed) => {
      const native = await simulate({ spec: twinInStorms, seed, buggify: true })
      const node = await simulate({ spec: twinInStorms, seed, buggify: true, module: 'twin.ts' })
      expect(bare(node)).toEqual(bare(native))
      return native
    })
  })

  const probe = (name: string) => `test\tprobe\nset\ttimeout\t500\n${workload(name)}`

  it('calls back inside of set_callback where calls are carried out at once', async () => {
    const runs = await simulateAll(20, (seed) =>
      simulate({ spec: probe('inside'), library: PROBE, seed }),
    )
    for (const run of runs) {
      const atOnce = ofType(run, 'ProgramStart')[0]?.['ImmediateCalls']
      const seen = ofType(run, 'ProbeCallback').map((event) => event['Inside'])
      expect(seen.length).toBeGreaterThan(0)
      expect(new Set(seen)).toEqual(new Set([atOnce]))
    }
    expect([...count(runs, 'ProbeCallback', 'Inside').keys()].sort()).toEqual(['0', '1'])
  })

  it('ends a delay that is cancelled, once', async () => {
    const ended = await simulate({ spec: probe('cancel'), library: PROBE })
    expect(ended.code).toBe(0)
    expect(count([ended], 'ProbeDelay', 'Error').size).toBe(1)
    expect(ofType(ended, 'ProbeDelay')[0]?.['Error']).toBe('1101')
    expect(Number(ofType(ended, 'ProbeDelay')[0]?.['Time'])).toBeLessThan(10)
    expect(ofType(ended, 'Metric')[0]).toMatchObject({ Name: 'Probed', Value: '0.5' })
  })

  it.each([
    ['acts in the name of another process', 'elsewhere', /FdbkitWrongProcess/],
    ['sends a promise twice', 'twice', /PromiseSentTwice/],
    ['never sends its promise', 'silent', /BrokenPromise[^]*Test timed out/],
    ['says that it failed', 'false', /ExternalWorkloadFailure.*start/],
  ])('tells of a library that %s', async (_, name, says) => {
    const ended = await simulate({ spec: probe(name), library: PROBE })
    expect(ended.trace).toMatch(says)
    expect(ended.code).toBe(1)
  })

  it('keeps one library through tests, clients and workloads that come and go', async () => {
    const test = (title: string) => `test\t${title}\nset\tclientCount\t4\n`
    const both = workload('survivor') + workload('readsBeforeWrites')
    const spec = `${test('first')}${both}${test('second')}${workload('findsNothing')}${test('third')}${both}`
    const runs = await simulateAll(6, (seed) =>
      simulate({ spec, seed, buggify: true, module: 'weather.ts' }),
    )
    expect(runs.map(({ code, output }) => (code === 0 ? '' : output)).join('')).toBe('')
    for (const { output } of runs) expect(output).toContain('3 tests passed; 0 tests failed.')
  })

  it.each([
    ['clears the database after a test', '', 'nothing'],
    ['keeps it where the test says so', 'set\tclearAfterTest\tfalse\n', 'by a test'],
  ])('%s', async (_, setting, found) => {
    const test = `test\tone\n${setting}${workload('findsNothing')}`
    const ended = await simulate({ spec: test + test, module: 'weather.ts' })
    expect(ofType(ended, 'Found').map((event) => event['Value'])).toEqual(['nothing', found])
  })

  it('wakes watches late and for nothing', async () => {
    const spec = (name: string) => `test\twatch\nset\tclientCount\t1\n${workload(name)}`
    const spurious = await simulate({
      spec: spec('spuriousWatch'),
      args: ['--fault', 'watchSpurious=1'],
      module: 'weather.ts',
    })
    expect(spurious.output).toContain('1 tests passed')
    expect(ofType(spurious, 'WatchFired').map((event) => event['Value'])).toEqual(['same'])
    const late = await simulateAll(6, (seed) =>
      simulate({
        spec: spec('lateWatch'),
        seed,
        args: ['--fault', 'watchLate=1'],
        module: 'weather.ts',
      }),
    )
    const seconds = late.flatMap((run) =>
      ofType(run, 'WatchHeard').map((event) => Number(event['Seconds'])),
    )
    expect(seconds.length).toBe(6)
    expect(Math.max(...seconds)).toBeGreaterThan(5)
    const quiet = await simulate({ spec: spec('lateWatch'), module: 'weather.ts' })
    expect(ofType(quiet, 'WatchHeard').map((event) => event['Seconds'])).toEqual(['0'])
  })

  it('gives old versions to risky reads only', async () => {
    const spec = (risky: boolean) =>
      `test\trisky\nset\tclientCount\t1\n${workload('riskyRead', [`risky\t${risky}`])}`
    const args = ['--fault', 'staleRiskyRead=1']
    const risky = await simulate({ spec: spec(true), args, module: 'weather.ts' })
    const safe = await simulate({ spec: spec(false), args, module: 'weather.ts' })
    expect(ofType(safe, 'RiskyRead').map((event) => event['Missed'])).toEqual(['0'])
    expect(Number(ofType(risky, 'RiskyRead')[0]?.['Missed'])).toBeGreaterThan(0)
  })

  it('reboots clients that ask for it', async () => {
    const spec = `test\tsurvivor\n${workload('survivor', ['clientReboots\t4'])}`
    const runs = await simulateAll(8, async (seed) => {
      const run = { spec, seed, buggify: true, module: 'weather.ts' }
      const once = await simulate(run)
      expect((await simulate(run)).trace).toBe(once.trace)
      return once
    })
    expect(runs.map(({ code, output }) => (code === 0 ? '' : output)).join('')).toBe('')
    expect(count(runs, 'FdbkitClientReboot', 'WorkloadTitle').get('survivor')).toBeGreaterThan(16)
  })

  it.each([
    [
      'a workload of fdbserver',
      'test\ta\nworkload\tConsistencyCheck\n',
      /TestCreationError.*runs only with fdbserver/,
    ],
    [
      'an option that nobody reads',
      `${twin}option\tunheard\t5\n`,
      /Not all options consumed.*unheard = 5/,
    ],
    [
      'an option of a fault that nobody reads',
      `${twin}workload\tRollback\noption\tscale\t5\n`,
      /scale = 5/,
    ],
    [
      'a fault whose option is no number',
      `${twin}workload\tRollback\noption\tmeanDelay\tlong\n`,
      /meanDelay is a number, not long/,
    ],
    [
      'a library that is not there',
      twin.replace('fdbkit_workload', 'nothing'),
      /ExternalWorkloadLoadError.*libnothing\.so/,
    ],
    [
      'a library of C++ classes',
      twin.replace('useCAPI\ttrue', 'useCAPI\tfalse'),
      /only workloads with useCAPI = true/,
    ],
  ])('fails a test with %s, and goes on with the next', async (_, spec, says) => {
    const ended = await simulate({ spec: spec + twin })
    expect(ended.code).toBe(1)
    expect(ended.trace).toMatch(says)
    expect(ended.output).toContain('1 tests passed; 1 tests failed.')
    expect(ended.unseed).not.toBe('')
  })

  it('ends a test that never does', async () => {
    const endless = `test\tendless\nset\ttimeout\t300\n${workload('endless')}`
    const timed = await simulate({
      spec: endless + twin.replace('twin', 'after'),
      module: 'weather.ts',
    })
    expect(timed.trace).toContain('Test timed out')
    expect(timed.code).toBe(1)
    const limited = await simulate({
      spec: endless,
      args: ['--max-time', '50'],
      module: 'weather.ts',
    })
    expect(limited.trace).toMatch(/FdbkitGaveUp.*virtual time limit.*after 50 simulated seconds/)
    expect(limited.output).toContain('0 tests passed; 1 tests failed.')
    const counted = await simulate({
      spec: endless + endless,
      args: ['--max-events', '20'],
      module: 'weather.ts',
    })
    expect(counted.trace).toMatch(/FdbkitGaveUp.*event limit/)
    expect(counted.output).toContain('0 tests passed; 2 tests failed.')
  })

  it.each([
    [['--seed', 'many'], '--seed is a whole number, not "many"'],
    [['--buggify', 'maybe'], '--buggify is on or off, not "maybe"'],
    [['--fault', 'rain=0.5'], 'NAME one of slowMessage'],
    [['--fault', 'commitLost=2'], 'the probability of a --fault is from 0 to 1'],
    [['--max-time', '-1'], '--max-time is a number above 0'],
    [['--colour', 'red'], 'there is no option --colour'],
    [['--spec', 'nothing.spec'], "nothing.spec can't be read"],
    [['--trace-dir', 'nowhere'], 'there can be no trace file in nowhere'],
  ])('refuses %j', async (args, says) => {
    const ended = await simulate({ spec: twin, args })
    expect(ended.code).toBe(2)
    expect(ended.output).toContain(says)
    expect(ended.output).toContain('usage: fdbkit-simulator')
  })

  it('names the line of a specification that is wrong', async () => {
    const ended = await simulate({ spec: 'test\ta\nset\tcolour\tred\n' })
    expect(ended.code).toBe(2)
    expect(ended.output).toContain('line 2: there is no setting colour of a test')
  })

  it('takes Node along when it is killed', async () => {
    const { child } = start({ spec: `test\tbusy\n${workload('busy')}`, module: 'weather.ts' })
    await new Promise<void>((resolve, reject) => {
      child.stderr.on('data', (chunk: Buffer) => {
        if (chunk.includes('the workload is busy')) resolve()
      })
      child.on('error', reject)
    })
    // Node holds the other end of standard error: it closes when Node has ended, too.
    const closed = new Promise<string | null>((resolve) =>
      child.on('close', (_, signal) => resolve(signal)),
    )
    child.kill('SIGKILL')
    expect(await closed).toBe('SIGKILL')
  })
})
