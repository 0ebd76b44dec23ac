// What a mutant changes: each operator finds its places in masked text, as {at, length, after}.
import { behindBracket } from './masked-source.mjs'

/** Every match of `pattern`, whose first group is what is replaced, once for each text that `change` gives. */
function replacing(pattern, change) {
  return (code) =>
    [...code.matchAll(pattern)].flatMap((match) => {
      const [all, part = all] = match
      const at = match.index + all.indexOf(part)
      return change(part).map((after) => ({ at, length: part.length, after }))
    })
}

const swaps = (table) => (part) => table[part]

const relational = replacing(
  / (<=|>=|==|!=|<|>) /g,
  swaps({
    '<': ['<=', '>='],
    '<=': ['<', '>'],
    '>': ['>=', '<='],
    '>=': ['>', '<'],
    '==': ['!='],
    '!=': ['=='],
  }),
)

const arithmetic = replacing(
  / (\+|-|\+=|-=) |(\+\+|--)/g,
  swaps({
    '+': ['-'],
    '-': ['+'],
    '+=': ['-='],
    '-=': ['+='],
    '++': ['--'],
    '--': ['++'],
  }),
)

const logical = replacing(/ (&&|\|\|) /g, swaps({ '&&': ['||'], '||': ['&&'] }))
const negation = replacing(/(!)(?=[\w(*:])/g, () => [''])
const truth = replacing(/\b(true|false)\b/g, swaps({ true: ['false'], false: ['true'] }))
const extremes = replacing(/\bstd::(min|max)\b/g, swaps({ min: ['max'], max: ['min'] }))
const jumps = replacing(
  /\b(break|continue)(?=;)/g,
  swaps({ break: ['', 'continue'], continue: ['', 'break'] }),
)

/** Numbers of one and more digits; of hexadecimal ones, fractions and names the digits are none. */
const numbers = replacing(/(?<![\w.'])(\d+)(?![\w.'])/g, (digits) => {
  const number = Number(digits)
  return number === 0 ? ['1'] : [`${number - 1}`, `${number + 1}`]
})

const FIRST_WORDS = /^(?:return|using|if|for|while|do|else|case|switch|delete|new|throw|goto)\b/
const CALL = /^(?:[a-z_*(]|[A-Z]\w*::)[\w:.[\]<>*&()]*(?:->[\w:.[\]<>*&()]*)*\([^]*\)$/
const ASSIGNMENT =
  /^(?:\([^()]*\)|[\w:.*])(?:[\w:.[\]()]|->| [-+] )*(?:\+\+|--| (?:[-+*|&^]|<<|>>)?= [^]+)$|^(?:\+\+|--)\w/

/** A statement of its own line, or behind an `if` or `for` of the same line, that is a call or an assignment. */
function deletion(code) {
  const found = []
  for (const match of code.matchAll(/^[ \t]+(?=\S)/gm)) {
    let at = match.index + match[0].length
    const head = /^(?:if|for|while) \(/.exec(code.slice(at, at + 10))
    if (head !== null) {
      at = behindBracket(code, at + head[0].length - 1)
      while (code[at] === ' ') at++
    }
    const end = code.indexOf(';', at)
    if (end < 0 || !isDeletable(code.slice(at, end))) continue
    found.push({ at, length: end - at, after: '' })
  }
  return found
}

function isDeletable(statement) {
  if (/[{}]/.test(statement) || FIRST_WORDS.test(statement)) return false
  return CALL.test(statement) || ASSIGNMENT.test(statement)
}

/** What a function whose type is bool returns, turned over. */
function answers(code) {
  const found = []
  for (const match of code.matchAll(/\bbool (?:operator\W+|[\w:~<>]+)\([^;{}]*\)[\w\s]*(?=\{)/g)) {
    const open = match.index + match[0].length
    const body = code.slice(open, behindBracket(code, open))
    for (const answer of body.matchAll(/\breturn ([^;{}]+);/g)) {
      if (/^(?:true|false)$/.test(answer[1])) continue
      const at = open + answer.index + 'return '.length
      found.push({ at, length: answer[1].length, after: (before) => `!(${before})` })
    }
  }
  return found
}

export const operators = {
  relational,
  arithmetic,
  logical,
  negation,
  truth,
  extremes,
  jumps,
  numbers,
  deletion,
  answers,
}
