import peer from 'fdb-tuple'
import type { Draw } from '../../differential/draw.ts'
import { drawBytes, drawFloating, drawInteger, drawItem, drawItems } from './generate-items.ts'
import type { ProgramWriter } from './program-writer.ts'
import type { Item } from './program.ts'

/** An operation on the stack alone. */
export function mixStack(out: ProgramWriter, draw: Draw): void {
  switch (draw.pick(['sub', 'concat', 'dup', 'swap', 'pop'])) {
    case 'sub':
      return out.call('SUB', [drawInteger(draw), drawInteger(draw)], 1)
    case 'concat':
      if (draw.oneIn(2)) return out.call('CONCAT', ['\u00e9', 'a'], 1)
      return out.call('CONCAT', [drawBytes(draw, 5), drawBytes(draw, 5)], 1)
    case 'dup':
      out.push(drawItem(draw))
      return out.call('DUP', [], 1)
    case 'swap':
      return out.size < 2 ? undefined : out.call('SWAP', [draw.integer(0, out.size - 1)], 0)
    case 'pop':
      return out.size === 0 ? undefined : out.call('POP', [], -1)
  }
}

/** Operations of the tuple layer. */
export function writeTuples(out: ProgramWriter, draw: Draw, steps: number): void {
  const counted = (items: readonly Item[]): Item[] => [items.length, ...items]
  for (let i = 0; i < steps; i++) {
    switch (
      draw.pick(['pack', 'unpack', 'range', 'sort', 'stamp', 'encode', 'decode', 'stack'] as const)
    ) {
      case 'pack':
        out.call('TUPLE_PACK', counted(drawItems(draw, 8)), 1)
        break
      case 'unpack': {
        const items = drawItems(draw, 8)
        out.call('TUPLE_UNPACK', [peer.pack(items)], items.length)
        break
      }
      case 'range':
        out.call('TUPLE_RANGE', counted(drawItems(draw, 6)), 2)
        break
      case 'sort': {
        const tuples = Array.from({ length: draw.integer(1, 12) }, () => drawItems(draw, 4))
        const all = draw.oneIn(2) ? [...tuples, tuples[0]!.slice(0, 1)] : tuples
        const packed = all.map((items) => peer.pack(items))
        out.call('TUPLE_SORT', counted(packed), packed.length)
        break
      }
      case 'stamp': {
        const holes = draw.integer(0, 2)
        const items = drawItems(draw, 4)
        for (let n = 0; n < holes; n++) {
          const hole = { type: 'unbound versionstamp' as const, code: draw.integer(0, 65_535) }
          items.splice(draw.integer(0, items.length), 0, draw.oneIn(3) ? [hole] : hole)
        }
        const args = [drawBytes(draw, 9), ...counted(items)]
        out.call('TUPLE_PACK_WITH_VERSIONSTAMP', args, holes === 1 ? 2 : 1)
        break
      }
      case 'encode':
        if (draw.oneIn(2)) out.call('ENCODE_FLOAT', [draw.bytes(4)], 1)
        else out.call('ENCODE_DOUBLE', [draw.bytes(8)], 1)
        break
      case 'decode':
        if (draw.oneIn(2)) out.call('DECODE_FLOAT', [drawFloating(draw, 'float')], 1)
        else out.call('DECODE_DOUBLE', [drawFloating(draw, 'double')], 1)
        break
      case 'stack':
        mixStack(out, draw)
    }
  }
}
