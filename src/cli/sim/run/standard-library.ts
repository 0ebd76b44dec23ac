/** Which C++ library a program was built with. It may be linked in, and without symbols: names of types are in it all the same. */
import { closeSync, openSync, readSync } from 'node:fs'

export type StandardLibrary = 'libstdc++' | 'libc++'

/**
 * As the compiler writes `std::__1` and `std::__cxx11` in the names of types. A program with both has libc++ of its own,
 * and the other from some part of it: so that comes first.
 */
const MARKS: readonly (readonly [StandardLibrary, string])[] = [
  ['libc++', 'NSt3__1'],
  ['libstdc++', 'NSt7__cxx11'],
]
const LONGEST = Math.max(...MARKS.map(([, mark]) => mark.length))
const CHUNK = 4 << 20

/** The likelier one first; none: the program doesn't tell. */
export function standardLibrariesOf(program: string): StandardLibrary[] {
  const found = new Set<string>()
  for (const bytes of chunksOf(program, LONGEST - 1)) {
    for (const [, mark] of MARKS) if (bytes.includes(mark)) found.add(mark)
    if (found.size === MARKS.length) break
  }
  return MARKS.filter(([, mark]) => found.has(mark)).map(([library]) => library)
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
