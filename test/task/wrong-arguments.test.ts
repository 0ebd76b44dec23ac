// What a call can't take is refused: the error names the argument or the option, and what to do.
import { describe, expect, it } from 'vitest'
import { hostEnvironment } from '../../src/native/environment/environment.ts'
import {
  actor,
  BridgeChannel,
  choose,
  fdbSpawn,
  fromPromise,
  Fwd,
  fwdToStream,
  InPlaceExecutor,
  interval,
  type Maybe,
  PromiseFuture,
  PromiseStream,
  pullPipe,
  pullPipeResult,
  QueueingExecutor,
  race,
  Ret,
  Runtime,
  sleep,
  spawnRet,
  streamToFwd,
  timeout,
  uint32,
  unbounded,
  wait,
  waitNext,
  when,
} from '../../src/task/index.ts'
import { says, thrownBy, type ErrorClass } from '../support/thrown-by.ts'

const nothing = (): void => undefined
const TASK = 'name, executor, ending, owns'
const environment = hostEnvironment

/** Calls by what their message begins with, each with what it takes there. */
const TAKES: [begin: string, use: (wrong: never) => unknown, kind?: ErrorClass][] = [
  ['handler must be a function, not ', (wrong) => new Ret(wrong)],
  ['handler must be a function, not ', (wrong) => new Fwd(wrong)],
  ['onGone must be a function, not ', (wrong) => new Fwd(nothing, wrong)],
  ['from must be a Fwd, not ', (wrong) => new Fwd(nothing, undefined, wrong)],
  ['from must be a PromiseStream, not ', (wrong) => new PromiseStream({}, wrong)],
  ['callback must be a function, not ', (wrong) => new Fwd(nothing).onAbandoned(wrong)],
  ['callback must be a function, not ', (wrong) => new PromiseFuture().promise.onAbandoned(wrong)],
  ['ret must be a Ret, not ', (wrong) => spawnRet(sleep(0), wrong)],
  ['request must be a Ret, not ', (wrong) => pullPipe(wrong)],
  ['request must be a Ret, not ', (wrong) => pullPipeResult(wrong)],
  [
    'fwd must be a Fwd, not ',
    (wrong) => streamToFwd(unbounded<number>()[1], wrong as Fwd<Maybe<number>>),
  ],
  [
    'streamToFwd takes a stream: a receiver, a FutureStream or an async iterable',
    (wrong) => streamToFwd(wrong, new Fwd<Maybe<number>>(nothing)),
  ],
  ['body must be a function, not ', (wrong) => actor(wrong)],
  ['handler must be a function, not ', (wrong) => when(sleep(0), wrong)],
  ['pollables must be an array, not ', (wrong) => race(wrong)],
  ['an arm of choose must be what when() gives, not ', (wrong) => choose(wrong)],
  ['wait takes a future; a promise goes through fromPromise(promise)', (wrong) => wait(wrong)],
  [
    'waitNext takes a FutureStream: call getFuture() of the PromiseStream',
    (wrong) => waitNext(wrong),
  ],
  ['promise must be a promise, not ', (wrong) => fromPromise(wrong)],
  [
    'a task must be a generator function, an async function or a pollable, not ',
    (wrong) => fdbSpawn(wrong),
  ],
]

describe('an argument of another type', () => {
  it.each(TAKES)('%s', (begin, use) => {
    for (const wrong of [null, 7, 'text', {}, Symbol('one')]) {
      const error = thrownBy(() => use(wrong as never))
      expect(error).toBeInstanceOf(TypeError)
      expect(error.message.startsWith(begin)).toBe(true)
    }
  })

  const OPTIONS: [whose: string, takes: string, use: (options: never) => unknown][] = [
    [
      'a Runtime',
      'environment, waking, onUnjoinedError, scope, carries, taskLimit',
      (o) => new Runtime(o),
    ],
    ['a task of a Runtime', 'name, ending, owns', (o) => new Runtime().spawn(sleep(0), o)],
    ['a task of a Runtime', 'name, ending, owns', (o) => new Runtime().fdbSpawn(sleep(0), o)],
    [
      'an InPlaceExecutor',
      'onUnjoinedError, scope, carries, taskLimit',
      (o) => new InPlaceExecutor(environment, o),
    ],
    [
      'a QueueingExecutor',
      'onReady, onUnjoinedError, scope, carries, taskLimit',
      (o) => new QueueingExecutor(environment, o),
    ],
    ['a task', TASK, (o) => fdbSpawn(sleep(0), o)],
    ['a task', TASK, (o) => actor(function* () {}, o)],
    ['a task', TASK, (o) => spawnRet(sleep(0), new Ret(nothing), o)],
    ['a task', TASK, (o) => streamToFwd(unbounded<number>()[1], new Fwd(nothing), o)],
    ['an unbounded channel', 'limit', (o) => unbounded(o)],
    ['a PromiseStream', 'limit', (o) => new PromiseStream(o)],
    ['fwdToStream', 'refill, limit', (o) => fwdToStream(o)],
    ['interval', 'missed, environment', (o) => interval(1, o)],
    ['sleep', 'environment', (o) => sleep(1, o)],
    ['timeout', 'environment', (o) => timeout(1, sleep(0), o)],
    ['a BridgeChannel', 'name, requests, responses', (o) => new BridgeChannel(o)],
  ]

  it.each(OPTIONS)('the options of %s are %s', (whose, takes, use) => {
    for (const slip of ['Limit', 'toString', 'enviroment']) {
      says(
        () => use({ [slip]: 1 } as never),
        TypeError,
        `${slip} is no option of ${whose}, which takes ${takes}`,
      )
    }
    for (const wrong of [null, 7, 'text', []]) {
      says(
        () => use(wrong as never),
        TypeError,
        new RegExp(`^the options of ${whose} are an object, not `),
      )
    }
  })

  it('a bridge names the way whose codec it is', () => {
    const way = { capacity: 1, codec: uint32 }
    for (const name of ['requests', 'responses']) {
      for (const wrong of [undefined, null, 7, {}, { capacity: 1 }, { codec: {} }]) {
        const options = { requests: way, responses: way, [name]: wrong }
        says(() => new BridgeChannel(options), TypeError, new RegExp(`codec of ${name}`))
      }
    }
  })

  it('a period is above 0', () => {
    for (const wrong of [0, -1]) {
      says(() => interval(wrong), RangeError, 'the period of an interval must be above 0')
    }
  })

  it('what a task yields can be polled', () => {
    for (const [wrong, what] of [
      [7, 'number'],
      [null, 'null'],
      [{}, 'an object'],
    ] as const) {
      const task = fdbSpawn(function* () {
        yield wrong as never
      })
      says(
        () => task.result(),
        TypeError,
        `a task yielded ${what}: use yield* (not yield), and only on what can be polled; ` +
          'a promise goes through fromPromise(promise)',
      )
      const returned = fdbSpawn((() => wrong) as never)
      says(
        () => returned.result(),
        TypeError,
        `a task function must return a generator or a promise, not ${what}`,
      )
    }
  })
})
