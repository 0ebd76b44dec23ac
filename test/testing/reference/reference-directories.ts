import peer from 'fdb-tuple'
import { bytesOf, textOf } from './program.ts'
import type { Item } from './program.ts'

/** What a directory operation does with the machine that runs it. */
export interface DirectoryHost {
  pop(): Item
  popTuple(): Item[]
  push(item: Item): void
  /** Sets a key in the current transaction. */
  set(key: string, value: Buffer): void
}

interface Subspace {
  readonly prefix: string
}
interface Opened {
  readonly path: readonly string[]
  readonly layer: string
}
type Entry = Subspace | Opened | undefined

const keyOf = (path: readonly string[]): string => JSON.stringify(path)

/**
 * Directories as a map of paths to layers: prefixes are left out, since every client draws them by chance.
 * Operations count at once, so programs that use it commit after each.
 */
export class ReferenceDirectories {
  readonly #layers = new Map<string, string>([[keyOf([]), '']])
  readonly #list: Entry[] = [{ path: [], layer: '' }]
  #index = 0
  #errorIndex = 0

  run(operation: string, host: DirectoryHost): void {
    const entries = this.#list.length
    try {
      this.#step(operation.replace('DIRECTORY_', ''), host)
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      const makes = /^DIRECTORY_(CREATE|OPEN|MOVE)/.test(operation)
      if (makes && this.#list.length === entries) this.#list.push(undefined)
      host.push(Buffer.from('DIRECTORY_ERROR'))
    }
  }

  get #current(): Entry {
    return this.#list[this.#index]
  }

  #below(path: readonly Item[]): string[] {
    return [...(this.#current as Opened).path, ...(path as string[])]
  }

  get #prefix(): string {
    return (this.#current as Subspace).prefix
  }

  #step(operation: string, host: DirectoryHost): void {
    switch (operation) {
      case 'CREATE_SUBSPACE': {
        const packed = textOf(peer.pack(host.popTuple()))
        this.#list.push({ prefix: textOf(host.pop() as Buffer) + packed })
        break
      }
      case 'OPEN_SUBSPACE':
        this.#list.push({ prefix: this.#prefix + textOf(peer.pack(host.popTuple())) })
        break
      case 'CHANGE':
        this.#index = Number(host.pop())
        if (this.#current === undefined) this.#index = this.#errorIndex
        break
      case 'SET_ERROR_INDEX':
        this.#errorIndex = Number(host.pop())
        break
      case 'CREATE_OR_OPEN':
      case 'CREATE':
      case 'OPEN':
        this.#list.push(this.#open(operation, host))
        break
      case 'MOVE': {
        const from = this.#below(host.popTuple())
        this.#list.push(this.#move(from, this.#below(host.popTuple())))
        break
      }
      case 'MOVE_TO': {
        const to = host.popTuple() as string[]
        this.#list.push(this.#move((this.#current as Opened).path, to))
        break
      }
      case 'REMOVE':
      case 'REMOVE_IF_EXISTS':
        this.#remove(this.#popOptional(host), operation === 'REMOVE_IF_EXISTS')
        break
      case 'EXISTS':
        host.push(this.#layers.has(keyOf(this.#popOptional(host))) ? 1 : 0)
        break
      case 'LIST':
        host.push(peer.pack(this.#children(this.#popOptional(host))))
        break
      case 'LOG_DIRECTORY':
        this.#log(textOf(host.pop() as Buffer), host)
        break
      default:
        this.#key(operation, host)
    }
  }

  #key(operation: string, host: DirectoryHost): void {
    switch (operation) {
      case 'PACK_KEY':
        return host.push(bytesOf(this.#prefix + textOf(peer.pack(host.popTuple()))))
      case 'UNPACK_KEY':
        for (const item of peer.unpack(this.#strip(host), true)) host.push(item)
        return
      case 'STRIP_PREFIX':
        return host.push(this.#strip(host))
      case 'CONTAINS':
        return host.push(keyFrom(host).startsWith(this.#prefix) ? 1 : 0)
      case 'RANGE': {
        const begin = this.#prefix + textOf(peer.pack(host.popTuple()))
        host.push(bytesOf(`${begin}\0`))
        return host.push(bytesOf(`${begin}\xff`))
      }
      case 'LOG_SUBSPACE': {
        const prefix = textOf(host.pop() as Buffer)
        return host.set(prefix + textOf(peer.pack([this.#index])), bytesOf(this.#prefix))
      }
      default:
        throw new Error(`the reference has no operation DIRECTORY_${operation}`)
    }
  }

  #strip(host: DirectoryHost): Buffer {
    const key = keyFrom(host)
    if (!key.startsWith(this.#prefix)) throw new RangeError('outside')
    return bytesOf(key.slice(this.#prefix.length))
  }

  #popOptional(host: DirectoryHost): string[] {
    return this.#below(Number(host.pop()) === 0 ? [] : host.popTuple())
  }

  #open(operation: string, host: DirectoryHost): Opened {
    const path = this.#below(host.popTuple())
    const given = host.pop() as Buffer | null
    const layer = given === null ? '' : textOf(given)
    if (operation === 'CREATE') host.pop()
    if (path.length === 0) throw new RangeError('the root')
    const found = this.#layers.get(keyOf(path))
    if (found === undefined) {
      if (operation === 'OPEN') throw new RangeError('not there')
      for (let i = 1; i < path.length; i++) {
        const parent = keyOf(path.slice(0, i))
        if (!this.#layers.has(parent)) this.#layers.set(parent, '')
      }
      this.#layers.set(keyOf(path), layer)
      return { path, layer }
    }
    if (operation === 'CREATE') throw new RangeError('there already')
    if (layer !== '' && layer !== found) throw new RangeError('of another layer')
    return { path, layer: found }
  }

  #move(from: readonly string[], to: readonly string[]): Opened {
    const layer = this.#layers.get(keyOf(from))
    const inside = from.every((name, i) => to[i] === name)
    const parent = this.#layers.has(keyOf(to.slice(0, -1)))
    if (from.length === 0 || layer === undefined) throw new RangeError('nothing to move')
    if (inside || !parent || this.#layers.has(keyOf(to))) throw new RangeError('no place')
    for (const [path, each] of this.#takeTree(from)) {
      this.#layers.set(keyOf([...to, ...path.slice(from.length)]), each)
    }
    return { path: to, layer }
  }

  #takeTree(root: readonly string[]): [path: string[], layer: string][] {
    const taken: [string[], string][] = []
    for (const [key, layer] of this.#layers) {
      const path = JSON.parse(key) as string[]
      if (!root.every((name, i) => path[i] === name)) continue
      taken.push([path, layer])
      this.#layers.delete(key)
    }
    return taken
  }

  #remove(path: readonly string[], mayBeMissing: boolean): void {
    if (path.length === 0) throw new RangeError('the root')
    const there = this.#layers.has(keyOf(path))
    if (!there && !mayBeMissing) throw new RangeError('not there')
    if (there) this.#takeTree(path)
  }

  #children(path: readonly string[]): string[] {
    if (!this.#layers.has(keyOf(path))) throw new RangeError('not there')
    return [...this.#layers.keys()]
      .map((key) => JSON.parse(key) as string[])
      .filter(
        (each) => each.length === path.length + 1 && path.every((name, i) => each[i] === name),
      )
      .map((each) => each.at(-1)!)
      .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  }

  #log(prefix: string, host: DirectoryHost): void {
    const { path, layer } = this.#current as Opened
    const exists = this.#layers.has(keyOf(path))
    const log = (name: string, items: Item[]): void => {
      host.set(prefix + textOf(peer.pack([this.#index, name])), peer.pack(items))
    }
    log('path', [...path])
    log('layer', [bytesOf(layer)])
    log('exists', [exists ? 1 : 0])
    log('children', exists ? this.#children(path) : [])
  }
}

function keyFrom(host: DirectoryHost): string {
  const item = host.pop()
  if (!Buffer.isBuffer(item)) throw new RangeError('no key')
  return textOf(item)
}
