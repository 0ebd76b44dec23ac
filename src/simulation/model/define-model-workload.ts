/** Workloads by model: the program is drawn, carried out by all clients, and its answers are compared with the model's. */
import { inspect, isDeepStrictEqual } from 'node:util'
import type { Database } from '../../client/database/database.ts'
import type { OptionDefaults } from '../author/option-values.ts'
import { defineWorkload, type WorkloadDefinition } from '../author/workload.ts'
import type { WorkloadContext } from '../author/workload-context.ts'
import type { ArgumentGenerator } from './arbitrary.ts'
import { carryOut, readPlaces, type History } from './carry-out.ts'
import { currentEdits } from './edits.ts'
import { checkModelWorkload, type ModelCommand, type ModelWorkload } from './model-definition.ts'
import { findOrder, textOf, type Done, type OrderResult } from './order.ts'
import { drawProgram, type Program, type Step } from './program.ts'

const OPTIONS = { commands: 20, pause: 0.5 }

/** Steps of a failing program that are traced. */
const MOST_STEPS = 40

/** All clients of a simulation are in one process: what they did is told to whoever checks. */
const histories = new Map<string, History>()

/**
 * Defines a workload by a model: a state, commands that change it, how each is carried out on the database, and what it must
 * answer. The program of each client is drawn from the seed, runs under faults, and its answers must fit the model in an order
 * that the cluster leaves open. `fdbkit sim --shrink` makes a program that fails as small as it can.
 *
 * @throws TypeError that names what is wrong with the definition.
 * @example
 * import fc from 'fast-check'
 * export default defineModelWorkload({
 *   model: () => 0,
 *   commands: {
 *     add: {
 *       args: fc.integer({ min: 1, max: 100 }),
 *       transaction: async (tn, amount) => tn.add('sum', amount, { bytes: 8 }),
 *       model: (sum, amount) => [sum + amount, undefined],
 *     },
 *   },
 *   state: async (tn) => Number((await tn.get('sum'))?.readBigInt64LE() ?? 0),
 * })
 */
export function defineModelWorkload<S, A, const O extends OptionDefaults = Record<never, never>>(
  definition: ModelWorkload<S, A, O>,
): WorkloadDefinition<O & typeof OPTIONS> {
  checkModelWorkload(definition)
  const commands = new Map(
    Object.entries(definition.commands as Record<string, ModelCommand<S, unknown, O>>),
  )
  type Context = WorkloadContext<O & typeof OPTIONS>
  const programOf = (ctx: Context): Program => draw(ctx, commands)
  return defineWorkload({
    options: { ...OPTIONS, ...definition.options } as O & typeof OPTIONS,
    async setup(db, ctx) {
      if (ctx.clientId === 0) await definition.setup?.(db, ctx)
    },
    async start(db, ctx) {
      const { steps, exhausted } = programOf(ctx)
      if (ctx.clientId === 0) tellProgram(ctx, steps, exhausted)
      for (const step of steps) {
        if (step.client !== ctx.clientId) continue
        await ctx.delay(step.pause)
        const command = commands.get(step.name) as ModelCommand<S, unknown, O>
        await carryOut(db, ctx, step, command as never, historyOf(ctx))
      }
    },
    async check(db, ctx) {
      if (ctx.clientId !== 0) return true
      const result = await check(db, ctx as never, definition, commands, programOf(ctx).steps)
      if (result.fits) return true
      tellFailure(ctx, result.order)
      throw new Error(whyNot(result))
    },
  })
}

function whyNot({ isKnown, fault }: Exclude<OrderResult, { fits: true }>): string {
  return isKnown
    ? `the answers fit the model in no order: ${fault}`
    : `too many orders to try, so that it is not known whether the answers fit the model: have fewer commands (${fault})`
}

function draw(
  ctx: WorkloadContext<typeof OPTIONS>,
  commands: ReadonlyMap<string, { readonly args?: ArgumentGenerator<unknown> }>,
): Program {
  const edits = currentEdits()
  const shape = {
    clients: ctx.clientCount,
    commands: ctx.options.commands,
    pause: ctx.options.pause,
  }
  const generators = new Map([...commands].map(([name, { args }]) => [name, args] as const))
  return drawProgram(edits?.seed ?? String(ctx.sharedRandomNumber), shape, generators, edits)
}

function historyOf(ctx: WorkloadContext): History {
  const key = String(ctx.sharedRandomNumber)
  const known = histories.get(key)
  if (known !== undefined) return known
  const history: History = new Map()
  histories.set(key, history)
  return history
}

async function check<S, A, O>(
  db: Database,
  ctx: WorkloadContext<O>,
  { model, invariants = {}, state: read }: ModelWorkload<S, A, O>,
  commands: ReadonlyMap<string, ModelCommand<S, unknown, O>>,
  steps: readonly Step[],
): Promise<OrderResult> {
  const { options } = ctx
  const places = await readPlaces(db)
  const history = historyOf(ctx)
  const done = steps.flatMap((step): Done[] => {
    const record = history.get(`${step.client}/${step.index}`)
    const place = places.get(`${step.client}/${step.index}`)
    const command = commands.get(step.name) as ModelCommand<S, unknown, O>
    // A transaction has its place from its mark alone.
    const from = place ?? (command.transaction === undefined ? record?.from : undefined)
    if (from === undefined) return []
    return [
      {
        what: describe(step, record?.answer),
        from,
        to: place ?? record?.to ?? '\uffff',
        isOpen: place === undefined && record?.answer === undefined,
        answer: record?.answer,
        apply: (state) => {
          const [next, answer] = command.model(state as S, step.args)
          return { state: next, answer }
        },
      },
    ]
  })
  const fault = (state: unknown): string | undefined =>
    Object.entries(invariants).find(([, holds]) => !holds(state as S, options))?.[0]
  if (read === undefined) return findOrder(done, model(options), fault, () => undefined)
  const left = await db.doTransaction((tn) => read(tn, options))
  const isEnd = (state: unknown): string | undefined =>
    isDeepStrictEqual(state, left)
      ? undefined
      : `the database has ${inspect(left, { depth: 4 })}, and the model ${inspect(state, { depth: 4 })}`
  return findOrder(done, model(options), fault, isEnd)
}

function describe({ client, name, args }: Step, answer: { value: unknown } | undefined): string {
  const told = answer === undefined ? 'no answer' : textOf(answer.value)
  return `client ${client}: ${name} ${args === undefined ? '' : textOf(args)} gave ${told}`
}

function tellProgram(
  ctx: WorkloadContext,
  steps: readonly Step[],
  exhausted: readonly string[],
): void {
  const kept = Array.from({ length: ctx.clientCount }, (_, client) =>
    steps.filter((step) => step.client === client).map(({ index }) => index),
  )
  ctx.trace('info', 'FdbkitModelProgram', {
    Seed: currentEdits()?.seed ?? String(ctx.sharedRandomNumber),
    Clients: ctx.clientCount,
    Counts: kept.map((indexes) => indexes.length).join(),
    Exhausted: exhausted.join(' '),
  })
}

function tellFailure(ctx: WorkloadContext, order: readonly Done[]): void {
  for (const [at, { what }] of order.slice(-MOST_STEPS).entries()) {
    ctx.trace('info', 'FdbkitModelStep', { Number: at + 1, Step: what })
  }
}
