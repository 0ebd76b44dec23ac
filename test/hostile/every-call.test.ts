// Every public call, with everything that is no argument of it: a clear error or a right answer, and nothing is written.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { allKeys } from '../../src/index.ts'
import { invokerOf, outcomeOf } from './attempt.ts'
import { callsWithParameters, type Call, type Parameter } from './calls.ts'
import { HOSTILE, HostileError, type Hostile } from './hostile-values.ts'
import { hasRight, rightArgument } from './right-arguments.ts'
import { Scene, closeWorld, openWorld, seed, type World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => closeWorld(world))

const calls = callsWithParameters()

/** What a program implements and hands to the package, by its name in the declarations. */
const OF_PROGRAMS =
  /^\S+ (BlobReadOptions|ParsingSchema|GetSubspace|DatabaseOrTransaction|ScanScope|Awaitable|Waker|Codec|EndingWorker|Executor|When|Shared|Stream|KeyScope|OpenTelemetryTracer|WorkloadContext|TestHooks|ModelCommand|ModelWorkload|ArgumentGenerator)\.|checkEachTest$/
/** How wakers, tasks and their executors speak with each other; a task's code has them from the package. */
const OF_TASKS =
  /\.(poll|pollFor|forget)$|^fdbkit\/task (InPlaceExecutor|QueueingExecutor|Task|TaskWaker|AtomicWaker)\./

const tried = calls.filter(({ name }) => !OF_PROGRAMS.test(name) && !OF_TASKS.test(name))

/** An error says what it is told, and a promise takes what can't be called, as those of the language do. */
const TAKES_ANYTHING =
  /^\S+ (new \w+Error (detail|context|what|offset|reason|message|description)|(FdbFuture|JoinHandle|Wait)\.(then|catch|finally) )/
/** Without an encoding, a scope has plain keys or values. */
const TAKES_NONE = /\.with(Key|Value)Encoding$/

/** They block the thread for as long as they are told. */
const BLOCKS = /PinnedDataHandle\.\w+Blocking$/
const TOO_LONG = new Set(['Infinity', '2 ** 53', '1e308'])

/** What the language and Node say when a program trips over a value that it has not looked at. */
const UNCLEAR =
  /^Cannot |^Invalid (array|string|typed array|array buffer|time) |is not (a function|iterable|a constructor|an object|defined|async iterable|extensible)|^Maximum call stack|incompatible receiver|out of bounds|^The ".*" argument|before initialization|^Converting circular|Private field|property descriptor|on a detached|called on/

/** The language says of a revoked proxy what it is, and no code of ours can look at one. */
const isOfRevokedProxy = (error: unknown): boolean =>
  error instanceof TypeError && error.message.endsWith('on a proxy that has been revoked')

/** A number, and nothing but one: of texts, dates and numbers, NaN may be one more value. */
const isCount = ({ kinds }: Parameter): boolean =>
  kinds?.has('number') === true && !kinds.has('string') && !kinds.has('object')

/** What is wrong with an outcome; undefined: nothing is. */
function fault(parameter: Parameter, value: unknown, outcome: object): string | undefined {
  if (!('error' in outcome)) {
    const kind = value === null ? 'null' : typeof value
    if (parameter.kinds?.has(kind) === false) return 'was taken'
    return Number.isNaN(value) && isCount(parameter) ? 'was taken' : undefined
  }
  const { error } = outcome
  if (error instanceof HostileError || isOfRevokedProxy(error)) return undefined
  if (!(error instanceof Error)) return `gave no error: ${String(error)}`
  return UNCLEAR.test(error.message) ? `gave ${error.name}: ${error.message}` : undefined
}

/** All keys with their values, as texts. */
async function content(db = world.db): Promise<readonly string[]> {
  const entries = await db.getRangeAll(allKeys)
  return entries.map(([key, value]) => `${key.toString('latin1')}=${value.toString('hex')}`)
}

/** What is in one of them alone: what was written, or cleared. */
function differences(before: readonly string[], after: readonly string[]): readonly string[] {
  const [was, is] = [new Set(before), new Set(after)]
  return [...after.filter((each) => !was.has(each)), ...before.filter((each) => !is.has(each))]
}

async function tryOne(call: Call, at: number, hostile: Hostile): Promise<string | undefined> {
  const isOfRecipes = call.name.includes('fdbkit/recipes ')
  const scene = new Scene(isOfRecipes ? { ...world, db: world.ofRecipes } : world)
  const given = call.parameters.map(({ name }) => rightArgument(call.name, name, scene))
  given[at] = hostile.make()
  const before = await content()
  const outcome = await outcomeOf(call.name, scene, given)
  await scene.end()
  const written = differences(before, await content())
  if (written.length > 0) await seed(world)
  const found = fault(call.parameters[at]!, given[at], outcome)
  if (found !== undefined) return found
  return written.length > 0 && 'error' in outcome
    ? `was refused, and something was written: ${written.slice(0, 3).join(', ').slice(0, 200)}`
    : undefined
}

describe('every public call', () => {
  test('is tried, with arguments that it takes', () => {
    const lacking = tried.flatMap(({ name, parameters }) => [
      ...(invokerOf(name) === undefined ? [`${name}: no receiver`] : []),
      ...parameters
        .filter((parameter) => !hasRight(name, parameter.name))
        .map((parameter) => `${name} ${parameter.name}: no argument`),
    ])
    expect(lacking, lacking.join('\n')).toEqual([])
    expect(tried.length).toBeGreaterThan(400)
  })

  test.each(tried.map((call) => [call.name, call] as const))('%s', async (_name, call) => {
    const faults: string[] = []
    for (const [at, { name, kinds }] of call.parameters.entries()) {
      if (TAKES_ANYTHING.test(`${call.name} ${name}`)) continue
      for (const hostile of HOSTILE) {
        if (hostile.name === 'undefined' && kinds?.has('undefined') !== false) continue
        // Where a function is due it is the program's, and what it throws as well.
        if (kinds?.has('function') === true && typeof hostile.make() === 'function') continue
        if (hostile.name === 'undefined' && TAKES_NONE.test(call.name)) continue
        if (BLOCKS.test(call.name) && TOO_LONG.has(hostile.name)) continue
        const found = await tryOne(call, at, hostile)
        if (found !== undefined) faults.push(`${hostile.name} as ${name} ${found}`)
      }
    }
    expect(faults, faults.join('\n')).toEqual([])
  })

  test('leaves nothing behind that goes on writing', async () => {
    for (const db of [world.db, world.ofRecipes]) {
      const before = await content(db)
      for (let read = 0; read < 100; read++) await db.get('k')
      expect(differences(before, await content(db))).toEqual([])
    }
  })
})
