import { encoders } from '../../../client/keys/encoders.ts'
import { Subspace } from '../../../client/keys/subspace.ts'
import type { Transaction } from '../../../client/transaction/transaction.ts'
import type { Asked, Typed } from '../grammar/command.ts'
import type { SessionState } from '../session/session-state.ts'
import { ShellError } from '../session/shell-error.ts'
import type { Committed, WriteNotes } from '../session/shell-transaction.ts'
import { showKey } from '../session/show.ts'

/** Says what a commit did; nothing when it is still to come. */
export function sayCommitted({ output }: SessionState, committed: Committed | undefined): void {
  if (committed === undefined) return
  const { version, stamp } = committed
  output.line(version < 0n ? 'Nothing to commit' : `Committed (${version})`)
  if (stamp !== undefined) output.line(`versionstamp ${stamp.toString('hex')}`)
}

export async function set(
  state: SessionState,
  { key, value }: Asked<'set'>,
  signal: AbortSignal,
): Promise<void> {
  state.assertWritable(true)
  const { place } = state
  const committed = await state.transactions.write(async (tn, attempt): Promise<WriteNotes> => {
    if (key.unbound) assertOnce(attempt?.maybeCommitted)
    write(tn, place.prefix, key, value)
    return { stamped: key.unbound || value.unbound }
  }, signal)
  if (!key.unbound) state.seen.add(showKey(key.bytes))
  sayCommitted(state, committed)
}

function write(tn: Transaction, prefix: Buffer, key: Typed, value: Typed): void {
  const here = tn.at(new Subspace(prefix))
  if (key.unbound) {
    const bytes = value.unbound ? Buffer.alloc(0) : value.bytes
    here.withKeyEncoding(encoders.tuple).versionstamps.setKey(key.items, bytes, false)
  } else if (value.unbound) {
    here.withValueEncoding(encoders.tuple).versionstamps.setValue(key.bytes, value.items, false)
  } else here.set(key.bytes, value.bytes)
}

/** Trying again what may have been applied would apply it twice. */
function assertOnce(maybeCommitted: boolean | undefined): void {
  if (maybeCommitted !== true) return
  throw new ShellError(
    'the connection was lost during the commit, so it may have been applied or not: look before you try again',
  )
}

export async function atomic(
  state: SessionState,
  { type, key, param, twiceDiffers }: Asked<'atomic'>,
  signal: AbortSignal,
): Promise<void> {
  state.assertWritable(true)
  const { place } = state
  const committed = await state.transactions.write(async (tn, attempt) => {
    if (twiceDiffers) assertOnce(attempt?.maybeCommitted)
    tn.atomicOp(type, place.key(key), param)
  }, signal)
  state.seen.add(showKey(key))
  sayCommitted(state, committed)
}

export async function clear(
  state: SessionState,
  { key }: Asked<'clear'>,
  signal: AbortSignal,
): Promise<void> {
  state.assertWritable(true)
  const { place } = state
  const committed = await state.transactions.write(async (tn) => tn.clear(place.key(key)), signal)
  sayCommitted(state, committed)
}

export async function clearRange(
  state: SessionState,
  { begin, end }: Asked<'clearrange'>,
  signal: AbortSignal,
): Promise<void> {
  state.assertWritable(true)
  const range = state.place.range(begin, end)
  if (range === undefined) throw new ShellError('no key can begin like that')
  if (range.begin.compare(range.end) > 0) throw new ShellError('BEGIN is behind END')
  const committed = await state.transactions.write(
    async (tn) => tn.clearRange(range.begin, range.end),
    signal,
  )
  sayCommitted(state, committed)
}

/** Ends the open transaction. */
export async function commit(
  state: SessionState,
  _command: Asked<'commit'>,
  signal: AbortSignal,
): Promise<void> {
  sayCommitted(state, await state.transactions.commit(signal))
}
