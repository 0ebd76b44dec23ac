/** Which C++ library a program was built with. It may be linked in, and without symbols: names of types are in it all the same. */
import { closeSync, openSync, readSync } from 'node:fs'

export type StandardLibrary = 'libstdc++' | 'libc++'

/** As the compiler writes `std::__1` and `std::__cxx11` in the names of types. */
const LIBCXX = 'NSt3__1'
const LIBSTDCXX = 'NSt7__cxx11'
const CHUNK = 4 << 20

/** A program with both has libc++ of its own, and the other from some part of it. Undefined: it has neither. */
export function standardLibraryOf(program: string): StandardLibrary | undefined {
  let found: StandardLibrary | undefined
  for (const bytes of chunksOf(program, Math.max(LIBCXX.length, LIBSTDCXX.length) - 1)) {
    if (bytes.includes(LIBCXX)) return 'libc++'
    if (bytes.includes(LIBSTDCXX)) found = 'libstdc++'
  }
  return found
}

/** The bytes of a file, in pieces that begin with the last `overlap` bytes of the one before. */
function* chunksOf(path: string, overlap: number): Generator<Buffer> {
  const file = openSync(path, 'r')
  try {
    const buffer = Buffer.alloc(CHUNK + overlap)
    let kept = 0
    for (;;) {
      const read = readSync(file, buffer, kept, CHUNK, null)
      if (read === 0) return
      const bytes = buffer.subarray(0, kept + read)
      yield bytes
      kept = Math.min(overlap, bytes.length)
      bytes.copy(buffer, 0, bytes.length - kept)
    }
  } finally {
    closeSync(file)
  }
}
