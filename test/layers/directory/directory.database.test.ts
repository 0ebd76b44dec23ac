// Random operations on directories, one after the other, against a model of trees in memory.
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { Directory, DirectoryError, DirectoryLayer } from '../../../src/index.ts'
import type { Database, DatabaseOrTransaction } from '../../../src/index.ts'
import type { NativeValue } from '../../../src/client/keys/bytes.ts'
import { openTestDatabase } from '../../support/database.ts'
import { SEED_COUNT } from '../../support/seeds.ts'
import * as model from './directory-model.ts'
import type { ModelDirectory, ModelLayer, ModelNode } from './directory-model.ts'
import { Refused } from './directory-model.ts'

const base = openTestDatabase()
afterAll(() => base.close())

type Scope = DatabaseOrTransaction<NativeValue, Buffer, NativeValue, Buffer>
type Answer = { reason: string } | { value: unknown } | Opened
interface Opened {
  path: string[]
  layer: string
  real?: Directory
  model?: ModelDirectory
}

interface Step {
  operation: (typeof OPERATIONS)[number]
  /** Which of the directories opened so far is asked; 0 for the directory layer. */
  receiver: number
  path: string[]
  other: string[]
  layer: string | undefined
  prefix: string | undefined
  inTransaction: boolean
}

const OPERATIONS = [
  'createOrOpen',
  'create',
  'open',
  'move',
  'moveTo',
  'remove',
  'removeIfExists',
  'exists',
  'listAll',
] as const

const path = fc.array(fc.constantFrom('a', 'b', 'ü'), { maxLength: 3 })
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    operation: fc.constantFrom(...OPERATIONS, 'createOrOpen' as const, 'create' as const),
    receiver: fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, fc.nat(30)),
    path,
    other: path,
    layer: fc.option(fc.constantFrom('', 'x', 'partition'), { nil: undefined }),
    prefix: fc.option(fc.constantFrom('m', 'ma', 'mb', 'mbc', 'k'), { nil: undefined, freq: 6 }),
    inTransaction: fc.boolean(),
  }),
  { minLength: 1, maxLength: 25, size: 'max' },
)

/** A database and the model of it, side by side. */
class Pair {
  readonly #db: Database
  readonly #layer: DirectoryLayer
  readonly #model: ModelLayer = { root: new model.ModelNode(''), path: [], manual: true }
  readonly #opened: { real: Directory; model: ModelDirectory }[] = []
  readonly #removed = new Set<string>()

  constructor(db: Database) {
    this.#db = db
    const space = db.getSubspace()
    this.#layer = new DirectoryLayer({
      nodeSubspace: space.at('nodes'),
      contentSubspace: space.at('content'),
      allowManualPrefixes: true,
    })
  }

  async take(step: Step): Promise<void> {
    const alive = this.#opened.filter(
      ({ model: { parent, inner } }) => !parent.root.removed && !inner.root.removed,
    )
    const receiver = step.receiver === 0 ? undefined : alive[step.receiver % (alive.length + 1)]
    const real = await this.#real(step, receiver?.real ?? this.#layer)
    const expected = this.#expect(step, receiver?.model)
    const { real: directory, ...shown } = 'path' in real ? real : { ...real, real: undefined }
    const { model: twin, ...wanted } =
      'path' in expected ? expected : { ...expected, model: undefined }
    expect(shown).toEqual(wanted)
    if (directory !== undefined && twin !== undefined) await this.#compare(directory, twin)
  }

  async #real(step: Step, receiver: Directory | DirectoryLayer): Promise<Answer> {
    const run = (scope: Scope) => this.#call(step, receiver, scope)
    try {
      const value = await (step.inTransaction
        ? this.#db.doTransaction((tn) => run(tn))
        : run(this.#db))
      if (!(value instanceof Directory)) return { value }
      return { path: value.getPath(), layer: value.getLayer(), real: value as Directory }
    } catch (error) {
      if (error instanceof DirectoryError) return { reason: error.reason }
      throw error
    }
  }

  #call(step: Step, on: Directory | DirectoryLayer, scope: Scope): Promise<unknown> {
    const prefix = step.prefix && Buffer.concat([this.#db.getPrefix(), Buffer.from(step.prefix)])
    switch (step.operation) {
      case 'createOrOpen':
        return on.createOrOpen(scope, step.path, step.layer)
      case 'create':
        return on.create(scope, step.path, step.layer, prefix)
      case 'open':
        return on.open(scope, step.path, step.layer)
      case 'move':
        return on.move(scope, step.path, step.other)
      case 'moveTo':
        return on.moveTo(scope, step.other)
      default:
        return on[step.operation](scope, step.path)
    }
  }

  #expect(step: Step, receiver: ModelDirectory | undefined): Answer {
    const inner = receiver?.inner ?? this.#model
    const whole = (more: string[]) => (receiver === undefined ? more : model.below(receiver, more))
    const target =
      receiver === undefined
        ? { layer: this.#model, path: step.path }
        : model.target(receiver, step.path)
    const prefix =
      step.prefix === undefined
        ? undefined
        : this.#db.getPrefix().toString('hex') + Buffer.from(step.prefix).toString('hex')
    const open = (mayCreate: boolean, mayOpen: boolean, given?: string) =>
      shown(
        model.createOrOpen(inner, whole(step.path), {
          layer: step.layer,
          prefix: given,
          mayCreate,
          mayOpen,
        }),
      )
    try {
      switch (step.operation) {
        case 'createOrOpen':
          return open(true, true)
        case 'create':
          return open(true, false, prefix)
        case 'open':
          return open(false, true)
        case 'move':
          return shown(model.move(inner, whole(step.path), whole(step.other)))
        case 'moveTo':
          if (receiver === undefined) throw new Refused('is_root')
          return shown(model.moveTo(receiver, step.other))
        case 'remove':
        case 'removeIfExists': {
          const removed = model.remove(target.layer, target.path)
          if (removed === undefined && step.operation === 'remove') throw new Refused('not_found')
          if (removed !== undefined) for (const node of everyNode(removed)) this.#forget(node)
          return { value: removed !== undefined }
        }
        case 'exists':
          return { value: model.exists(target.layer, target.path) }
        case 'listAll':
          return { value: model.list(inner, whole(step.path)) }
      }
    } catch (error) {
      if (error instanceof Refused) return { reason: error.reason }
      throw error
    }
  }

  #forget(node: ModelNode): void {
    this.#removed.add(node.prefix)
  }

  /** The directory stands for the node: it has its prefix for good, and its data. */
  async #compare(real: Directory, twin: ModelDirectory): Promise<void> {
    const { node } = twin
    const prefix = real.content.prefix.toString('hex')
    if (node.prefix === '') node.prefix = prefix
    expect(prefix).toBe(node.prefix)
    this.#opened.push({ real, model: twin })
    if (real.isPartition()) return
    const id = `the data of ${prefix}`
    const before = await this.#db.at(real).get('id')
    if (before === undefined) await this.#db.at(real).set('id', id)
    else expect(before.toString()).toBe(id)
  }

  /** Walks the whole tree of the database beside the model's. */
  async check(): Promise<void> {
    const prefixes: string[] = []
    await this.#walk(this.#layer, this.#model.root, prefixes)
    const regular = prefixes.filter((prefix) => prefix !== '')
    expect(new Set(regular).size).toBe(regular.length)
    for (const prefix of this.#removed) {
      if (regular.some((other) => other.startsWith(prefix) || prefix.startsWith(other))) continue
      const start = Buffer.from(prefix, 'hex')
      expect(await this.#db.getRoot().getRangeAllStartsWith(start, { limit: 1 })).toEqual([])
    }
  }

  async #walk(on: Directory | DirectoryLayer, node: ModelNode, prefixes: string[]): Promise<void> {
    const children = (node.inside ?? node).children
    expect(await on.listAll(this.#db)).toEqual([...children.keys()].sort())
    for (const [name, child] of children) {
      const directory = await on.open(this.#db, name)
      expect(directory.getLayer()).toBe(child.layer)
      const prefix = directory.content.prefix.toString('hex')
      if (child.prefix !== '') expect(prefix).toBe(child.prefix)
      prefixes.push(prefix)
      await this.#walk(directory, child, prefixes)
    }
  }
}

function shown(directory: ModelDirectory): Opened {
  return { path: [...directory.path], layer: directory.node.layer, model: directory }
}

function* everyNode(node: ModelNode): Generator<ModelNode> {
  for (const member of node.family()) {
    if (member.prefix !== '') yield member
    if (member.inside !== undefined) yield* everyNode(member.inside)
  }
}

describe('directories', () => {
  let run = 0

  it('do what a model of them does, under random operations', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (sequence) => {
        const pair = new Pair(base.at(`run ${run++}/`))
        for (const step of sequence) await pair.take(step)
        await pair.check()
      }),
      { numRuns: 2 * SEED_COUNT },
    )
  })
})
