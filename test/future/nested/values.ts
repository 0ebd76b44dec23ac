/** Values that say whose they are: a key, a version, a size, and content that no other value has anywhere. */

/** Sizes around what a ring copies at once (1,024 bytes), around loops (32, 48), and beyond. */
const SIZES = [0, 1, 20, 31, 32, 33, 47, 48, 49, 200, 1022, 1023, 1024, 1025, 1026, 3000, 20_000]

export function valueOf(key: string, version: number): Buffer {
  const head = `${key}@${version};`
  const size = Math.max(
    head.length,
    SIZES[(version * 7 + key.length * 3 + key.charCodeAt(key.length - 1)) % SIZES.length]!,
  )
  const value = Buffer.alloc(size, `<${key}/${version}>`)
  value.write(head, 0, 'latin1')
  return value
}

/** The version of the key that it is; undefined: it is none of them. */
export function versionOf(key: string, value: Buffer): number | undefined {
  const match = /^([^@;]+)@(\d+);/.exec(value.toString('latin1', 0, key.length + 20))
  if (match === null || match[1] !== key) return undefined
  const version = Number(match[2])
  return value.equals(valueOf(key, version)) ? version : undefined
}

/** For messages. */
export function shown(value: unknown): string {
  const text = Buffer.isBuffer(value) ? value.toString('latin1') : String(value)
  return text.length > 60 ? `${text.slice(0, 60)}… (${text.length})` : text
}

interface Write {
  readonly version: number
  readonly begun: number
  acknowledged: number
}

/** What was written, in the order in which the program saw it. */
export class History {
  readonly #writes = new Map<string, Write[]>()
  #moment = 0

  /** Now: every call is later than the one before. */
  moment(): number {
    return ++this.#moment
  }

  /** Begins to write the key's next version. */
  begin(key: string): { readonly value: Buffer; acknowledge: () => void } {
    const writes = this.#writes.get(key) ?? []
    this.#writes.set(key, writes)
    const write = { version: writes.length, begun: this.moment(), acknowledged: Infinity }
    writes.push(write)
    const acknowledge = (): void => void (write.acknowledged = this.moment())
    return { value: valueOf(key, write.version), acknowledge }
  }

  /** May who began to read then find this? A version that was surely overwritten by then is too old. */
  allows(key: string, value: Buffer | undefined, begun: number): boolean {
    const writes = this.#writes.get(key) ?? []
    if (value === undefined) return writes.every(({ acknowledged }) => acknowledged > begun)
    const version = versionOf(key, value)
    const found = version === undefined ? undefined : writes[version]
    if (found === undefined) return false
    return !writes.some((later) => later.begun > found.acknowledged && later.acknowledged < begun)
  }
}
