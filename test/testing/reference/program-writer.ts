import type { Instruction, Item } from './program.ts'

/** Writes a program, and knows how many items its stack will hold. */
export class ProgramWriter {
  readonly instructions: Instruction[] = []
  #size = 0
  /** Places, from the bottom, of results that may be under way. */
  #pending: number[] = []

  get size(): number {
    return this.#size
  }

  get hasPending(): boolean {
    return this.#pending.length > 0
  }

  push(item: Item): void {
    this.instructions.push(['PUSH', item])
    this.#size++
  }

  /** Pushes the arguments so that the operation pops the first one first. `left`: what it pushes. */
  call(name: string, args: readonly Item[], left: number): void {
    for (const item of [...args].reverse()) this.push(item)
    this.instructions.push([name])
    this.#size += left - args.length
  }

  /** The same; its one result may come later. */
  callPending(name: string, args: readonly Item[]): void {
    this.call(name, args, 1)
    this.#pending.push(this.#size - 1)
  }

  /** Brings each result that may be under way to the top, waits for it, and puts it back. */
  waitForAll(): void {
    for (const place of this.#pending) {
      const depth = this.#size - 1 - place
      if (depth > 0) this.call('SWAP', [depth], 0)
      this.instructions.push(['WAIT_FUTURE'])
      if (depth > 0) this.call('SWAP', [depth], 0)
    }
    this.#pending = []
  }

  logTo(prefix: Buffer): void {
    this.waitForAll()
    this.call('LOG_STACK', [prefix], 0)
    this.#size = 0
  }
}
