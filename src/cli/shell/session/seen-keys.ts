/** More keys than this are not remembered. */
const MAX_KEYS = 500
/** Longer keys than this are nothing to complete. */
const MAX_LENGTH = 200

/** The keys that were printed last, as they are typed: for completion. */
export class SeenKeys {
  readonly #keys = new Set<string>()

  add(shown: string): void {
    if (shown.length > MAX_LENGTH) return
    this.#keys.delete(shown)
    this.#keys.add(shown)
    if (this.#keys.size <= MAX_KEYS) return
    const [oldest] = this.#keys
    if (oldest !== undefined) this.#keys.delete(oldest)
  }

  /** They are relative to where the shell was. */
  clear(): void {
    this.#keys.clear()
  }

  startingWith(typed: string): string[] {
    return [...this.#keys].filter((key) => key.startsWith(typed)).sort()
  }
}
