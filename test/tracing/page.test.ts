/** The trace page, in a real browser: what it shows of a real program, and that it can be moved about in. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import fc from 'fast-check'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encoders, openEmbedded } from '../../src/index.ts'
import { DeterministicEnvironment } from '../../src/native/environment/deterministic-environment.ts'
import { Runtime } from '../../src/task/index.ts'
import {
  findingsOf,
  timelineOf,
  type Timeline,
  type Trace,
  tracePage,
  TraceRecorder,
} from '../../src/tracing/index.ts'
import { findChromium } from '../support/chromium.ts'
import { busyProgram } from './busy-program.ts'
import { contendedProgram } from './contended-program.ts'

const executablePath = findChromium('the trace page is not tested')

const folder = join(import.meta.dirname, '..', '..', 'build', 'viewer')
const TITLE = 'busy </script><b> & program'

/** Ten transactions that contend for a key, and the tasks of a busy program. */
async function record(): Promise<Trace> {
  using recorder = new TraceRecorder({ conflicts: true })
  const db = openEmbedded()
  await contendedProgram(db.withKeyEncoding(encoders.tuple), 10)
  db.close()
  const runtime = new Runtime({ environment: new DeterministicEnvironment({ seed: 5 }) })
  busyProgram(runtime)
  runtime.dispose()
  return recorder.stop()
}

describe.skipIf(executablePath === undefined)('the trace page in a browser', () => {
  let browser: Browser
  let page: Page
  let trace: Trace
  let timeline: Timeline
  const problems: string[] = []
  const requests: string[] = []

  async function open(
    html: string,
    width: number,
    scheme: 'light' | 'dark',
    bypassCSP = false,
  ): Promise<Page> {
    const file = join(folder, 'trace.html')
    writeFileSync(file, html)
    const opened = await browser.newPage({
      viewport: { width, height: 900 },
      colorScheme: scheme,
      bypassCSP,
    })
    opened.on('pageerror', (error) => problems.push(String(error)))
    opened.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text())
    })
    opened.on('request', (request) => requests.push(request.url()))
    await opened.goto(pathToFileURL(file).href)
    return opened
  }

  beforeAll(async () => {
    mkdirSync(folder, { recursive: true })
    trace = await record()
    timeline = timelineOf(trace)
    browser = await chromium.launch({
      executablePath: executablePath as string,
      args: ['--no-sandbox'],
    })
    // The tests' own waits are evaluated in the page, which its policy forbids.
    page = await open(tracePage(trace, TITLE), 1280, 'light', true)
  })

  afterAll(async () => {
    await browser?.close()
  })

  const looked = (): Promise<{ from: number; to: number }> =>
    page.evaluate('({ from: viewer.view.from, to: viewer.view.to })')

  it('shows itself without an error, and asks for nothing else', async () => {
    expect(await page.textContent('h1')).toBe(TITLE)
    const summary = await page.textContent('#summary')
    const attempts = timeline.runs.reduce((sum, run) => sum + run.attempts.length, 0)
    expect(summary).toContain(`10 transactions, ${attempts} attempts`)
    expect(summary).toContain(`${timeline.tasks.length} tasks`)
    expect(requests).toHaveLength(1)
    expect(problems).toEqual([])
  })

  it('answers first what was slow, what conflicted, what was tried again, and what had not ended', async () => {
    const found = findingsOf(timeline)
    const rows = (id: string): Promise<string[]> => page.locator(`#${id} li`).allTextContents()
    expect(await rows('slow')).toHaveLength(
      found.slowRuns.length + Math.min(5, found.slowCalls.length),
    )
    const [conflict] = await rows('conflicts')
    expect(conflict).toContain("('count', 1)")
    expect(conflict).toContain(`${found.conflicts[0]?.times} ×`)
    const [retry] = await rows('retries')
    expect(retry).toContain('not_committed (1020)')
    expect(await rows('leaks')).toEqual(['All that began in the trace has ended in it.'])
  })

  it('has a lane for each run and task, and draws their bars in the colours of the legend', async () => {
    expect(await page.evaluate('viewer.lanes.kind.length')).toBeGreaterThanOrEqual(
      timeline.runs.length + timeline.tasks.length,
    )
    // Close enough that no bar lies under another: a run that was tried again.
    await page.locator('#retries button').first().click()
    const drawn = await page.evaluate<Record<string, number>>(COUNT_COLOURS)
    for (const [name, count] of Object.entries(drawn)) expect(count, name).toBeGreaterThan(0)
    await page.click('#fit')
  })

  it('shows the run that is clicked in the list, with all that is known of it', async () => {
    await page.locator('#retries button').first().click()
    const details = await page.textContent('#details')
    expect(details).toContain('increment')
    expect(details).toMatch(/attempt 1: conflict on \('count', 1\)/)
    expect(details).toMatch(/get \('count', 1\)/)
    expect(details).toMatch(/backoff/)
    const lane = await page.evaluate<number>('viewer.view.selected')
    const { from, to } = await looked()
    const [begin, end] = await page.evaluate<[number, number]>(
      `[viewer.lanes.begin[${lane}], viewer.lanes.end[${lane}]]`,
    )
    expect(from).toBeLessThanOrEqual(begin)
    expect(to).toBeGreaterThanOrEqual(end)
  })

  it('zooms by keys, buttons and Ctrl and wheel around the pointer, and shows all again', async () => {
    await page.click('#fit')
    const whole = await looked()
    const closer = async (act: () => Promise<void>): Promise<void> => {
      const before = await looked()
      await act()
      const after = await looked()
      expect(after.to - after.from).toBeLessThan(before.to - before.from)
      expect(after.from).toBeGreaterThanOrEqual(before.from)
      expect(after.to).toBeLessThanOrEqual(before.to)
    }
    await closer(() => page.click('#zoom-in'))
    await page.focus('#chart')
    await closer(() => page.keyboard.press('+'))
    const box = await page.locator('#chart').boundingBox()
    if (box === null) throw new Error('no chart')
    await page.mouse.move(box.x + 700, box.y + 60)
    await page.keyboard.down('Control')
    await page.mouse.wheel(0, -100)
    await page.keyboard.up('Control')
    const size = (await looked()).to - (await looked()).from
    await page.keyboard.press('ArrowRight')
    expect((await looked()).to - (await looked()).from).toBeCloseTo(size, 6)
    await page.keyboard.press('0')
    expect(await looked()).toEqual(whole)
  })

  it('finds by name, key and error; / goes there, n to the next', async () => {
    await page.focus('#chart')
    await page.keyboard.press('/')
    await page.keyboard.type('PRODUCER')
    // The three, and who waits for them.
    expect(await page.textContent('#found')).toBe('4 lanes')
    await page.fill('#search', "('count', 1)")
    expect(await page.textContent('#found')).toBe('10 lanes')
    await page.keyboard.press('Escape')
    await page.keyboard.press('n')
    expect(await page.evaluate('viewer.view.hits.has(viewer.view.selected)')).toBe(true)
    await page.fill('#search', 'nobody')
    expect(await page.textContent('#found')).toBe('0 lanes')
    await page.fill('#search', '')
    expect(await page.textContent('#found')).toBe('')
  })

  it('shows only what was tried again or failed, when asked', async () => {
    await page.click('#fit')
    await page.selectOption('#kind', 'troubled')
    await page.evaluate('viewer.draw()')
    const troubled = timeline.runs.filter((run) => run.attempts.some(({ error }) => error)).length
    expect(await page.evaluate('viewer.view.shown.length')).toBe(troubled)
    await page.selectOption('#kind', 'all')
  })

  it('is linked to at a moment, and the address follows what is looked at', async () => {
    const span = await page.evaluate<number>('viewer.span')
    const [from, to] = [span * 0.25, span * 0.5]
    await page.evaluate(`location.hash = '#t=${from},${to}&q=increment'`)
    await page.waitForFunction(`viewer.view.wanted === 'increment'`)
    const at = await looked()
    expect(at.from).toBeCloseTo(from, 6)
    expect(at.to).toBeCloseTo(to, 6)
    await page.click('#zoom-in')
    const closer = await looked()
    await page.waitForFunction(
      `location.hash.startsWith('#t=' + Number(viewer.view.from.toPrecision(9)) + ',')`,
    )
    const hash = await page.evaluate<string>('location.hash')
    const [left, right] = (/t=([^&]+)/.exec(hash)?.[1] ?? '').split(',').map(Number)
    expect(left).toBeCloseTo(closer.from, 3)
    expect(right).toBeCloseTo(closer.to, 3)
    await page.fill('#search', '')
    await page.click('#fit')
  })

  it.each([
    [1280, 'light'],
    [1280, 'dark'],
    [390, 'light'],
    [390, 'dark'],
  ] as const)('fits %d pixels, %s, without scrolling sideways', async (width, scheme) => {
    const other = await open(tracePage(trace, TITLE), width, scheme)
    const wide = await other.evaluate<number>('document.documentElement.scrollWidth')
    expect(wide).toBeLessThanOrEqual(width)
    await other.screenshot({ path: join(folder, `${scheme}-${width}.png`), fullPage: true })
    await other.close()
    expect(problems).toEqual([])
  })

  it('shows every text as text, whatever is in it', async () => {
    const nasty = ['</script>', '<!--', '<img src=x onerror=alert(1)>', '\u2028', '\u202e', '&amp;']
    const text = fc.array(fc.oneof(fc.constantFrom(...nasty), fc.string({ unit: 'binary' })))
    const other = await browser.newPage()
    const faults: string[] = []
    other.on('pageerror', (error) => faults.push(String(error)))
    other.on('dialog', (dialog) => faults.push(dialog.message()))
    await fc.assert(
      fc.asyncProperty(text, async (parts) => {
        const name = parts.join('')
        fc.pre(name !== '')
        await other.setContent(tracePage({ ...trace, events: renamed(trace, name) }, name))
        const isThere = `viewer.texts.includes(${JSON.stringify(name)})`
        expect(await other.evaluate(isThere)).toBe(true)
        expect(await other.evaluate('document.querySelectorAll("img, b").length')).toBe(0)
        expect(await other.locator('#slow .name').first().textContent()).toBe(name)
        expect(faults).toEqual([])
      }),
      { numRuns: 10 },
    )
    await other.close()
  })

  it('shows an empty trace, and the events of a simulator alone', async () => {
    for (const marks of [
      [],
      [{ time: 1, lane: '2.0.1.0:1', name: 'BuggifySection', severity: 40, text: 'File=x' }],
    ]) {
      const other = await browser.newPage()
      const faults: string[] = []
      other.on('pageerror', (error) => faults.push(String(error)))
      await other.setContent(tracePage({ events: [], omitted: 3, marks }, 'nothing'))
      expect(await other.textContent('#summary')).toContain('0 tasks')
      expect(await other.textContent('#summary')).toContain('3 later events were left out')
      expect(await other.evaluate('viewer.lanes.kind.length')).toBe(marks.length)
      expect(faults).toEqual([])
      await other.close()
    }
  })
})

/** The trace with its first run named so. */
function renamed(trace: Trace, name: string): Trace['events'] {
  const first = trace.events.findIndex(({ type }) => type === 'run')
  const events = trace.events.filter(({ runId }) => runId === trace.events[first]?.runId)
  return events.map((event) => (event.type === 'run' ? { ...event, name } : event))
}

/** How many pixels of the chart have the colour of each kind of bar. */
const COUNT_COLOURS = `(() => {
  viewer.draw()
  const canvas = document.getElementById('chart')
  const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data
  const style = getComputedStyle(document.documentElement)
  const count = (name) => {
    const hex = style.getPropertyValue('--' + name).trim()
    const [r, g, b] = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16))
    let found = 0
    for (let i = 0; i < pixels.length; i += 4) {
      if (pixels[i] === r && pixels[i + 1] === g && pixels[i + 2] === b) found++
    }
    return found
  }
  return Object.fromEntries(['committed', 'conflict', 'read', 'commit', 'backoff', 'write'].map((name) => [name, count(name)]))
})()`
