// npm run bench:trace [-- --events N]: how long the page of a large trace takes to be made, and to be drawn in Chromium.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { chromium } from 'playwright-core'
import { openEmbedded } from 'fdbkit'
import { type Trace, tracePage, TraceRecorder } from 'fdbkit/tracing'

const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** At least: what is more than was asked for is left out. */
const EVENTS_OF_A_RUN = 30

/** Transactions that contend for a key, ten at a time, until there are so many events. */
async function record(events: number): Promise<Trace> {
  using recorder = new TraceRecorder({ limit: events })
  const db = openEmbedded()
  for (let runs = 0; runs < events / EVENTS_OF_A_RUN; runs += 10) {
    await Promise.all(
      Array.from({ length: 10 }, () =>
        db.doTransaction(async (tn) => {
          const before = Number((await tn.get('count')) ?? 0)
          tn.set('count', String(before + 1))
        }),
      ),
    )
  }
  db.close()
  return recorder.stop()
}

/** From the begin of loading until the first screen is there: milliseconds on the clock, and of the page's own thread. */
async function draw(file: string, executablePath: string): Promise<{ clock: number; cpu: number }> {
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
    const session = await page.context().newCDPSession(page)
    await session.send('Performance.enable')
    const begin = performance.now()
    await page.goto(pathToFileURL(file).href)
    await page.evaluate('new Promise((resolve) => requestAnimationFrame(resolve))')
    const clock = performance.now() - begin
    const { metrics } = await session.send('Performance.getMetrics')
    const cpu = (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? NaN) * 1000
    return { clock, cpu }
  } finally {
    await browser.close()
  }
}

const { values } = parseArgs({ options: { events: { type: 'string', default: '1000000' } } })
const executablePath = process.env['FDBKIT_CHROMIUM'] ?? BROWSERS.find((path) => existsSync(path))
if (executablePath === undefined) throw new Error('there is no chromium: apt-get install chromium')
const folder = mkdtempSync(join(tmpdir(), 'fdbkit-trace-'))
try {
  const trace = await record(Number(values.events))
  const [begin, busy] = [performance.now(), process.cpuUsage()]
  const html = tracePage(trace, 'bench')
  const made = performance.now() - begin
  const { user, system } = process.cpuUsage(busy)
  const file = join(folder, 'trace.html')
  writeFileSync(file, html)
  console.log(`${trace.events.length} events, page of ${(html.length / 1e6).toFixed(1)} MB`)
  console.log(
    `made in ${made.toFixed(0)} ms, ${((user + system) / 1000).toFixed(0)} ms of processor time`,
  )
  for (let round = 1; round <= 3; round++) {
    const { clock, cpu } = await draw(file, executablePath)
    console.log(`drawn in ${clock.toFixed(0)} ms, ${cpu.toFixed(0)} ms of the page's thread`)
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
