/** The ring library's functions, declared for koffi. See native-callbacks/ring/exports.cc. */
import { shared } from '../values/shared.ts'
import { ringLibraryPath } from './engine-path.ts'
import { koffi } from './foreign.ts'
import { firstCopy } from './first-copy.ts'

export interface RingLibrary {
  networkStart(
    path: string,
    apiVersion: number,
    options: Uint8Array,
    optionsLength: number,
    report: Int32Array,
    problem: Uint8Array,
    problemSize: number,
  ): number
  networkStop(): number
  networkState(report: Int32Array, library: Uint8Array, librarySize: number): void
  open(sizes: Uint32Array, places: BigInt64Array): number
  close(id: number): void
  /** `rest`: 0 stays awake, 1 sleeps, 2 looks for completions first. */
  flush(id: number, words: number, releases: number, rest: number): number
  execute(id: number, words: Int32Array, count: number): number
  takeOverflow(id: number): number
  collect(id: number, slot: number): number
  payloadSize(id: number, slot: number): number
  payloadCopy(id: number, slot: number, out: Uint8Array, size: number): void
  handle(id: number, object: number): number | bigint
}

/** Loads the ring library; its state is one for the process, whoever loads it. */
export function ring(): RingLibrary {
  return shared('ring library', load)
}

function load(): RingLibrary {
  const library = koffi().load(ringLibraryPath(firstCopy()))
  const declare = (prototype: string): never => library.func(prototype) as never
  return {
    networkStart: declare(
      'int fdbkit_network_start(const char *path, int version, const uint8_t *options, int length, _Out_ int32_t *report, _Out_ uint8_t *problem, int size)',
    ),
    networkStop: declare('int fdbkit_network_stop(void)'),
    networkState: declare(
      'void fdbkit_network_state(_Out_ int32_t *report, _Out_ uint8_t *library, int size)',
    ),
    open: declare('int fdbkit_ring_open(const uint32_t *sizes, _Out_ int64_t *places)'),
    close: declare('void fdbkit_ring_close(int id)'),
    flush: declare('int fdbkit_ring_flush(int id, int words, int releases, int rest)'),
    execute: declare('int fdbkit_ring_execute(int id, const int32_t *words, int count)'),
    takeOverflow: declare('int fdbkit_ring_take_overflow(int id)'),
    collect: declare('int fdbkit_ring_collect(int id, int slot)'),
    payloadSize: declare('int64_t fdbkit_ring_payload_size(int id, int slot)'),
    payloadCopy: declare(
      'void fdbkit_ring_payload_copy(int id, int slot, _Out_ uint8_t *out, int64_t size)',
    ),
    handle: declare('uintptr_t fdbkit_ring_handle(int id, int object)'),
  }
}
