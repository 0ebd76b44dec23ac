/**
 * Gives versions and versionstamps names that do not depend on the clock. The 20 hexadecimal digits of a
 * stamp are found in whatever was read, once its commit told what they are.
 */
export class Stamps {
  readonly #names = new Map<string, string>()
  #last = -1n

  /** The name of a commit's stamp, by the order of commits. */
  learn(stamp: Buffer): string {
    const digits = stamp.toString('hex')
    const known = this.#names.get(digits)
    if (known !== undefined) return known
    const name = `<stamp ${this.#names.size}>`
    this.#names.set(digits, name)
    return name
  }

  /** Bytes as text: printable characters as they are, others in hexadecimal, stamps by name. */
  show(bytes: Uint8Array): string {
    let hex = Buffer.from(bytes).toString('hex')
    for (const [digits, name] of this.#names) hex = hex.replaceAll(digits, `(${name})`)
    const parts = hex.split(/(\(<stamp \d+>\))/)
    return parts
      .map((part) => (part.startsWith('(') ? part.slice(1, -1) : printable(part)))
      .join('')
  }

  /** Versions never go back; that is all that two databases have in common. */
  version(version: bigint): string {
    if (version <= 0n) return String(version)
    const order = version < this.#last ? ' older than one before' : ''
    if (version > this.#last) this.#last = version
    return `a version${order}`
  }
}

function printable(hex: string): string {
  const bytes = Buffer.from(hex, 'hex')
  const text = [...bytes]
    .map((byte) =>
      byte > 0x20 && byte < 0x7f && byte !== 0x5c && byte !== 0x3c
        ? String.fromCharCode(byte)
        : `\\${byte.toString(16).padStart(2, '0')}`,
    )
    .join('')
  return text.length <= 80 ? text : `${text.slice(0, 30)}...${text.slice(-10)}[${bytes.length}]`
}
