// What an instruction of the binding tester works on: its stack, its transactions, its directories.
import type { Subspace } from '../../../index.ts'
import type { Directory } from '../../../layers/directory/directory.ts'
import { directory } from '../../../layers/directory/directory-layer.ts'
import type { DirectoryLayer } from '../../../layers/directory/directory-layer.ts'
import { StackTesterError } from './items.ts'

/** Undefined where an operation failed that should have made one. */
export type DirectoryEntry = Subspace | Directory | DirectoryLayer | undefined

/** The directories that a machine has opened, and which one its instructions are about. */
export class DirectoryState {
  /** Takes the place of the current one when that was never made. */
  errorIndex = 0
  #index = 0
  readonly #list: DirectoryEntry[] = [directory]

  get index(): number {
    return this.#index
  }

  get current(): DirectoryEntry {
    return this.at(this.#index)
  }

  at(index: number): DirectoryEntry {
    if (index in this.#list) return this.#list[index]
    throw new StackTesterError(`there are ${this.#list.length} directories, and none at ${index}`)
  }

  append(entry: DirectoryEntry): void {
    this.#list.push(entry)
  }

  change(index: number): void {
    this.#index = this.at(index) === undefined ? this.errorIndex : index
  }
}
