/** How the items of a queue are laid out as keys; docs/recipes.md has the table. */
import type { TupleItem, TupleVersionstamp } from '../../layers/tuple/tuple-item.ts'
import { pack } from '../../layers/tuple/tuple.ts'

/** Of the cluster's clock, about. */
export const VERSIONS_PER_MILLISECOND = 1000

/** An item that can be taken. */
export interface Item {
  /** Of its push: its place. */
  readonly stamp: TupleVersionstamp
  /** So often it was leased. */
  readonly tries: number
  readonly value: Buffer
}

/** An item that a consumer has until a version. */
export interface Leased extends Item {
  readonly until: bigint
  /** Drawn for the lease: whoever has it next has another one. */
  readonly id: Buffer
}

export interface Hidden extends Item {
  readonly until: bigint
  /** None where it is delayed. */
  readonly id: Buffer | undefined
}

/** Before it was leased, an item has the key of a plain push. */
export function itemKey({ stamp, tries }: Item): TupleItem[] {
  return tries === 0 ? [stamp] : [stamp, tries]
}

export function hiddenKey({ until, stamp, tries, id }: Hidden): TupleItem[] {
  return id === undefined ? [until, stamp, tries] : [until, stamp, tries, id]
}

export function itemOf([key, value]: readonly [readonly unknown[], Buffer]): Item {
  const [stamp, tries = 0] = key as [TupleVersionstamp, number?]
  return { stamp, tries, value }
}

export function hiddenOf([key, value]: readonly [readonly unknown[], Buffer]): Hidden {
  const [until, stamp, tries, id] = key as [bigint | number, TupleVersionstamp, number, Buffer?]
  return { until: BigInt(until), stamp, tries, id, value }
}

/** The order of their places. */
export const inOrder = (a: Item, b: Item): number =>
  Buffer.compare(pack(itemKey(a)), pack(itemKey(b)))

/** The version that comes so many milliseconds later. */
export function after(version: bigint, milliseconds: number): bigint {
  return version + BigInt(Math.ceil(milliseconds * VERSIONS_PER_MILLISECOND))
}
