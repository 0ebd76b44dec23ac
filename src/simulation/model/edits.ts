/** What of a drawn program is left out, and made smaller: as the shrinking of `fdbkit sim` tells the workload process. */

export interface Edits {
  /** The number that the program is drawn from; the simulation may have another seed. */
  readonly seed: string
  /** Of each client the numbers of its commands; undefined: all. */
  readonly keep?: readonly (readonly number[])[] | undefined
  /** Nobody waits before a command, so that they meet. */
  readonly noPauses?: boolean | undefined
  /** By `client/command`, which smaller arguments to take, one step after the other. */
  readonly smaller?: Readonly<Record<string, readonly number[]>> | undefined
}

let current: Edits | undefined

/** For all clients of this process. Throws SyntaxError. */
export function setEdits(text: string): void {
  current = text === '' ? undefined : (JSON.parse(text) as Edits)
}

export function currentEdits(): Edits | undefined {
  return current
}
