/** The native ring of this worker: the memory it shares, seen as typed arrays. See ring/completions/layout.h. */
import { koffi } from '../../native/library/foreign.ts'
import { FDBStateError } from '../../native/errors/errors.ts'
import { ring as ringLibrary, type RingLibrary } from '../../native/library/ring-library.ts'
import { BELL } from './wake-source.ts'

export interface RingSizes {
  /** Operations in flight at most. */
  readonly slots: number
  /** Completions that fit before they wait in the overflow list; a power of two. */
  readonly entries: number
  /** Bytes of small results that fit; more are fetched one by one; a power of two. */
  readonly dataBytes: number
  /** Bytes of commands carried out by one foreign call. */
  readonly commandBytes: number
  /** Databases, tenants and transactions that are open at most. */
  readonly objects: number
}

export const DEFAULT_SIZES: RingSizes = {
  slots: 1 << 18,
  entries: 1 << 14,
  dataBytes: 1 << 20,
  commandBytes: 1 << 18,
  objects: 1 << 16,
}

/** Slots given back by one foreign call. */
const RELEASES = 1 << 14

// Words of the control block.
export const TAIL = 0
export const HEAD = 16
export const DATA_HEAD = 17
export const OVERFLOW = 48

const CONTROL_WORDS = 80
const ANSWER_BYTES = 64 * 4
export const WORDS_PER_ENTRY = 4
const WINDOW_ENTRIES = 1024
const WINDOW_BYTES = 1 << 18

const OPEN_PROBLEMS = [
  '',
  'the network does not run: call startNetwork() first',
  'there are 1024 rings already, one for each worker',
  'there is not enough memory, or no free file descriptor',
] as const

export class RingMemory {
  readonly library: RingLibrary
  readonly id: number
  readonly wakeFd: number
  readonly sizes: RingSizes
  readonly releaseCapacity = RELEASES

  readonly control: Int32Array
  readonly answer: DataView
  readonly entries: Int32Array
  readonly data: Uint8Array
  readonly window: Int32Array
  readonly windowData: Uint8Array
  readonly commandWords: Int32Array
  readonly commandBytes: Uint8Array
  readonly releases: Int32Array

  constructor(sizes: RingSizes) {
    checkSizes(sizes)
    this.library = ringLibrary()
    this.sizes = sizes
    const { slots, entries, dataBytes, commandBytes, objects } = sizes
    const asked = Uint32Array.of(slots, entries, dataBytes, commandBytes, RELEASES, objects, BELL)
    const places = new BigInt64Array(11)
    const problem = this.library.open(asked, places)
    if (problem !== 0) {
      throw new FDBStateError(`No completion ring: ${OPEN_PROBLEMS[problem] ?? problem}.`)
    }
    const at = (index: number): number => Number(places[index])
    const memory = koffi().view(places[0], at(1))
    const words = (place: number, count: number): Int32Array =>
      new Int32Array(memory, at(place), count)
    const bytes = (place: number, count: number): Uint8Array =>
      new Uint8Array(memory, at(place), count)
    this.control = words(2, CONTROL_WORDS)
    this.answer = new DataView(memory, at(2) + ANSWER_BYTES, 8)
    this.entries = words(3, entries * WORDS_PER_ENTRY)
    this.data = bytes(4, dataBytes)
    this.window = words(5, WINDOW_ENTRIES * WORDS_PER_ENTRY)
    this.windowData = bytes(6, WINDOW_BYTES)
    this.commandWords = words(7, commandBytes / 4)
    this.commandBytes = bytes(7, commandBytes)
    this.releases = words(8, RELEASES)
    this.wakeFd = at(9)
    this.id = at(10)
  }
}

function checkSizes(sizes: RingSizes): void {
  for (const [name, size] of Object.entries(sizes)) {
    if (!Number.isInteger(size) || size < 1 || size > 1 << 24) {
      throw new RangeError(`ring size ${name} must be an integer from 1 to ${1 << 24}, not ${size}`)
    }
  }
  for (const name of ['entries', 'dataBytes'] as const) {
    if ((sizes[name] & (sizes[name] - 1)) !== 0) {
      throw new RangeError(`ring size ${name} must be a power of two, not ${sizes[name]}`)
    }
  }
  if (sizes.commandBytes % 64 !== 0) {
    throw new RangeError(
      `ring size commandBytes must be a multiple of 64, not ${sizes.commandBytes}`,
    )
  }
}
