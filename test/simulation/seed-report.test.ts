/** The page of a seed, in a real browser: its verdict, its clients and faults, and whatever stands in its texts. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCli } from '../../src/cli/run-cli.ts'
import { firstDifference, wholeTrace } from '../../src/cli/sim/events/whole-trace.ts'
import { writeSeedReport, type SeedToReport } from '../../src/cli/sim/report/seed-report.ts'
import { runSeed, type SeedOptions, type SeedResult } from '../../src/cli/sim/run/run-seed.ts'
import { readTestFile } from '../../src/cli/sim/run/test-file.ts'
import { parseSimulatorTrace } from '../../src/tracing/formats/simulator-trace.ts'
import { bandsOf } from '../../src/tracing/page/bands.ts'
import { simulationPage, type SeedReport } from '../../src/tracing/page/simulation-page.ts'
import { findChromium } from '../support/chromium.ts'
import { HANG_LIMIT } from '../support/hang-limit.ts'

const executablePath = findChromium('the report is not looked at')

const root = join(import.meta.dirname, '../..')
const folder = mkdtempSync(join(tmpdir(), 'fdbkit-report-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function optionsOf(workload: string, seed: number, more: Partial<SeedOptions> = {}): SeedOptions {
  const test = readTestFile(join(root, workload), undefined, 'default')
  const timeout = HANG_LIMIT / 1000
  return {
    fdbserver: undefined,
    test,
    seed,
    lane: 0,
    buggify: true,
    timeout,
    oracle: 'on',
    ...more,
  }
}

const toReport = (options: SeedOptions, result: SeedResult): SeedToReport => ({
  result,
  options,
  run: runSeed,
  title: 'seed 1 of it',
  command: 'fdbkit sim it --seed 1',
  isUncertain: false,
})

const linux = process.platform === 'linux'

describe('faults that last', () => {
  it('are those that have a length', () => {
    const mark = (name: string, text: string) => ({
      ...{ time: 1000, lane: 'simulator', name, severity: 10, text },
    })
    const marks = [
      mark('FdbkitClogged', 'Client=2 Seconds=0.5'),
      mark('FdbkitRecovery', 'Era=1 Seconds=2'),
      mark('FdbkitFrozen', 'Seconds=3'),
      mark('FdbkitStalled', 'Seconds=4'),
      mark('FdbkitPaused', 'Client=0'),
      mark('FdbkitClientReboot', 'Client=0 Seconds=1'),
    ]
    expect(bandsOf(marks)).toEqual([
      { begin: 1000, end: 1500, kind: 1, text: 'clogged, client 2, 0.5 s' },
      { begin: 1000, end: 3000, kind: 0, text: 'recovery, 2 s' },
      { begin: 1000, end: 4000, kind: 2, text: 'cluster frozen, 3 s' },
      { begin: 1000, end: 5000, kind: 2, text: 'no commits, 4 s' },
    ])
  })

  it('are those of fdbserver by its own events', () => {
    const line = (Time: string, Type: string, more: object): string =>
      `${JSON.stringify({ Severity: '10', Time, Type, Machine: '2.0.1.0:1', ...more })}\n`
    const state = (time: string, StatusCode: string): string =>
      line(time, 'MasterRecoveryState', { StatusCode })
    const text = [
      state('1', '0'),
      state('2', '0'),
      state('3', '7'),
      line('3', 'CloggingPair', { From: '2.0.1.2', To: '2.2.1.1', Seconds: '0.25' }),
      state('4.5', '11'),
      state('5', '14'),
      line('6', 'ClogInterface', { IP: '3.4.3.2', Delay: '2', Queue: 'All' }),
      line('7', 'SimulatedMachineShutdown', { RebootTime: '2.5', MachineIPs: '2.0.1.3' }),
      state('8', '0'),
      line('9', 'Last', {}),
    ]
    const { marks } = parseSimulatorTrace(text.join(''))
    expect(bandsOf(marks ?? [])).toEqual([
      { begin: 1000, end: 4500, kind: 0, text: 'recovery, 3.5 s' },
      { begin: 3000, end: 3250, kind: 1, text: 'clogged, 2.0.1.2 to 2.2.1.1, 0.25 s' },
      { begin: 6000, end: 8000, kind: 1, text: 'clogged, 3.4.3.2, 2 s' },
      { begin: 7000, end: 9500, kind: 2, text: 'down, 2.0.1.3, 2.5 s' },
      { begin: 8000, end: 9000, kind: 0, text: 'recovery, 1 s' },
    ])
  })
})

describe.skipIf(executablePath === undefined || !linux)('the report of a seed', () => {
  let browser: Browser
  const problems: string[] = []
  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: executablePath as string,
      args: ['--no-sandbox'],
    })
  })
  afterAll(() => browser?.close())

  async function open(path: string, width = 1280): Promise<Page> {
    const page = await browser.newPage({ viewport: { width, height: 900 }, bypassCSP: true })
    page.on('pageerror', (error) => problems.push(String(error)))
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text())
    })
    await page.goto(pathToFileURL(path).href)
    return page
  }

  const textsOf = (page: Page, places: string) => page.locator(places).allTextContents()

  it('has the two transactions that disagree, a lane for each client, and the faults behind them', async () => {
    const faults = { conflictMissed: 0.3 }
    for (let seed = 1; ; seed++) {
      expect(seed).toBeLessThan(50)
      const options = optionsOf('test/simulation/fixtures/everything.toml', seed, { faults })
      const result = await runSeed(options)
      if (result.passed) continue
      const path = join(folder, 'oracle.html')
      await writeSeedReport(path, toReport(options, result))
      const page = await open(path)
      const [first = '', found = ''] = await textsOf(page, '#verdict > article')
      expect(first).toContain(`Failed: ${result.problem}`)
      expect(first).toContain('fdbkit sim it --seed 1')
      expect(found).toContain('a committed transaction has read what is not so')
      const sides = await textsOf(page, '#verdict > article .sides > div')
      expect(sides[0]).toMatch(/^This transaction.*of client \d+.*it gave.*it should be/s)
      expect(sides[1]).toMatch(/^The other.*of client \d+/s)
      await page.selectOption('#kind', 'clients')
      await page.evaluate('viewer.draw()')
      const clients = new Set(
        result.events.flatMap((event) => / Clients?=(\d+)/.exec(event)?.[1] ?? []),
      )
      const lanes = await page.evaluate<string[]>(
        'viewer.view.shown.map((lane) => viewer.texts[viewer.lanes.name[lane]])',
      )
      const bands = await page.evaluate<number>('viewer.bands.length')
      // A client that was rebooted before its first transaction has none.
      const numbers = lanes.map((lane) => Number(/^client (\d+)$/.exec(lane)?.[1] ?? NaN))
      expect(numbers).toEqual([...new Set(numbers)].sort((one, other) => one - other))
      expect(lanes.length).toBeGreaterThan(0)
      expect(clients.size).toBeLessThanOrEqual(lanes.length)
      expect(bands).toBeGreaterThan(0)
      expect(problems).toEqual([])
      return
    }
  })

  it('shows at which event two runs part, and what each has there', async () => {
    const options = optionsOf('workloads/bank.ts', 1)
    // The second run is another one.
    let runs = 0
    const run = (each: SeedOptions) => runSeed({ ...each, seed: ++runs })
    const path = join(folder, 'parting.html')
    const result = { ...(await runSeed(options)), passed: false, problem: 'not deterministic' }
    await writeSeedReport(path, { ...toReport(options, result), run, isUncertain: true })
    const traces = await Promise.all(
      [1, 2].map(async (seed) => {
        const trace = join(folder, `trace-${seed}`)
        await runSeed({ ...options, seed, trace, traceEvents: ['tasks'] })
        return wholeTrace(trace)
      }),
    )
    const difference = firstDifference(traces[0]!, traces[1]!)!
    const page = await open(path)
    const [inCalls, inTrace] = (await textsOf(page, '#verdict > article')).slice(1)
    expect(inTrace).toContain(`part at event of the trace ${difference.line + 1}`)
    expect(inTrace).toContain(difference.one)
    expect(inTrace).toContain(difference.other)
    // The number that the clients share is the first thing that hangs on the seed.
    expect(inCalls).toMatch(/part at call of the bridge 1,.* factory client=0 /s)
  })

  it('keeps all that passes the bridge, the same for the same seed', async () => {
    const [one, again, other] = await Promise.all(
      [1, 1, 2].map(async (seed, at) => {
        const calls = join(folder, `calls-${at}.txt`)
        const { unseed } = await runSeed({ ...optionsOf('workloads/bank.ts', seed), calls })
        return { unseed, calls: readFileSync(calls, 'utf8') }
      }),
    )
    expect(one).toEqual(again)
    expect(one!.calls).not.toBe(other!.calls)
    const { unseed } = await runSeed(optionsOf('workloads/bank.ts', 1))
    expect(one!.unseed).toBe(unseed)
    for (const what of [
      / factory client=0 /,
      /^> commit client=\d+ /m,
      / completion client=\d+ /,
      /^> trace client=\d+ /m,
    ]) {
      expect(one!.calls).toMatch(what)
    }
    expect(one!.calls).toMatch(/^> set client=\d+ .*bank/m)
  })

  it('shows hostile texts as texts, on a phone too', async () => {
    const hostile = `</script><img src=x onerror="alert(1)">&amp;\u0000\u2028${'x'.repeat(500)}`
    const report: SeedReport = {
      title: hostile,
      problem: hostile,
      command: hostile,
      errors: [hostile],
      disagreements: [
        { what: hostile, isError: true, one: [[hostile, hostile]], other: [[hostile, hostile]] },
        { what: hostile, isError: false, one: [[hostile, hostile]], other: [] },
      ],
      partings: [
        { among: 'event of the trace', at: 3, before: [hostile], one: hostile, other: hostile },
      ],
    }
    const path = join(folder, 'hostile.html')
    writeFileSync(path, simulationPage({ events: [], omitted: 0 }, report))
    const page = await open(path, 390)
    // HTML has no place for that one.
    const shown = hostile.replaceAll('\u0000', '\ufffd')
    expect(await textsOf(page, 'h1')).toEqual([shown])
    const verdict = (await page.textContent('#verdict'))!
    expect(verdict.split(shown).length - 1).toBe(14)
    expect(await page.locator('#verdict img').count()).toBe(0)
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390)
    expect(problems).toEqual([])
  })

  it('is of the only seed, or of the first that fails; where none does there is none', async () => {
    const sim = (seeds: readonly string[], path: string) =>
      runCli(['sim', join(root, 'workloads/noop.ts'), '--embedded', ...seeds, '--report', path])
    const only = join(folder, 'only.html')
    expect(await sim(['--seed', '4'], only)).toBe(0)
    expect((await textsOf(await open(only), '#verdict > article'))[0]).toMatch(/^Passed.*--seed 4/s)
    const none = join(folder, 'none.html')
    expect(await sim(['--seeds', '1..2'], none)).toBe(0)
    expect(existsSync(none)).toBe(false)
  })
})
