// Names that every object inherits (toString, constructor, __proto__) are to every table what any unknown name is.
import { afterAll, describe, expect, test } from 'vitest'
import { planOf } from '../src/cli/sim/run/test-spec.ts'
import { parseLine } from '../src/cli/shell/grammar/parse-command.ts'
import native from '../src/compat/native.ts'
import { FDBError, tuple } from '../src/index.ts'
import type { RangeReadOptions } from '../src/index.ts'
import { errorName } from '../src/native/errors/errors.ts'
import { encodeOption } from '../src/native/values/option-values.ts'
import { databaseOptions } from '../src/native/generated/database-options.ts'
import { networkOptions } from '../src/native/generated/network-options.ts'
import { transactionOptions } from '../src/native/generated/transaction-options.ts'
import { findWorkload } from '../src/simulation/process/find-workload.ts'
import { adviceOn } from '../src/simulation/world/refusal.ts'
import { WorkloadContext } from '../src/simulation/author/workload-context.ts'
import { Workload, defineWorkload } from '../src/simulation/author/workload.ts'
import { runStackTester } from '../src/testing/stack-tester/run-stack-tester.ts'
import { parseTrace } from '../src/tracing/formats/trace-file.ts'
import { openTestDatabase } from './support/database.ts'

const db = openTestDatabase()
afterAll(async () => {
  await db.clearRangeStartsWith('')
  db.close()
})

const INHERITED = Object.getOwnPropertyNames(Object.prototype)
/** No table has it. Its letters are those of no command, so that no hint says what it may have meant. */
const UNKNOWN = 'qqqqqqqqqqqqqqqq'

/** What becomes of a name: what it gives, or the error; the name itself is taken out of the text. */
async function outcomeOf(use: (name: string) => unknown, name: string): Promise<string> {
  const shown = (value: unknown) =>
    String(value)
      .replaceAll(name, 'NAME')
      .replaceAll(name.toLowerCase(), 'NAME')
      .replaceAll(
        name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
        'NAME',
      )
      .replace(/did you mean \w+\??|dir has ls.*|only ls.*|`help`.*|`help options`.*/g, 'HINT')
  try {
    return `gives ${shown(await use(name))}`
  } catch (error) {
    return `throws ${(error as Error).constructor.name} ${shown((error as Error).message)}`
  }
}

class Named extends Workload {}

const context = new WorkloadContext({ trace: () => undefined } as never, {})
const specWith = (line: string) => `[[test]]\n${line} = 1\n[[test.workload]]\ntestName = 'A'\n`

const USES: Record<string, (name: string) => unknown> = {
  'the severity of a trace event': (name) => context.trace(name as 'info', 'Event'),
  'the code of an error': (name) => new FDBError(name as never).message,
  'the name of an error': (name) => errorName(name as never),
  'an option of a transaction': (name) =>
    encodeOption('option', transactionOptions, name, undefined),
  'an option of a database': (name) => encodeOption('option', databaseOptions, name, undefined),
  'an option of the network': (name) => encodeOption('option', networkOptions, name, undefined),
  'an option of a run': (name) => db.doTransaction(() => 1, Object.fromEntries([[name, true]])),
  'an option of a new transaction': (name) =>
    db.createTransaction(Object.fromEntries([[name, true]])),
  'a part of a budget': (name) =>
    db.doTransaction(() => 1, { budget: Object.fromEntries([[name, 1]]) }),
  'the priority of a run': (name) => db.doTransaction(() => 1, { priority: name as 'batch' }),
  'a streaming mode': (name) =>
    db.getRangeAll('a', 'b', { streamingMode: name } as unknown as RangeReadOptions),
  'a predicate of errors': (name) => native.errorPredicate(name as never, 1020),
  'a command of the shell': (name) => parseLine(name),
  'a flag of the shell': (name) => parseLine(`get a --${name}`),
  'a directory command of the shell': (name) => parseLine(`dir ${name} a`),
  'an option of the shell': (name) => parseLine(`option on ${name}`),
  'the help of the shell': (name) => JSON.stringify(parseLine(`help ${name}`)),
  'a relation of the shell': (name) => parseLine(`getkey ${name} a`),
  'a word of a tuple in the shell': (name) => parseLine(`get (${name})`),
  'a setting of a test file': (name) => JSON.stringify(planOf(specWith(name), 'a.toml').tests),
  'a table of a test file': (name) =>
    JSON.stringify(planOf(`${specWith('title')}[${name}]\n`, 'a.toml').onlyFdbserver),
  'a workload of a module': (name) => findWorkload({ other: defineWorkload({}) }, name, 'm.ts'),
  'a workload of an object': (name) => findWorkload({ default: new Named() }, name, 'm.ts'),
  'asynchronous work': adviceOn,
  'an event of a trace': (name) =>
    parseTrace(`{"fdbkit":"trace","version":1}\n${JSON.stringify({ type: name })}\n`),
  'an instruction of the stack tester': (name) => runInstruction([name]),
  'a mutation of the stack tester': (name) => runInstruction(['ATOMIC_OP'], name),
}

/** A program of one instruction; the type of a mutation is pushed before it. */
async function runInstruction(instruction: string[], type?: string): Promise<void> {
  const whole = db.getRoot()
  const prefix = Buffer.concat([db.getSubspace().prefix, Buffer.from('tester')])
  const pushes =
    type === undefined
      ? []
      : [
          ['PUSH', 'v'],
          ['PUSH', 'k'],
          ['PUSH', type],
        ]
  const program = [['NEW_TRANSACTION'], ...pushes, instruction]
  await whole.doTransaction((tn) => {
    tn.clearRangeStartsWith(tuple.pack([prefix]))
    for (const [at, words] of program.entries()) tn.set(tuple.pack([prefix, at]), tuple.pack(words))
  })
  try {
    await runStackTester(whole, prefix)
  } finally {
    await whole.clearRangeStartsWith(tuple.pack([prefix]))
  }
}

describe.each(Object.keys(USES))('as %s', (use) => {
  test.each(INHERITED)('%s is unknown', async (name) => {
    expect(await outcomeOf(USES[use]!, name)).toBe(await outcomeOf(USES[use]!, UNKNOWN))
  })
})
