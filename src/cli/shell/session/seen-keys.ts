/** More keys than this are not remembered. */
const MAX_KEYS = 500
/** Longer keys than this are nothing to complete. */
const MAX_LENGTH = 200

/** Text in quotes that is the same word without them: not taken for a flag, nor for a comment or a tuple. */
const PLAIN = /^"([^\p{C}\p{Z}"'\\;()#-][^\p{C}\p{Z}"'\\;]*)"$/u

const withoutQuotes = (shown: string): string => PLAIN.exec(shown)?.[1] ?? shown

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

  /** Without a quote in what is typed, a key that needs none comes without. */
  startingWith(typed: string): string[] {
    const isBare = typed !== '' && !/^["'(]/.test(typed)
    if (!isBare) return [...this.#keys].filter((key) => key.startsWith(typed)).sort()
    const texts = [...this.#keys].filter((key) => /^["']/.test(key) && key.startsWith(typed, 1))
    return texts.map(withoutQuotes).sort()
  }
}
