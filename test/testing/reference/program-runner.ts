import peer from 'fdb-tuple'
import type { Database } from '../../../src/index.ts'
import { runStackTester } from '../../../src/testing/stack-tester/run-stack-tester.ts'
import { pairsOf } from './program.ts'
import type { Instruction, Item } from './program.ts'

export const bytes = (text: string): Buffer => Buffer.from(text)

/** What an operation leaves that failed. */
export const error = (code: number): Buffer =>
  peer.pack([Buffer.from('ERROR'), Buffer.from(String(code))])

/** What an operation leaves that has no result. */
export const DONE = bytes('RESULT_NOT_PRESENT')

/** The instructions that push the arguments, so that the first is popped first, and the operation. */
export const call = (name: string, ...args: Item[]): Instruction[] => [
  ...args.reverse().map((item): Instruction => ['PUSH', item]),
  [name],
]

/** Runs programs in a database, and takes away what they leave there. */
export class ProgramRunner {
  readonly #db: Database
  #programs = 0

  constructor(db: Database) {
    this.#db = db
  }

  /** The prefix of the program, which lies in the database now. */
  async insert(instructions: readonly Instruction[]): Promise<string> {
    const prefix = `stack tester ${this.#programs++} of ${process.pid}`
    await this.#db.doOneshot((tn) => {
      for (const [key, value] of pairsOf(new Map([[prefix, instructions]]))) tn.set(key, value)
    })
    return prefix
  }

  async clearBehind(prefix: string): Promise<void> {
    await this.#db.clearRangeStartsWith(peer.pack([Buffer.from(prefix)]))
    await this.#db.clearRangeStartsWith(`${prefix}/`)
  }

  /** What the instructions leave on the stack, oldest first. */
  async stackAfter(instructions: readonly Instruction[]): Promise<Item[]> {
    const log = `log of ${this.#programs} of ${process.pid}/`
    const prefix = await this.insert([...instructions, ...call('LOG_STACK', bytes(log))])
    await runStackTester(this.#db, Buffer.from(prefix))
    const entries = await this.#db.getRangeAllStartsWith(log)
    await this.clearBehind(prefix)
    await this.#db.clearRangeStartsWith(log)
    const sorted = entries
      .map(([key, value]) => [peer.unpack(key.subarray(log.length))[0], value] as const)
      .sort(([a], [b]) => Number(a) - Number(b))
    return sorted.map(([, value]) => peer.unpack(value)[0]!)
  }
}
