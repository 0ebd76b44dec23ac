import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fdbSpawn, race, Runtime, sleep } from '../../src/task/index.ts'
import {
  chromeTrace,
  formatTrace,
  leakReport,
  parseTrace,
  recordPlaces,
  timelineOf,
  type Trace,
  TraceFormatError,
  TraceRecorder,
  traceText,
} from '../../src/tracing/index.ts'
import { DeterministicEnvironment } from '../../src/native/environment/deterministic-environment.ts'
import { forSeeds, forSeedsAsync } from '../support/seeds.ts'
import { busyProgram, busyProgramAsync } from './busy-program.ts'
import { FakeFuture } from '../task/helpers.ts'

function traceOf(seed: number): Trace {
  using recorder = new TraceRecorder()
  const runtime = new Runtime({ environment: new DeterministicEnvironment({ seed }) })
  busyProgram(runtime)
  runtime.dispose()
  return recorder.stop()
}

describe('determinism', () => {
  it('the same seed gives the same trace, byte for byte; another seed another one', () => {
    const seen = new Set<string>()
    let seeds = 0
    forSeeds((seed) => {
      const text = formatTrace(traceOf(seed))
      expect(formatTrace(traceOf(seed))).toBe(text)
      seen.add(text)
      seeds++
    })
    expect(seen.size).toBe(seeds)
  })

  it('holds for async functions and promises too', async () => {
    await forSeedsAsync(async (seed) => {
      const run = async (): Promise<string> => {
        using recorder = new TraceRecorder()
        const runtime = new Runtime({ environment: new DeterministicEnvironment({ seed }) })
        await runtime.run(() => busyProgramAsync(runtime))
        runtime.dispose()
        return formatTrace(recorder.stop())
      }
      expect(await run()).toBe(await run())
    })
  })

  it('holds with waking in place', () => {
    forSeeds((seed) => {
      const run = (): string => {
        using recorder = new TraceRecorder()
        const environment = new DeterministicEnvironment({ seed })
        const runtime = new Runtime({ environment, waking: 'in place' })
        busyProgram(runtime)
        runtime.dispose()
        return formatTrace(recorder.stop())
      }
      expect(run()).toBe(run())
    })
  })
})

describe('a trace', () => {
  it('balances clones and drops for every task, ends each with dropped, and counts what it says', () => {
    forSeeds((seed) => {
      const references = new Map<number, number>()
      let spawned = 0
      let dropped = 0
      for (const event of traceOf(seed).events) {
        const { type, taskId, refCount } = event
        const before = references.get(taskId) ?? 1
        if (type === 'spawn') spawned++
        if (type === 'clone') references.set(taskId, before + 1)
        if (type === 'drop') references.set(taskId, before - 1)
        if (type === 'clone' || type === 'drop') expect(refCount).toBe(references.get(taskId))
        if (type === 'dropped') {
          dropped++
          expect(references.get(taskId)).toBe(0)
        }
      }
      expect(spawned).toBeGreaterThan(5)
      expect(dropped).toBe(references.size)
    })
  })

  it('survives writing and reading, and numbers its events from 1', () => {
    forSeeds((seed) => {
      const trace = traceOf(seed)
      expect(parseTrace(formatTrace(trace))).toEqual(trace)
      expect(trace.events.map((event) => event.seq)).toEqual(trace.events.map((_, i) => i + 1))
    })
  })

  it('stops at its limit and says how much it left out', () => {
    using recorder = new TraceRecorder({ limit: 10 })
    const runtime = new Runtime({ environment: new DeterministicEnvironment({ seed: 1 }) })
    busyProgram(runtime)
    runtime.dispose()
    const trace = recorder.stop()
    expect(trace.events).toHaveLength(10)
    expect(trace.omitted).toBe(traceOf(1).events.length - 10)
  })

  it('that is none, or is damaged, gives an error that names the line', () => {
    const good = formatTrace(traceOf(1))
    expect(() => parseTrace('')).toThrow(/line 1: not JSON/)
    expect(() => parseTrace('{"a":1}\n')).toThrow(/no fdbkit trace/)
    expect(() => parseTrace('{"fdbkit":"trace","version":99}\n')).toThrow(/version 99/)
    expect(() => parseTrace(`${good}{"type":"explode"}\n`)).toThrow(/line \d+: "type"/)
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(() => parseTrace(text)).toThrow(TraceFormatError)
      }),
    )
    const lines = good.split('\n')
    fc.assert(
      fc.property(fc.integer({ min: 1, max: lines.length - 2 }), fc.nat(), (at, cut) => {
        const line = lines[at] as string
        const damaged = [...lines]
        damaged[at] = line.slice(0, cut % line.length)
        expect(() => parseTrace(damaged.join('\n'))).toThrow(`line ${at + 1}:`)
      }),
    )
  })

  it('prints a line for each event', () => {
    const { events } = traceOf(3)
    const lines = traceText(events, { tasks: true }).split('\n')
    expect(lines).toHaveLength(events.length)
    expect(lines.every((line) => /^#\d+  ?[A-Za-z]+( (true|false))? \/\/ \S+/.test(line))).toBe(
      true,
    )
  })
})

describe('the timeline', () => {
  it('has each poll closed, each wait in its task, and wakes of tasks it knows', () => {
    forSeeds((seed) => {
      const { events } = traceOf(seed)
      const timeline = timelineOf({ events })
      const known = new Set(timeline.tasks.map((task) => task.taskId))
      const polled = events.filter(
        (event) => event.futureId === 0 && (event.type === 'pending' || event.type === 'ready'),
      )
      expect(timeline.polls).toHaveLength(polled.length)
      expect(timeline.polls.every((poll) => poll.end >= poll.begin && poll.outcome)).toBe(true)
      expect(timeline.waits.every((wait) => known.has(wait.taskId))).toBe(true)
      expect(timeline.waits.every((wait) => (wait.end ?? Infinity) >= wait.begin)).toBe(true)
      expect(timeline.wakes).toHaveLength(events.filter((event) => event.type === 'wake').length)
      expect(timeline.tasks.every((task) => task.end !== undefined)).toBe(true)
    })
  })

  it('ends a wait when its task goes on without the future', () => {
    using recorder = new TraceRecorder()
    const environment = new DeterministicEnvironment({ seed: 1 })
    const runtime = new Runtime({ environment })
    const slow = new FakeFuture<void>()
    runtime.runSync(function* () {
      yield* race([slow, sleep(5)])
      yield* sleep(100)
      yield* race([slow, sleep(7)])
    })
    runtime.dispose()
    const { waits } = timelineOf(recorder.stop())
    expect(waits.map(({ what, begin, end }) => [what, begin, end])).toEqual([
      ['the first of FakeFuture, a sleep', 0, 5],
      ['a sleep', 5, 105],
      ['the first of FakeFuture, a sleep', 105, 112],
    ])
  })

  it('becomes a Chrome trace whose flows and spans are paired', () => {
    forSeeds((seed) => {
      const { traceEvents } = JSON.parse(chromeTrace(traceOf(seed))) as {
        traceEvents: { ph: string; ts: number; dur?: number; id?: unknown; tid: number }[]
      }
      const ids = (phase: string): unknown[] =>
        traceEvents.filter((event) => event.ph === phase).map((event) => event.id)
      expect(ids('s')).toEqual(ids('f'))
      expect(ids('b')).toEqual(ids('e'))
      const named = traceEvents.filter((event) => event.ph === 'M').map((event) => event.tid)
      expect(new Set(traceEvents.map((event) => event.tid))).toEqual(new Set(named))
      expect(traceEvents.every((event) => event.ts >= 0 && (event.dur ?? 0) >= 0)).toBe(true)
    })
  })
})

describe('the leak report', () => {
  it('counts what is alive, and says where it was made', () => {
    recordPlaces(true)
    const future = new FakeFuture<void>()
    const leaky = fdbSpawn(
      function* () {
        yield* future
      },
      { name: 'leaky' },
    )
    const report = leakReport()
    expect(report).toMatch(/\d+ wakers, \d+ tasks/)
    expect(report).toMatch(/1 x task: task \d+ \(leaky\)\n\s+at .*task\.ts/)
    expect(report).toContain('trace-files.test.ts')
    leaky.cancel()
    expect(leakReport()).not.toContain('leaky')
    recordPlaces(false)
  })
})
