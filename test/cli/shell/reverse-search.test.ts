import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ReverseSearch } from '../../../src/cli/shell/console/reverse-search.ts'

/** What readline gets, and what the line becomes, of one input. */
function search(lines: readonly string[], input: string, isTyping = true) {
  let line: string | undefined
  const stream = new ReverseSearch({
    isTyping,
    lines,
    show: () => undefined,
    done: (found) => (line = found),
  })
  let passed = ''
  stream.on('data', (chunk: Buffer) => (passed += chunk.toString()))
  // In the smallest pieces, so that characters are cut.
  for (const byte of Buffer.from(input)) stream.write(Buffer.of(byte))
  return new Promise<{ line: string | undefined; passed: string }>((resolve) => {
    stream.on('end', () => resolve({ line, passed }))
    stream.end()
  })
}

const word = fc.string({ unit: fc.constantFrom('a', 'b', 'é', '☃', ' '), maxLength: 4 })

test('Ctrl-R finds the lines that hold the pattern, from the newest back, and stays at the oldest', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(word), word, fc.nat(4), async (lines, pattern, again) => {
      const matches = pattern === '' ? [] : lines.filter((line) => line.includes(pattern))
      const expected = matches[Math.min(again, matches.length - 1)]
      const keys = `\x12${pattern}${'\x12'.repeat(again)}\r`
      expect(await search(lines, keys)).toEqual({ line: expected, passed: '\r' })
    }),
  )
})

test('what is deleted was never typed, and what is given up changes nothing', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(word), word, word, async (lines, pattern, typed) => {
      const edited = `\x12${pattern}${typed}${'\x7f'.repeat([...typed].length)}\r`
      expect(await search(lines, edited)).toEqual(await search(lines, `\x12${pattern}\r`))
      for (const end of ['\x03', '\x07']) {
        const given = await search(lines, `\x12${pattern}${end}${typed}`)
        expect(given).toEqual({ line: undefined, passed: typed })
      }
    }),
  )
})

test('outside of a search all goes on to readline, and none begins while no line is typed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(word), fc.string({ unit: 'grapheme' }), async (lines, typed) => {
      const plain = typed.replaceAll('\x12', '')
      expect((await search(lines, plain)).passed).toBe(plain)
      expect((await search(lines, `\x12${plain}`, false)).passed).toBe(plain)
    }),
  )
})
