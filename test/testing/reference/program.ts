import peer from 'fdb-tuple'

/** What the reference keeps on its stack: what the npm package fdb-tuple packs. */
export type Item = peer.TupleItem

/** The name of an operation, and for PUSH the item. */
export type Instruction = readonly [name: string, argument?: Item]

/** Instructions by the prefix below which they lie. */
export type Programs = ReadonlyMap<string, readonly Instruction[]>

/** The prefix of the program that starts the others. */
export const MAIN = 'main'

/** Keys as latin1 text, so that text sorts as the bytes do. */
export const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')
export const bytesOf = (text: string): Buffer => Buffer.from(text, 'latin1')

/** The key-value pairs that hold the programs, as the binding tester writes them. */
export function pairsOf(programs: Programs): [key: Buffer, value: Buffer][] {
  return [...programs].flatMap(([prefix, instructions]) =>
    instructions.map(([name, argument], i): [Buffer, Buffer] => [
      peer.pack([bytesOf(prefix), i]),
      packed(argument === undefined ? [name] : [name, argument]),
    ]),
  )
}

/** Instructions may push an unbound versionstamp, so here it is packed like a bound one. */
function packed(items: Item[]): Buffer {
  const hasHole = items.flat(2).some((item) => {
    return (item as { type?: string } | null)?.type === 'unbound versionstamp'
  })
  return hasHole ? peer.packUnboundVersionstamp(items).data : peer.pack(items)
}
