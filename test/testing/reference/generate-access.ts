import type { Draw } from '../../differential/draw.ts'
import { drawBytes } from './generate-items.ts'
import { mixStack } from './generate-tuples.ts'
import type { ProgramWriter } from './program-writer.ts'
import { bytesOf, MAIN } from './program.ts'
import type { Item } from './program.ts'

/** Keys and values with versionstamps in them lie here: what they are is known afterwards only. */
export const STAMPED_KEYS = bytesOf('\xe0keys/')
export const STAMPED_VALUES = bytesOf('\xe0values/')

const WORKSPACE = bytesOf('w/')
const KEYS = ['a', 'b', 'ba', 'bb', 'c', 'd\0', 'd\xff', 'e', 'f', 'g'].map((key) =>
  bytesOf(`w/${key}`),
)
/** Behind the workspace, so that selectors that leave it meet nothing with a versionstamp. */
const FENCE = Array.from({ length: 12 }, (_, i) => bytesOf(`x/${i + 10}`))

const IDEMPOTENT = ['BIT_AND', 'BIT_OR', 'MAX', 'MIN', 'BYTE_MIN', 'BYTE_MAX']
const ATOMICS = [...IDEMPOTENT, 'ADD', 'BIT_XOR', 'APPEND_IF_FITS']
/** In the transaction that has taken it away a key still counts for selectors, which is nothing that a sorted map does. */
const ATOMICS_ALONE = [...ATOMICS, 'COMPARE_AND_CLEAR']

/** Reads, writes and the lives of transactions. */
export class Access {
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
        return call('ATOMIC_OP', [
          draw.pick(where === '' ? ATOMICS : ATOMICS_ALONE),
          this.#key(),
          value(),
        ])
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
