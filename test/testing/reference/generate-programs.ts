import peer from 'fdb-tuple'
import type { Draw } from '../../differential/draw.ts'
import { drawBytes, drawFloating, drawInteger, drawItem, drawItems } from './generate-items.ts'
import { ProgramWriter } from './program-writer.ts'
import { bytesOf } from './program.ts'
import type { Item, Programs } from './program.ts'

export type Kind = 'alone' | 'conflicts' | 'tuples' | 'directories' | 'threads'
export const KINDS: readonly Kind[] = ['alone', 'conflicts', 'tuples', 'directories', 'threads']

export const MAIN = 'main'
export const STACK_LOG = bytesOf('log/')
/** Keys and values with versionstamps in them lie here: what they are is known afterwards only. */
export const STAMPED_KEYS = bytesOf('\xe0keys/')
export const STAMPED_VALUES = bytesOf('\xe0values/')

const WORKSPACE = bytesOf('w/')
const KEYS = ['a', 'b', 'ba', 'bb', 'c', 'd\0', 'd\xff', 'e', 'f', 'g'].map((key) =>
  bytesOf(`w/${key}`),
)
/** Behind the workspace, so that selectors that leave it meet nothing with a versionstamp. */
export const FENCE = Array.from({ length: 12 }, (_, i) => bytesOf(`x/${i + 10}`))

const IDEMPOTENT = ['BIT_AND', 'BIT_OR', 'MAX', 'MIN', 'BYTE_MIN', 'BYTE_MAX']
const ATOMICS = [...IDEMPOTENT, 'ADD', 'BIT_XOR', 'APPEND_IF_FITS', 'COMPARE_AND_CLEAR']

/** Programs that fit their kind: the same seed gives the same ones. */
export function generatePrograms(kind: Kind, draw: Draw): Programs {
  const main = new ProgramWriter()
  const programs = new Map([[MAIN, main.instructions]])
  main.call('NEW_TRANSACTION', [], 0)
  if (kind === 'tuples') writeTuples(main, draw, 40)
  else if (kind === 'directories') writeDirectories(main, draw)
  else if (kind === 'threads') writeThreads(main, draw, programs)
  else new Access(main, draw, kind === 'conflicts').write(60)
  main.logTo(STACK_LOG)
  return programs
}

/** Reads, writes and the lives of transactions. */
class Access {
  readonly #out: ProgramWriter
  readonly #draw: Draw
  /** Several transactions are open at once, and writes of their own come between. */
  readonly #conflicts: boolean
  #begun = new Map<string, boolean>()
  #stamped = new Set<string>()
  #current = MAIN
  #hasVersion = false
  #wrote = false
  #stamps = 0

  constructor(out: ProgramWriter, draw: Draw, conflicts: boolean) {
    this.#out = out
    this.#draw = draw
    this.#conflicts = conflicts
  }

  write(steps: number): void {
    for (const key of [...KEYS.slice(0, 6), ...FENCE]) {
      this.#out.call('SET', [key, Buffer.from('first')], 0)
    }
    this.#commit()
    for (let i = 0; i < steps; i++) this.#step()
    this.#out.waitForAll()
    for (const name of this.#begun.keys()) {
      if (name !== this.#current) this.#use(name)
      this.#commit()
    }
  }

  #step(): void {
    const several = this.#conflicts ? 1 : 0
    switch (
      this.#draw.weighted({
        read: 10,
        write: 8,
        own: 3,
        conflict: 2,
        commit: 3,
        life: 2,
        size: 1,
        stamp: 1,
        stack: 1,
        use: 3 * several,
        version: 2,
      })
    ) {
      case 'read':
        return this.#read('')
      case 'write':
        return this.#write('')
      case 'own':
        return this.#own()
      case 'conflict':
        return this.#conflict()
      case 'commit':
        return this.#commit()
      case 'life':
        return this.#life()
      case 'size':
        return this.#sizes()
      case 'stamp':
        return this.#stamp()
      case 'stack':
        return this.#stack()
      case 'use':
        return this.#use(this.#draw.pick([MAIN, 'second', 'third']))
      case 'version':
        return this.#version()
    }
  }

  #key(): Buffer {
    return this.#draw.pick(KEYS)
  }

  /** A read that own writes answer takes no version, so transactions say when they begin. */
  #begin(): void {
    if (this.#begun.get(this.#current) === true) return
    this.#begun.set(this.#current, true)
    if (this.#hasVersion && this.#draw.oneIn(4) && this.#conflicts) {
      this.#out.call('SET_READ_VERSION', [], 0)
    } else {
      this.#out.call('GET_READ_VERSION', [], 1)
      this.#hasVersion = true
    }
  }

  #range(): Item[] {
    const draw = this.#draw
    const limit = draw.pick([0, 0, 1, 2, 3, 1000, 2 ** 31 - 1])
    return [limit, draw.integer(0, 1), draw.integer(-2, 4)]
  }

  #selector(): Item[] {
    return [this.#key(), this.#draw.integer(0, 1), this.#draw.integer(-6, 7)]
  }

  #read(where: '' | '_DATABASE'): void {
    const draw = this.#draw
    if (where === '') this.#begin()
    const suffix = where === '' && draw.oneIn(3) ? '_SNAPSHOT' : where
    // Which keys a limited or relative read depends on is the client's affair: only snapshots take part
    // where conflicts are counted.
    const plain = this.#conflicts && suffix === ''
    const kind = draw.weighted({ get: 5, key: plain ? 0 : 2, range: plain ? 0 : 4 })
    if (kind === 'get') {
      const key = draw.oneIn(20) ? bytesOf('\xff/system') : this.#key()
      this.#out.callPending(`GET${suffix}`, [key])
      if (this.#conflicts || where !== '' || draw.oneIn(2)) this.#out.waitForAll()
    } else if (kind === 'key') {
      this.#out.call(`GET_KEY${suffix}`, [...this.#selector(), WORKSPACE], 1)
    } else {
      this.#readRange(suffix)
    }
  }

  #readRange(suffix: string): void {
    switch (this.#draw.pick(['keys', 'prefix', 'selectors'])) {
      case 'keys':
        return this.#out.call(`GET_RANGE${suffix}`, [this.#key(), this.#key(), ...this.#range()], 1)
      case 'prefix': {
        const prefix = this.#draw.pick([WORKSPACE, bytesOf('w/b'), bytesOf('w/d'), bytesOf('w/zz')])
        return this.#out.call(`GET_RANGE_STARTS_WITH${suffix}`, [prefix, ...this.#range()], 1)
      }
      default: {
        const args = [...this.#selector(), ...this.#selector(), ...this.#range(), WORKSPACE]
        return this.#out.call(`GET_RANGE_SELECTOR${suffix}`, args, 1)
      }
    }
  }

  #write(where: '' | '_DATABASE'): void {
    const draw = this.#draw
    const value = (): Buffer => drawBytes(draw, 8)
    const left = where === '' ? 0 : 1
    if (where === '') this.#wrote = true
    const call = (name: string, args: Item[]): void => this.#out.call(name + where, args, left)
    switch (draw.weighted({ set: 5, clear: 2, range: 1, prefix: 1, atomic: 4 })) {
      case 'set':
        return call('SET', [this.#key(), value()])
      case 'clear':
        return call('CLEAR', [this.#key()])
      case 'range':
        return call('CLEAR_RANGE', this.#twoKeys())
      case 'prefix':
        return call('CLEAR_RANGE_STARTS_WITH', [bytesOf(draw.pick(['w/b', 'w/d']))])
      case 'atomic':
        return call('ATOMIC_OP', [draw.pick(ATOMICS), this.#key(), value()])
    }
  }

  #twoKeys(): Buffer[] {
    return [this.#key(), this.#key()].sort(Buffer.compare)
  }

  /** In a transaction of its own, and waited for. */
  #own(): void {
    if (!this.#conflicts) this.#commit()
    if (this.#draw.oneIn(2)) this.#read('_DATABASE')
    else this.#write('_DATABASE')
    this.#out.instructions.push(['WAIT_FUTURE'])
  }

  #conflict(): void {
    const type = this.#draw.pick(['READ', 'WRITE'])
    if (type === 'WRITE') this.#wrote = true
    else this.#begin()
    if (this.#draw.oneIn(2)) this.#out.call(`${type}_CONFLICT_KEY`, [this.#key()], 1)
    else this.#out.call(`${type}_CONFLICT_RANGE`, this.#twoKeys(), 1)
  }

  #forget(): void {
    this.#begun.set(this.#current, false)
    this.#stamped.delete(this.#current)
    this.#wrote = false
  }

  #commit(): void {
    this.#out.waitForAll()
    this.#out.callPending('COMMIT', [])
    this.#out.waitForAll()
    if (!this.#conflicts && this.#wrote && this.#draw.oneIn(4)) {
      this.#out.call('GET_COMMITTED_VERSION', [], 1)
      this.#hasVersion = true
    }
    this.#out.call('RESET', [], 0)
    this.#forget()
  }

  #life(): void {
    const draw = this.#draw
    this.#out.waitForAll()
    switch (draw.pick(['reset', 'new', 'error', 'cancel'])) {
      case 'reset':
        this.#out.call('RESET', [], 0)
        break
      case 'new':
        this.#out.call('NEW_TRANSACTION', [], 0)
        break
      case 'error':
        this.#out.callPending('ON_ERROR', [draw.pick([1020, 1007, 1009, 1021, 1101, 2000, 2101])])
        this.#out.waitForAll()
        this.#out.call('NEW_TRANSACTION', [], 0)
        break
      case 'cancel':
        this.#cancelled()
    }
    this.#forget()
  }

  /** Everything fails until the reset. */
  #cancelled(): void {
    this.#out.call('CANCEL', [], 0)
    this.#out.callPending('GET', [this.#key()])
    this.#out.call('GET_RANGE', [this.#key(), bytesOf('w/z'), ...this.#range()], 1)
    this.#out.waitForAll()
    this.#out.callPending('COMMIT', [])
    this.#out.waitForAll()
    this.#out.call('RESET', [], 0)
  }

  #sizes(): void {
    this.#begin()
    this.#out.call('GET_APPROXIMATE_SIZE', [], 1)
    const ends = [bytesOf('w/a'), bytesOf('w/z')]
    this.#out.call('GET_ESTIMATED_RANGE_SIZE', ends, 1)
    this.#out.call('GET_RANGE_SPLIT_POINTS', [...ends, 10_000_000], 1)
  }

  /** What these write is compared after the run, with the stamps numbered. */
  #stamp(): void {
    const offset = Buffer.alloc(4)
    const name = Buffer.from(String(this.#stamps++))
    const hole = Buffer.alloc(10, 0xff)
    offset.writeUInt32LE(STAMPED_KEYS.length)
    const key = Buffer.concat([STAMPED_KEYS, hole, name, offset])
    this.#out.call('ATOMIC_OP', ['SET_VERSIONSTAMPED_KEY', key, name], 0)
    offset.writeUInt32LE(0)
    const value = Buffer.concat([hole, name, Buffer.alloc(4)])
    const at = Buffer.concat([STAMPED_VALUES, name])
    this.#out.call('ATOMIC_OP', ['SET_VERSIONSTAMPED_VALUE', at, value], 0)
    this.#wrote = true
  }

  #stack(): void {
    this.#out.waitForAll()
    mixStack(this.#out, this.#draw)
  }

  #use(name: string): void {
    this.#out.waitForAll()
    this.#current = name
    if (!this.#begun.has(name)) this.#begun.set(name, false)
    this.#out.call('USE_TRANSACTION', [bytesOf(name)], 0)
  }

  #version(): void {
    this.#begin()
    this.#out.call(this.#draw.oneIn(2) ? 'GET_READ_VERSION' : 'GET_READ_VERSION_SNAPSHOT', [], 1)
    this.#hasVersion = true
  }
}

function mixStack(out: ProgramWriter, draw: Draw): void {
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

function writeTuples(out: ProgramWriter, draw: Draw, steps: number): void {
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

const NAMES = ['a', 'b', '\u00fc', '\u{1f431}']

function writeDirectories(out: ProgramWriter, draw: Draw): void {
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
        out.call('DIRECTORY_CONTAINS', [drawBytes(draw, 9)], 1)
        break
      case 'strip':
        out.call('DIRECTORY_STRIP_PREFIX', [drawBytes(draw, 9)], 1)
        break
      case 'log':
        out.call('DIRECTORY_LOG_SUBSPACE', [bytesOf(`s/${i}/`)], 0)
    }
  }
  out.call('COMMIT', [], 1)
  out.call('WAIT_FUTURE', [], 0)
}

/** Threads that look at their own keys only, and one that the main machine waits for. */
function writeThreads(
  main: ProgramWriter,
  draw: Draw,
  programs: Map<string, ProgramWriter['instructions']>,
): void {
  const count = draw.integer(1, 4)
  for (let n = 0; n < count; n++) {
    const prefix = `thread${n}`
    const own = (name: string): Buffer => bytesOf(`t/${n}/${name}`)
    const thread = new ProgramWriter()
    programs.set(prefix, thread.instructions)
    main.call('SET_DATABASE', [bytesOf(`busy/${n}`), Buffer.alloc(0)], 1)
    main.instructions.push(['WAIT_FUTURE'])
    main.call('START_THREAD', [bytesOf(prefix)], 0)
    thread.call('NEW_TRANSACTION', [], 0)
    for (let i = 0; i < 10; i++) {
      thread.call('SET', [own(draw.pick(NAMES)), drawBytes(draw, 6)], 0)
      thread.call('GET_RANGE_STARTS_WITH', [own(''), 0, draw.integer(0, 1), -1], 1)
      if (draw.oneIn(2)) continue
      thread.call('COMMIT', [], 1)
      thread.call('WAIT_FUTURE', [], 0)
      thread.call('RESET', [], 0)
      thread.call('CLEAR_DATABASE', [own(draw.pick(NAMES))], 1)
      thread.call('WAIT_FUTURE', [], 0)
    }
    thread.logTo(bytesOf(`log${n}/`))
    thread.call('CLEAR_DATABASE', [bytesOf(`busy/${n}`)], 1)
  }
  main.call('WAIT_EMPTY', [bytesOf('busy/')], 1)
  writeTuples(main, draw, 5)
}
