/** One call with one hostile argument: what comes of it. */
import * as compat from '../../src/compat/index.ts'
import * as main from '../../src/index.ts'
import * as recipes from '../../src/recipes/index.ts'
import * as simulation from '../../src/simulation/index.ts'
import * as testing from '../../src/testing/index.ts'
import * as task from '../../src/task/index.ts'
import * as tracing from '../../src/tracing/index.ts'
import { RECEIVERS, type Scene } from './world.ts'

const ENTRIES: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  fdbkit: main,
  'fdbkit/compat': compat,
  'fdbkit/recipes': recipes,
  'fdbkit/simulation': simulation,
  'fdbkit/task': task,
  'fdbkit/testing': testing,
  'fdbkit/tracing': tracing,
}

export type Invoke = (scene: Scene, given: readonly unknown[]) => unknown

/** How a call of that name is made; undefined: there is nothing to make it on. */
export function invokerOf(name: string): Invoke | undefined {
  const [, entry = '', isNew, owner, method = ''] =
    /^(\S+) (new )?(?:(\w+)\.)?(.+)$/.exec(name) ?? []
  const exports = ENTRIES[entry] ?? {}
  if (isNew !== undefined) {
    const Made = exports[method] as new (...given: readonly unknown[]) => unknown
    return (_scene, given) => new Made(...given)
  }
  if (owner === undefined) {
    return (_scene, given) =>
      (exports[method] as (...given: readonly unknown[]) => unknown)(...given)
  }
  const receiverOf = RECEIVERS[`${entry} ${owner}`]
  if (receiverOf === undefined) return undefined
  return (scene, given) => {
    const receiver = receiverOf(scene)
    const key = method === '[Symbol.hasInstance]' ? Symbol.hasInstance : method
    const holder = key in Object(receiver) ? receiver : exports[owner]
    return (holder as Record<PropertyKey, (...given: readonly unknown[]) => unknown>)[key]!(
      ...given,
    )
  }
}

export type Outcome = { readonly error: unknown } | { readonly value: unknown }

/** Iterators are asked once: what they were made with may be looked at only then. What tasks wait for is let be. */
async function settled(result: unknown): Promise<{ readonly value: unknown }> {
  const { next } = Object(result) as Partial<AsyncIterator<unknown>>
  if (typeof next === 'function') return { value: await next.call(result) }
  return { value: result instanceof Promise || isFuture(result) ? await result : [result] }
}

/** Reads of a transaction: of what tasks wait for, some never comes. */
const isFuture = (value: unknown): boolean => Object(value)?.constructor?.name === 'FdbFuture'

/** Calls that wait for something that does not come here. Those of tasks need nothing but turns of the event loop. */
const WAITS =
  /^fdbkit\/task |\.(blobbifyBlocking|waitForPurge|subscribe|pop|values|receive|consume)$/
const TURNS = 10
/** For hangs alone. */
const LONGEST_MILLISECONDS = 20_000

/** Resolves when the call has had its chance: what it refuses, it refuses at once. */
async function waits(name: string): Promise<Outcome> {
  if (!WAITS.test(name)) {
    return new Promise((resolve) => {
      setTimeout(() => resolve({ error: 'it never settled' }), LONGEST_MILLISECONDS).unref()
    })
  }
  for (let turn = 0; turn < TURNS; turn++) await new Promise((resolve) => setImmediate(resolve))
  return { value: undefined }
}

/** Another view of what the call was made on: not the call's to end. */
const GIVES_VIEW = /\.(at|with\w+Encoding|scopedTo)$/

export async function outcomeOf(
  name: string,
  scene: Scene,
  given: readonly unknown[],
): Promise<Outcome> {
  const keep = (made: unknown): void => {
    if (!GIVES_VIEW.test(name)) scene.keep(made, end)
  }
  try {
    const result = invokerOf(name)!(scene, given)
    keep(result)
    const outcome = settled(result).then((settledTo) => {
      keep(settledTo.value)
      return settledTo
    })
    return await Promise.race([outcome, waits(name)])
  } catch (error) {
    return { error }
  }
}

/** What the call made, and has an end, is ended. */
function end(made: unknown): unknown {
  if (made === main.hostEnvironment || Object(made) !== made) return undefined
  const { release, close, cancel, dispose } = made as Record<string, unknown>
  const ends = release ?? close ?? cancel ?? dispose
  return typeof ends === 'function' && ends.length === 0 ? ends.call(made) : undefined
}
