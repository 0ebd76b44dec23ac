import { tuple } from '../../../index.ts'
import { packStampOffset } from '../../../client/keys/versionstamp.ts'
import { bytesOf, doubleItem, floatingBytesOf, floatItem } from '../machine/items.ts'
import type { Item } from '../machine/items.ts'
import type { Operations, Step } from '../machine/step.ts'

/** The tuple layer. */
export const tupleOperations: Operations = {
  async TUPLE_PACK(step) {
    step.push(tuple.pack(await step.stack.popTuple()))
  },
  TUPLE_PACK_WITH_VERSIONSTAMP: packWithVersionstamp,
  async TUPLE_UNPACK(step) {
    for (const item of tuple.unpack(bytesOf(await step.pop()), true)) step.push(tuple.pack([item]))
  },
  async TUPLE_RANGE(step) {
    const { begin, end } = tuple.range(await step.stack.popTuple())
    step.push(begin)
    step.push(end)
  },
  async TUPLE_SORT(step) {
    const packed = await step.stack.popTuple()
    const tuples = packed.map((item) => tuple.unpack(bytesOf(item), true))
    for (const items of tuples.sort(tuple.compare)) step.push(tuple.pack(items))
  },
  async ENCODE_FLOAT(step) {
    step.push(floatItem(bytesOf(await step.pop())))
  },
  async ENCODE_DOUBLE(step) {
    step.push(doubleItem(bytesOf(await step.pop())))
  },
  async DECODE_FLOAT(step) {
    step.push(floatingBytesOf(await step.pop(), 'float'))
  },
  async DECODE_DOUBLE(step) {
    step.push(floatingBytesOf(await step.pop(), 'double'))
  },
}

async function packWithVersionstamp(step: Step): Promise<void> {
  const prefix = bytesOf(await step.pop())
  const items = await step.stack.popTuple()
  const holes = countHoles(items)
  if (holes !== 1) return step.pushText(holes === 0 ? 'ERROR: NONE' : 'ERROR: MULTIPLE')
  const { data, stampPos } = tuple.packUnboundVersionstamp(items)
  const stamp = { data: Buffer.concat([prefix, data]), stampPos: prefix.length + stampPos }
  step.pushText('OK')
  step.push(packStampOffset(stamp, true, step.machine.apiVersion))
}

function countHoles(items: readonly Item[]): number {
  let count = 0
  for (const item of items) {
    if (Array.isArray(item)) count += countHoles(item)
    else if (isHole(item)) count++
  }
  return count
}

function isHole(item: Item): boolean {
  return (item as { type?: unknown } | null)?.type === 'unbound versionstamp'
}
