import type { Asked } from '../grammar/command.ts'
import type { SessionState } from '../session/session-state.ts'
import { ShellError } from '../session/shell-error.ts'
import { showKey } from '../session/show.ts'

export async function watch(
  state: SessionState,
  { key, wait }: Asked<'watch'>,
  signal: AbortSignal,
): Promise<void> {
  const { place, transactions, watches, output } = state
  if (wait && transactions.isOpen) {
    throw new ShellError('a watch begins with the commit: leave --wait out in a transaction')
  }
  watches.assertRoom()
  const whole = place.key(key)
  const shown = showKey(key)
  state.seen.add(shown)
  const made = await transactions.read(async (tn) => tn.watch(whole, { keepAlive: wait }), signal)
  if (signal.aborted) made.cancel()
  if (!wait) {
    const number = watches.add(state.db, whole, shown, made)
    const when = transactions.isOpen ? ' from the commit on' : ''
    return output.note(`watch ${number} waits for ${shown} to change${when}`)
  }
  const cancel = (): void => made.cancel()
  signal.addEventListener('abort', cancel, { once: true })
  try {
    const changed = await made.promise
    signal.throwIfAborted()
    output.line(changed ? `${shown} changed` : 'the watch was cancelled')
  } finally {
    signal.removeEventListener('abort', cancel)
  }
}

export function listWatches({ watches, output }: SessionState): void {
  const list = watches.list()
  if (list.length === 0) output.note('no watch waits')
  for (const { number, shown } of list) output.line(`${number}  ${shown}`)
}

export function unwatch({ watches, output }: SessionState, { which }: Asked<'unwatch'>): void {
  if (which === 'all') {
    const count = watches.endAll()
    return output.note(count === 1 ? 'ended 1 watch' : `ended ${count} watches`)
  }
  watches.end(which)
  output.note(`ended watch ${which}`)
}
