// Zeros within a literal end a C string, so the native parts give such literals a length. The compiler counts it
// (`literal` in engine/data/values/bytes.h): a number by hand was once one too small, and a key was never found.
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..', '..')
const sources = ['native-callbacks', 'bench'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(cc?|h)$/.test(path))
    .map((path) => join(root, folder, path)),
)

const LITERAL = String.raw`"(?:[^"\\\n]|\\.)+"`
/** `kName{"...", 3}`, `Bytes{"...", 3}`, `std::string("...", 3)` and the like. */
const COUNTED = new RegExp(
  String.raw`(?:\b\w+\{|\b(?:string|string_view|Bytes)(?: \w+)?\()${LITERAL}, *\d+[)}]`,
  'g',
)

test('the pattern finds what it is for', () => {
  const found = [
    String.raw`constexpr Bytes kKey{"\xff/metadataVersion", 16};`,
    String.raw`std::string("\0\0\1", 3)`,
    String.raw`constexpr std::string_view kAlphabet("a\0b", 3);`,
  ]
  for (const line of found) expect(line.match(COUNTED), line).toHaveLength(1)
  for (const line of ['{"/status/json", false}', 'literal("a\\0b")', 'name.rfind("err:", 0)'])
    expect(line.match(COUNTED), line).toBeNull()
})

test('no literal has a length that was counted by hand', () => {
  const counted = sources.flatMap((path) =>
    [...readFileSync(path, 'utf8').matchAll(COUNTED)].map(([text]) => `${path}: ${text}`),
  )
  expect(sources.length).toBeGreaterThan(100)
  expect(counted).toEqual([])
})
