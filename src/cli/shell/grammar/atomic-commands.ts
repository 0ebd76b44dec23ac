// The commands that there are, and the way from a line to one of them.
import { MutationType } from '../../../native/generated/mutation-type.ts'
import type { CommandArguments } from './command-arguments.ts'
import type { CommandInfo } from './command-info.ts'
import { ShellSyntaxError } from '../notation/syntax-error.ts'

/** The widest integer that add takes. */
const MAX_INTEGER_BYTES = 16

/** A number becomes a little-endian integer; what is quoted or escaped is bytes. */
function integerParam(args: CommandArguments): Buffer {
  const token = args.token(1)
  const size = args.flagInteger('size', 1, MAX_INTEGER_BYTES) ?? 8
  if (token.kind !== 'word' || token.quoted) return args.bytes(1)
  if (!/^[+-]?\d{1,40}$/.test(token.text)) {
    const message = `${token.text} is no whole number: in quotes it is taken as bytes`
    throw new ShellSyntaxError(message, token.column)
  }
  const value = BigInt(token.text.replace('+', ''))
  const bits = size * 8
  if (BigInt.asIntN(bits, value) !== value && BigInt.asUintN(bits, value) !== value) {
    const message = `${token.text} does not fit into ${size} bytes: --size gives more`
    throw new ShellSyntaxError(message, token.column)
  }
  const digits = BigInt.asUintN(bits, value).toString(16)
  return Buffer.from(digits.padStart(size * 2, '0'), 'hex').reverse()
}

interface Atomic {
  name: string
  type: MutationType
  summary: string
  integer?: true
  twiceDiffers?: true
}

const ATOMICS: readonly Atomic[] = [
  {
    name: 'add',
    type: MutationType.Add,
    integer: true,
    twiceDiffers: true,
    summary: 'add a number to the little-endian integer of a key',
  },
  {
    name: 'max',
    type: MutationType.Max,
    integer: true,
    summary: 'keep the larger of the value and a number, unsigned',
  },
  {
    name: 'min',
    type: MutationType.Min,
    integer: true,
    summary: 'keep the smaller of the value and a number, unsigned',
  },
  { name: 'bitand', type: MutationType.BitAnd, summary: 'bitwise and of the value and BYTES' },
  { name: 'bitor', type: MutationType.BitOr, summary: 'bitwise or of the value and BYTES' },
  {
    name: 'bitxor',
    type: MutationType.BitXor,
    twiceDiffers: true,
    summary: 'bitwise exclusive or of the value and BYTES',
  },
  {
    name: 'bytemax',
    type: MutationType.ByteMax,
    summary: 'keep the value or BYTES, whichever sorts last',
  },
  {
    name: 'bytemin',
    type: MutationType.ByteMin,
    summary: 'keep the value or BYTES, whichever sorts first',
  },
  {
    name: 'appendiffits',
    type: MutationType.AppendIfFits,
    twiceDiffers: true,
    summary: 'append BYTES to the value, if it stays below the limit',
  },
  {
    name: 'compareandclear',
    type: MutationType.CompareAndClear,
    summary: 'clear the key if its value is BYTES',
  },
]

/** The atomic operations: all take a key and a parameter. */
export const atomicCommands: readonly CommandInfo[] = ATOMICS.map(
  ({ name, type, summary, integer, twiceDiffers }) => ({
    name,
    group: 'write',
    usage: integer === true ? 'KEY NUMBER [--size BYTES]' : 'KEY BYTES',
    arguments: [2, 2],
    ...(integer === true ? { flags: { size: 'with value' } as const } : {}),
    summary,
    ...(integer === true
      ? { detail: ['NUMBER is kept in 8 bytes unless --size says otherwise. Quoted, it is bytes.'] }
      : {}),
    completes: 'keys',
    parse: (args) => ({
      do: 'atomic',
      type,
      key: args.bytes(0),
      param: integer === true ? integerParam(args) : args.bytes(1),
      twiceDiffers: twiceDiffers === true,
    }),
  }),
)
