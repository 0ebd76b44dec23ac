// Transactions and results outlive the tenant's being active: any program about tenants leaves what a model says.
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBackend } from '../client/open-backend.ts'
import { bytes, call, DONE, ProgramRunner } from './reference/program-runner.ts'
import type { Instruction, Item } from './reference/program.ts'

const db = openBackend()
const programs = new ProgramRunner(db)

const NAMES = ['first', 'second'].map((each) => `${each} tenant of ${process.pid}`)
/** Each transaction has a key of its own, so that none meets the writes of another. */
const TRANSACTIONS = [0, 1, 2].map((n) => `transaction ${n} of ${process.pid}`)
const keyOf = (name: string): Buffer => bytes(`key of ${name}`)
const ALONE = bytes(`alone ${process.pid}`)

beforeAll(async () => {
  for (const name of NAMES) await db.tenants.create(name)
})
afterAll(async () => {
  await clear()
  for (const name of NAMES) await db.tenants.delete(name)
  db.close()
})

async function clear(): Promise<void> {
  await db.clearRangeStartsWith(ALONE)
  for (const name of TRANSACTIONS) await db.clear(keyOf(name))
  for (const name of NAMES) {
    using tenant = db.tenants.open(name)
    await tenant.clearRange('', Buffer.of(0xff))
  }
}

interface OpenModel {
  readonly content: Map<string, string>
  written: string | undefined
}

/** What programs are to do, and should leave. */
class Model {
  readonly instructions: Instruction[] = []
  /** What is on the stack in the end. */
  readonly left: Item[] = []
  readonly #contents = new Map(['', ...NAMES].map((name) => [name, new Map<string, string>()]))
  readonly #open = new Map<string, OpenModel>()
  #active = ''
  #current = TRANSACTIONS[0]!
  #values = 0

  constructor() {
    this.use(0)
  }

  activate(name: string): void {
    this.#do(call('TENANT_SET_ACTIVE', bytes(name)), bytes('SET_ACTIVE_TENANT'))
    this.#active = name
  }

  deactivate(): void {
    this.#do([['TENANT_CLEAR_ACTIVE']])
    this.#active = ''
  }

  /** Makes one where there is none of that name yet. */
  use(n: number): void {
    this.#current = TRANSACTIONS[n]!
    this.#do(call('USE_TRANSACTION', bytes(this.#current)))
    if (!this.#open.has(this.#current)) this.#begin()
  }

  renew(): void {
    this.#do([['NEW_TRANSACTION']])
    this.#begin()
  }

  write(): void {
    const value = this.#value()
    this.#do(call('SET', keyOf(this.#current), bytes(value)))
    this.#tn.written = value
  }

  read(): void {
    const { content, written } = this.#tn
    const seen = written ?? content.get(this.#current)
    this.#do(call('GET', keyOf(this.#current)), seen === undefined ? DONE : bytes(seen))
  }

  /** The next one of that name begins at once. */
  commit(): void {
    this.#do([['COMMIT'], ['WAIT_FUTURE']], DONE)
    const { content, written } = this.#tn
    if (written !== undefined) content.set(this.#current, written)
    this.renew()
  }

  /** In a transaction of its own, which is awaited in the end, as that of `readAlone`. */
  writeAlone(): void {
    const value = this.#value()
    this.#do(call('SET_TENANT', bytes(`${ALONE.toString()} ${value}`), bytes(value)), DONE)
  }

  readAlone(): void {
    this.#do(call('GET_TENANT', ALONE), DONE)
  }

  get #tn(): OpenModel {
    return this.#open.get(this.#current)!
  }

  #value(): string {
    return `value ${++this.#values}`
  }

  #begin(): void {
    const content = this.#contents.get(this.#active)!
    this.#open.set(this.#current, { content, written: undefined })
  }

  #do(instructions: readonly Instruction[], ...left: Item[]): void {
    this.instructions.push(...instructions)
    this.left.push(...left)
  }
}

const step: fc.Arbitrary<(model: Model) => void> = fc.oneof(
  fc.constantFrom(...NAMES).map((name) => (model: Model) => model.activate(name)),
  fc.constant((model: Model) => model.deactivate()),
  fc.nat({ max: 2 }).map((n) => (model: Model) => model.use(n)),
  fc.constantFrom(
    (model: Model) => model.renew(),
    (model: Model) => model.write(),
    (model: Model) => model.read(),
    (model: Model) => model.commit(),
    (model: Model) => model.writeAlone(),
    (model: Model) => model.readAlone(),
  ),
)

test('transactions and results outlive the tenant that they were asked of', async () => {
  const property = fc.asyncProperty(
    fc.array(step, { minLength: 10, maxLength: 60, size: 'max' }),
    async (steps) => {
      const model = new Model()
      for (const each of steps) each(model)
      expect(await programs.stackAfter(model.instructions)).toEqual(model.left)
      await clear()
    },
  )
  await fc.assert(property, { numRuns: 40 })
})
