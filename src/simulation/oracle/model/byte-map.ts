// What a database holds, as the oracle has it: keys and values in order, and what reads and writes do with them.
/**
 * Keys and values in the order of their bytes. A key is a text of its bytes (latin1), since such texts are in the order of
 * the bytes. What is tried is taken back: see `tentatively`.
 */
export interface Place {
  readonly key: string
  readonly value: Buffer | undefined
}

export class ByteMap {
  readonly #keys: string[] = []
  readonly #values = new Map<string, Buffer>()
  /** What was there before each change, while changes are only tried. */
  #undo: Place[] | undefined

  get size(): number {
    return this.#keys.length
  }

  get(key: string): Buffer | undefined {
    return this.#values.get(key)
  }

  keyAt(index: number): string | undefined {
    return this.#keys[index]
  }

  /** How many keys are before this one. */
  countBelow(key: string): number {
    let low = 0
    let high = this.#keys.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#keys[middle] as string) < key) low = middle + 1
      else high = middle
    }
    return low
  }

  set(key: string, value: Buffer): void {
    this.#undo?.push({ key, value: this.#values.get(key) })
    if (!this.#values.has(key)) this.#keys.splice(this.countBelow(key), 0, key)
    this.#values.set(key, value)
  }

  clear(begin: string, end: string): void {
    const from = this.countBelow(begin)
    const removed = this.#keys.splice(from, this.countBelow(end) - from)
    for (const key of removed) {
      this.#undo?.push({ key, value: this.#values.get(key) })
      this.#values.delete(key)
    }
  }

  /** What `body` changes is as it was, afterwards. */
  tentatively(body: () => void): void {
    const changes: Place[] = []
    this.#undo = changes
    try {
      body()
    } finally {
      this.#undo = undefined
      for (const { key, value } of changes.reverse()) {
        if (value === undefined) this.clear(key, `${key}\0`)
        else this.set(key, value)
      }
    }
  }

  *entries(): Generator<readonly [key: string, value: Buffer]> {
    for (const key of this.#keys) yield [key, this.#values.get(key) as Buffer]
  }
}
