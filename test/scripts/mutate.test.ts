/** The mutants of a small text: which there are, that a seed draws the same again, and where there are none. */
import { describe, expect, test } from 'vitest'
import { mutantsOf, mutated, changedLines, shuffled } from '../../scripts/mutate/mutants.mjs'

const changes = (text: string): string[] =>
  mutantsOf(text).map(({ operator, before, after }) => `${operator}: ${before} -> ${after}`)

describe('the mutants of a text', () => {
  test.each([
    ['if (a < b) f;', ['relational: < -> <=', 'relational: < -> >=']],
    ['if (a == b) f;', ['relational: == -> !=']],
    ['x = a + b;', ['arithmetic: + -> -']],
    ['if (a && b || c) f;', ['logical: && -> ||', 'logical: || -> &&']],
    ['if (!ready) f;', ['negation: ! -> ']],
    ['f(0, 7);', ['numbers: 0 -> 1', 'numbers: 7 -> 6', 'numbers: 7 -> 8']],
    ['x = std::min(a, b);', ['extremes: min -> max']],
    ['  if (a) break;', ['jumps: break -> ', 'jumps: break -> continue']],
    ['  if (a) b.put(c);', ['deletion: b.put(c) -> ']],
    ['  items[i].next = other;', ['deletion: items[i].next = other -> ']],
    ['  send(a,\n       b);', ['deletion: send(a,\n       b) -> ']],
    ['bool f() const { return a(); }', ['answers: a() -> !(a())']],
    ['bool f() { return true; }', ['truth: true -> false']],
  ])('%s', (text, expected) => expect(changes(text)).toEqual(expected))

  test.each([
    'f; // a < b && 1',
    '/* if (!a) break; */',
    'f("a < 1", \'1\');',
    'f(R"(a && 1)");',
    '#include "a/1.h"',
    '#if defined(A) && B > 1',
    '  static_assert(sizeof(A) == 8);',
    '  fprintf(stderr, "%d", a + 1);',
    '  constexpr int kMost = 12;',
    'static constexpr uint32_t kNone = 1 + 2;',
    'std::vector<int> v; T&& w; auto* p; x = 0x10; y = 1.5;',
    '  int x = y;\n  return z;\n  using A = B;',
  ])('there are none in %s', (text) => expect(changes(text)).toEqual([]))

  test('a separator of digits does not begin a character', () => {
    expect(changes("f(1'000); // it's < that")).toEqual([])
    expect(changes("f(1'000, a < b); // it's")).toHaveLength(2)
  })

  test('a mutant says its line and changes its place only', () => {
    const text = 'int f() {\n  // 1 < 2\n  return a < b;\n}\n'
    const [first] = mutantsOf(text)
    expect(first?.line).toBe(3)
    expect(mutated(text, first!)).toBe('int f() {\n  // 1 < 2\n  return a <= b;\n}\n')
    expect(changedLines(text, first!)).toEqual({ was: 'return a < b;', is: 'return a <= b;' })
  })
})

describe('a draw', () => {
  const items = Array.from({ length: 50 }, (_, i) => i)

  test('is the same for the same seed, and another one for another', () => {
    expect(shuffled(items, 7)).toEqual(shuffled(items, 7))
    expect(shuffled(items, 7)).not.toEqual(shuffled(items, 8))
  })

  test('has each once', () => {
    expect(shuffled(items, 7).sort((a, b) => a - b)).toEqual(items)
  })
})
