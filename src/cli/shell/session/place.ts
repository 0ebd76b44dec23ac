// What a session keeps between two commands: the place, the transaction, tenants, watches, settings.
import { strInc } from '../../../client/keys/bytes.ts'
import { Subspace } from '../../../client/keys/subspace.ts'
import { pack } from '../../../layers/tuple/tuple.ts'
import type { TupleItem } from '../../../layers/tuple/tuple.ts'
import type { DirectoryPath } from '../grammar/command.ts'
import { showPath } from './show.ts'
import { printTuple } from '../notation/tuple-notation.ts'

const NOTHING = Buffer.alloc(0)
/** The first key behind those of users. */
const SYSTEM = Buffer.of(0xff)

/** Where the shell is: a directory, and subspaces in it. Keys are relative to it. Immutable. */
export class Place {
  static readonly root = new Place([], NOTHING, false, [])

  /** Names from the root. */
  readonly directory: readonly string[]
  /** Of the directory. */
  readonly #base: Buffer
  readonly isPartition: boolean
  readonly #subspaces: readonly (readonly TupleItem[])[]
  /** What all keys here begin with. */
  readonly prefix: Buffer

  constructor(
    directory: readonly string[],
    base: Buffer,
    isPartition: boolean,
    subspaces: readonly (readonly TupleItem[])[],
  ) {
    this.directory = directory
    this.#base = base
    this.isPartition = isPartition
    this.#subspaces = subspaces
    this.prefix = Buffer.concat([base, ...subspaces.map((items) => pack(items))])
  }

  get isRoot(): boolean {
    return this.prefix.length === 0
  }

  get subspace(): Subspace {
    return new Subspace(this.prefix)
  }

  /** Into a subspace of this place. */
  into(items: readonly TupleItem[]): Place {
    return new Place(this.directory, this.#base, this.isPartition, [...this.#subspaces, items])
  }

  /** Out of so many subspaces; undefined when it has fewer. */
  outOf(count: number): Place | undefined {
    if (count > this.#subspaces.length) return undefined
    const subspaces = this.#subspaces.slice(0, this.#subspaces.length - count)
    return new Place(this.directory, this.#base, this.isPartition, subspaces)
  }

  /** How many steps `..` leave subspaces before they leave the directory. */
  get depth(): number {
    return this.#subspaces.length
  }

  /** The names of a directory's path. */
  resolve({ absolute, steps, literal }: DirectoryPath): string[] {
    if (literal) return [...steps]
    const names = absolute ? [] : [...this.directory]
    for (const step of steps) {
      if (step === '..') names.pop()
      else if (step !== '.') names.push(step)
    }
    return names
  }

  key(relative: Uint8Array): Buffer {
    return Buffer.concat([this.prefix, relative])
  }

  relative(key: Buffer): Buffer {
    return key.subarray(this.prefix.length)
  }

  /** The keys from `begin` to `end`, or those that begin with `begin`; undefined when no key is above it. */
  range(
    begin: Uint8Array,
    end: Uint8Array | undefined,
  ): { begin: Buffer; end: Buffer } | undefined {
    const from = this.key(begin)
    if (end !== undefined) return { begin: from, end: this.key(end) }
    if (from.length === 0) return { begin: from, end: SYSTEM }
    return from.every((byte) => byte === 0xff) && from.length > 1
      ? undefined
      : {
          begin: from,
          end: from.equals(SYSTEM) ? Buffer.of(0xff, 0xff) : Buffer.from(strInc(from)),
        }
  }

  toString(): string {
    return `${showPath(this.directory)}${this.#subspaces.map(printTuple).join('')}`
  }
}
