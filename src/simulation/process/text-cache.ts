/** Texts that took time to make, kept in a folder for the next process: a simulation of many seeds is many. */
import { createHash } from 'node:crypto'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

// Taken before the workload process refuses them, or makes them the same everywhere.
const read = readFileSync
const write = writeFileSync
const rename = renameSync
const hash = createHash
const parent = process.ppid

export class TextCache {
  readonly #folder: string

  /** @param folder that exists; who made it removes it. */
  constructor(folder: string) {
    this.#folder = folder
  }

  /** What `make` gives for the text, made once. What can't be kept is made again. */
  get(text: string, make: () => string): string {
    const file = join(this.#folder, hash('sha256').update(text).digest('hex'))
    try {
      return read(file, 'utf8')
    } catch {
      const made = make()
      this.#keep(file, made)
      return made
    }
  }

  /** Whole or not at all: others may be reading. */
  #keep(file: string, made: string): void {
    const fresh = `${file}.${parent}`
    try {
      write(fresh, made)
      rename(fresh, file)
    } catch {
      // A folder that is gone or full costs time, no more.
    }
  }
}
