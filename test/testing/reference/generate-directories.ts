import type { Draw } from '../../differential/draw.ts'
import { drawBytes, drawItem, drawItems } from './generate-items.ts'
import type { ProgramWriter } from './program-writer.ts'
import { bytesOf } from './program.ts'
import type { Item } from './program.ts'

export const NAMES = ['a', 'b', '\u00fc', '\u{1f431}']

/** Operations on directories, each committed at once, and then on subspaces. */
export function writeDirectories(out: ProgramWriter, draw: Draw): void {
  // 0 is the root; what the list holds at an index is known only when it runs, so it is kept simple:
  // the directories come first, then nothing but subspaces.
  const path = (): Item[] => {
    const names = Array.from({ length: draw.integer(1, 3) }, () => draw.pick(NAMES))
    return [names.length, ...names]
  }
  const layer = (): Item => draw.pick([null, Buffer.alloc(0), bytesOf('one'), bytesOf('two')])
  let list = 1
  let current = 0
  for (let i = 0; i < 40; i++) {
    const where = draw.pick(['', '_DATABASE'])
    const optional = (): Item[] => (draw.oneIn(2) ? [0] : [1, ...path()])
    // The result is either nothing or an error: the items on the stack are not counted here.
    switch (draw.weighted({ open: 6, move: 2, remove: 2, look: 3, log: 2, change: 4 })) {
      case 'open': {
        const name = draw.pick(['CREATE_OR_OPEN', 'CREATE', 'OPEN'])
        const args = [...path(), layer(), ...(name === 'CREATE' ? [null] : [])]
        out.call(`DIRECTORY_${name}${where}`, args, 0)
        list++
        break
      }
      case 'move':
        if (draw.oneIn(2)) out.call(`DIRECTORY_MOVE${where}`, [...path(), ...path()], 0)
        else out.call(`DIRECTORY_MOVE_TO${where}`, path(), 0)
        list++
        break
      case 'remove': {
        const name = draw.pick(['REMOVE', 'REMOVE_IF_EXISTS'])
        out.call(`DIRECTORY_${name}${where}`, optional(), 0)
        break
      }
      case 'look': {
        const suffix = draw.pick([where, '_SNAPSHOT'])
        out.call(`DIRECTORY_${draw.pick(['EXISTS', 'LIST'])}${suffix}`, optional(), 1)
        break
      }
      case 'log':
        out.call('DIRECTORY_LOG_DIRECTORY', [bytesOf(`d/${i}/`)], 0)
        break
      case 'change':
        current = draw.integer(0, list - 1)
        out.call('DIRECTORY_CHANGE', [current], 0)
    }
    // Prefixes are drawn by chance, so no transaction that allocates one stays open.
    out.call('COMMIT', [], 1)
    out.call('WAIT_FUTURE', [], 0)
    out.call('RESET', [], 0)
  }
  writeSubspaces(out, draw, list)
}

function writeSubspaces(out: ProgramWriter, draw: Draw, list: number): void {
  const counted = (): Item[] => {
    const items = drawItems(draw, 4)
    return [items.length, ...items]
  }
  const first = list
  out.call('DIRECTORY_CREATE_SUBSPACE', [...counted(), drawBytes(draw, 5)], 0)
  list++
  for (let i = 0; i < 15; i++) {
    out.call('DIRECTORY_CHANGE', [draw.integer(first, list - 1)], 0)
    switch (draw.pick(['open', 'pack', 'unpack', 'range', 'contains', 'strip', 'log'] as const)) {
      case 'open':
        out.call('DIRECTORY_OPEN_SUBSPACE', counted(), 0)
        list++
        break
      case 'pack':
        out.call('DIRECTORY_PACK_KEY', counted(), 1)
        break
      case 'unpack':
        out.call('DIRECTORY_PACK_KEY', counted(), 1)
        out.call('DIRECTORY_UNPACK_KEY', [], 0)
        break
      case 'range':
        out.call('DIRECTORY_RANGE', counted(), 2)
        break
      case 'contains':
        out.call('DIRECTORY_CONTAINS', [drawKey(draw)], 1)
        break
      case 'strip':
        out.call('DIRECTORY_STRIP_PREFIX', [drawKey(draw)], 1)
        break
      case 'log':
        out.call('DIRECTORY_LOG_SUBSPACE', [bytesOf(`s/${i}/`)], 0)
    }
  }
  out.call('COMMIT', [], 1)
  out.call('WAIT_FUTURE', [], 0)
}

/** What a key is expected of: mostly bytes, and now and then what an operation before may have left. */
function drawKey(draw: Draw): Item {
  return draw.oneIn(4) ? drawItem(draw) : drawBytes(draw, 9)
}
