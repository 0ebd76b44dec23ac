import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DeterministicEnvironment } from '../../src/native/environment/deterministic-environment.ts'
import { Runtime } from '../../src/task/index.ts'
import { timelineOf, type Trace, TraceRecorder, tracePage } from '../../src/tracing/index.ts'
import { busyProgram } from './busy-program.ts'

const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const executablePath = process.env['FDBKIT_CHROMIUM'] ?? BROWSERS.find((path) => existsSync(path))
if (executablePath === undefined) {
  console.error(
    'fdbkit: no chromium here (apt-get install chromium): the trace viewer is not tested',
  )
}

const folder = join(import.meta.dirname, '..', '..', 'build', 'viewer')

function record(seed: number): Trace {
  using recorder = new TraceRecorder()
  const runtime = new Runtime({ environment: new DeterministicEnvironment({ seed }) })
  busyProgram(runtime)
  runtime.dispose()
  return recorder.stop()
}

describe.skipIf(executablePath === undefined)('the trace viewer in a browser', () => {
  const trace = record(5)
  const timeline = timelineOf(trace)
  let browser: Browser
  let page: Page
  const problems: string[] = []
  const requests: string[] = []

  beforeAll(async () => {
    mkdirSync(folder, { recursive: true })
    const file = join(folder, 'trace.html')
    writeFileSync(file, tracePage(trace, 'busy </script><b> & program'))
    browser = await chromium.launch({
      executablePath: executablePath as string,
      args: ['--no-sandbox'],
    })
    page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
    page.on('pageerror', (error) => problems.push(String(error)))
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text())
    })
    page.on('request', (request) => requests.push(request.url()))
    await page.goto(pathToFileURL(file).href)
  })

  afterAll(async () => {
    await browser?.close()
  })

  it('shows itself without an error, and asks for nothing else', async () => {
    expect(await page.textContent('h1')).toBe('busy </script><b> & program')
    const summary = await page.textContent('#summary')
    expect(summary).toContain(`${timeline.tasks.length} tasks`)
    expect(summary).toContain(`${timeline.waits.length} waits`)
    expect(requests).toHaveLength(1)
    expect(problems).toEqual([])
    await page.screenshot({ path: join(folder, 'viewer.png'), fullPage: true })
  })

  it('has a lane for each task, and draws polls, waits and wakes in their colours', async () => {
    const lanes = await page.evaluate('viewer.lanes.length')
    expect(lanes).toBe(timeline.tasks.length + 1)
    const drawn = await page.evaluate(`(() => {
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
      return { poll: count('poll'), wait: count('wait'), alive: count('alive'), wake: count('wake') }
    })()`)
    for (const count of Object.values(drawn as Record<string, number>)) {
      expect(count).toBeGreaterThan(10)
    }
  })

  it('zooms by wheel and buttons around the pointer, and shows the whole trace again', async () => {
    const view = (): Promise<{ from: number; to: number }> =>
      page.evaluate('({ from: viewer.view.from, to: viewer.view.to })')
    const whole = await view()
    const box = await page.locator('#chart').boundingBox()
    if (box === null) throw new Error('no chart')
    await page.mouse.move(box.x + 700, box.y + 60)
    await page.mouse.wheel(0, -100)
    await page.waitForFunction(`viewer.view.to - viewer.view.from < ${whole.to - whole.from} * 0.9`)
    const closer = await view()
    expect(closer.from).toBeGreaterThan(whole.from)
    expect(closer.to).toBeLessThan(whole.to)
    await page.click('#zoom-in')
    await page.waitForFunction(
      `viewer.view.to - viewer.view.from < ${closer.to - closer.from} * 0.9`,
    )
    const before = await page.textContent('#range')
    await page.click('#fit')
    await page.waitForFunction(
      `document.getElementById('range').textContent !== ${JSON.stringify(before)}`,
    )
    expect(await view()).toEqual(whole)
  })

  it('finds tasks by name and by number', async () => {
    await page.fill('#search', 'PRODUCER')
    expect(await page.textContent('#found')).toBe('3 tasks')
    await page.fill('#search', '1')
    expect(await page.textContent('#found')).toMatch(/^\d tasks?$/)
    expect(await page.evaluate('viewer.view.hits.size')).toBeGreaterThan(0)
    await page.fill('#search', 'nobody')
    expect(await page.textContent('#found')).toBe('0 tasks')
    await page.fill('#search', '')
    expect(await page.textContent('#found')).toBe('')
  })

  it('lists the slowest waits, longest first, and shows the one that is clicked', async () => {
    const rows = await page.locator('#slowest tbody tr').allTextContents()
    expect(rows).toHaveLength(Math.min(50, timeline.waits.length))
    const longest = Math.max(
      ...timeline.waits.map((wait) => (wait.end ?? timeline.end) - wait.begin),
    )
    expect(rows[0]).toContain(`${longest.toFixed(3)} ms`)
    const row = page.locator('#slowest tbody tr').first()
    await row.click()
    const [task, future] = await page.evaluate<[number, number]>('viewer.view.selected')
    expect(await row.textContent()).toContain(`future ${future}`)
    expect(await row.textContent()).toContain(`${task} `)
    await page.screenshot({ path: join(folder, 'viewer-selected.png') })
    expect(problems).toEqual([])
  })

  it('shows what is under the pointer', async () => {
    await page.click('#fit')
    const box = await page.locator('#chart').boundingBox()
    if (box === null) throw new Error('no chart')
    await page.mouse.move(box.x + 600, box.y + 26 + 28 * 1.5)
    await page.waitForSelector('#tip:not([hidden])')
    expect(await page.textContent('#tip')).toMatch(/^task \d+ /)
  })

  it('shows an empty trace', async () => {
    const empty = await browser.newPage()
    const faults: string[] = []
    empty.on('pageerror', (error) => faults.push(String(error)))
    await empty.setContent(tracePage({ events: [], omitted: 3 }, 'nothing'))
    expect(await empty.textContent('#summary')).toContain('0 tasks')
    expect(await empty.textContent('#summary')).toContain('3 later events were left out')
    expect(faults).toEqual([])
    await empty.close()
  })
})
