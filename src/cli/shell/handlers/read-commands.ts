import { keySelector } from '../../../client/keys/key-selector.ts'
import { longScan } from '../../../client/scans/long-scan.ts'
import type { Asked, RangeCommand, Show } from '../grammar/command.ts'
import type { SessionState } from '../session/session-state.ts'
import { ShellError } from '../session/shell-error.ts'
import { showKey, showValue } from '../session/show.ts'

type Entry = [key: Buffer, value: Buffer]

/** A range of more keys is read in many transactions. */
const ONE_TRANSACTION = 10_000
/** Bytes that a range of one transaction may hold. */
const MAX_BYTES = 64 * 1024 * 1024

/** Prints keys and values as they are seen from the place of the session. */
class Printer {
  readonly #state: SessionState
  readonly #show: Show

  constructor(state: SessionState, show: Show) {
    this.#state = state
    this.#show = show
  }

  value(value: Buffer): string {
    const { format, settings } = this.#state
    return showValue(value, this.#show.format ?? format, this.#show.full || settings.full)
  }

  entry([key, value]: Entry, keysOnly: boolean): void {
    const { place, output, seen } = this.#state
    const shown = showKey(place.relative(key))
    seen.add(shown)
    output.line(keysOnly ? shown : `${shown} is ${this.value(value)}`)
  }
}

export async function get(
  state: SessionState,
  { key, show }: Asked<'get'>,
  signal: AbortSignal,
): Promise<void> {
  const { place, transactions, output, seen } = state
  const value = await transactions.read(async (tn) => tn.get(place.key(key)), signal)
  const shown = showKey(key)
  if (value === undefined) return output.line(`${shown}: not found`)
  seen.add(shown)
  output.line(`${shown} is ${new Printer(state, show).value(value)}`)
}

export async function getKey(
  { place, transactions, output, seen }: SessionState,
  { key, orEqual, offset }: Asked<'getkey'>,
  signal: AbortSignal,
): Promise<void> {
  const selector = keySelector(key, orEqual, offset)
  const found = await transactions.read(
    async (tn) => tn.at(place.subspace).getKey(selector),
    signal,
  )
  // Behind the last key of users the database answers with the end of their keys, which is none.
  const isEnd = place.isRoot && found?.length === 1 && found[0] === 0xff && key[0] !== 0xff
  if (found === undefined || isEnd) return output.line('no such key')
  const shown = showKey(found)
  seen.add(shown)
  output.line(shown)
}

export async function getVersion(
  { transactions, output }: SessionState,
  _command: Asked<'getversion'>,
  signal: AbortSignal,
): Promise<void> {
  output.line(String(await transactions.read(async (tn) => tn.getReadVersion(), signal)))
}

export async function getRange(
  state: SessionState,
  command: RangeCommand,
  signal: AbortSignal,
): Promise<void> {
  const range = state.place.range(command.begin, command.end)
  if (range === undefined) throw new ShellError('no key can begin like that, or be behind it')
  const printer = new Printer(state, command.show)
  let count = 0
  let more = false
  for await (const entries of batches(state, range, command, signal)) {
    for (const entry of entries) {
      if (count === command.limit) more = true
      else printer.entry(entry, command.keysOnly)
      count += more ? 0 : 1
    }
    await state.output.drain()
    signal.throwIfAborted()
    if (more) break
  }
  if (count === 0) state.output.note('no keys')
  if (more) state.output.note(`(the first ${count} keys; --limit N gives more)`)
}

/** One key more than the limit, to know whether there is one. */
async function* batches(
  { db, transactions, output }: SessionState,
  { begin, end }: { begin: Buffer; end: Buffer },
  { limit, reverse }: RangeCommand,
  signal: AbortSignal,
): AsyncGenerator<Entry[], void, undefined> {
  if (limit <= ONE_TRANSACTION || transactions.isOpen) {
    const options = { limit: Math.min(limit, 2 ** 31 - 2) + 1, reverse, maxBytes: MAX_BYTES }
    yield await transactions.read(async (tn) => tn.getRangeAll(begin, end, options), signal)
    return
  }
  let isFirst = true
  const transaction = Object.fromEntries(transactions.options)
  for await (const { entries } of longScan(db, begin, end, { reverse, signal, transaction })) {
    yield entries
    if (isFirst && entries.length >= 1000) {
      output.note('(so many keys are read in several transactions, each at its own version)')
    }
    isFirst = false
  }
}
