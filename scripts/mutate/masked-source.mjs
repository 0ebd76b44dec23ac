// C++ text of the same length in which there is code only: what is no part of the program, or says nothing that a test
// could see, is blank.

/** Comments, raw strings, strings, characters, preprocessor lines. A separator of digits is no quote. */
const NOT_CODE =
  /\/\/[^\n]*|\/\*[^]*?\*\/|R"(\w*)\([^]*?\)\1"|"(?:[^"\\\n]|\\.)*"|(?<!\w)'(?:[^'\\\n]|\\.)+'|^[ \t]*#(?:[^\n]*\\\n)*[^\n]*/gm

/** Statements that are for the compiler, constants, or messages: each from its begin to the semicolon. */
const NOT_TRIED =
  /\b(?:static_assert|assert|fprintf|printf)\s*\([^;]*;|^[ \t]*(?:(?:inline|static) )*constexpr\b[^;{]*(?:\{[^}]*\})?;|^\s*template <[^{;]*?>$|\[\[[^\]]*\]\]/gm

const blank = (text) => text.replace(/[^\n]/g, ' ')
/** A string stays a string, so that a call with one is still seen as a call. */
const blankLiteral = (text) => (/^["']/.test(text) ? `"${blank(text.slice(2))}"` : blank(text))

export function maskedSource(text) {
  return text.replace(NOT_CODE, blankLiteral).replace(NOT_TRIED, blank)
}

/** The place behind the bracket that closes the one at `open`, or -1. */
export function behindBracket(code, open) {
  const pairs = { '(': ')', '{': '}', '[': ']' }
  const closing = pairs[code[open]]
  let depth = 0
  for (let at = open; at < code.length; at++) {
    if (code[at] === code[open]) depth++
    else if (code[at] === closing && --depth === 0) return at + 1
  }
  return -1
}
