import { printBytes } from '../notation/byte-notation.ts'
import type { Asked } from '../grammar/command.ts'
import { Place } from '../session/place.ts'
import type { SessionState } from '../session/session-state.ts'
import { Interrupted, ShellError } from '../session/shell-error.ts'

export async function listTenants(
  { tenants, output }: SessionState,
  { limit }: Asked<'tenant-list'>,
  signal: AbortSignal,
): Promise<void> {
  const found = await unlessInterrupted(tenants.whole.tenants.list({ limit: limit + 1 }), signal)
  if (found.length === 0) output.note('no tenants')
  for (const { name, id, group } of found.slice(0, limit)) {
    const inGroup = group === undefined ? '' : `, group ${printBytes(group)}`
    output.line(`${printBytes(name)} has the id ${id}${inGroup}`)
  }
  if (found.length > limit) output.note(`(the first ${limit}; --limit N gives more)`)
}

export async function createTenant(
  state: SessionState,
  { name, group }: Asked<'tenant-create'>,
  signal: AbortSignal,
): Promise<void> {
  assertFree(state)
  state.assertWritable(false)
  await unlessInterrupted(state.tenants.whole.tenants.create(name, { group }), signal)
  state.output.line(`created ${printBytes(name)}`)
}

export async function deleteTenant(
  state: SessionState,
  { name }: Asked<'tenant-delete'>,
  signal: AbortSignal,
): Promise<void> {
  assertFree(state)
  state.assertWritable(false)
  const shown = printBytes(name)
  if (state.tenants.current === shown) {
    throw new ShellError('you are in this tenant: `defaulttenant` leaves it')
  }
  await unlessInterrupted(state.tenants.whole.tenants.delete(name), signal)
  state.output.line(`deleted ${shown}`)
}

export async function useTenant(
  state: SessionState,
  { name }: Asked<'tenant-use'>,
  signal: AbortSignal,
): Promise<void> {
  const { tenants, output } = state
  if (name === undefined) {
    if (tenants.current === undefined) output.note('in no tenant')
    else output.line(tenants.current)
    return
  }
  assertFree(state)
  if ((await unlessInterrupted(tenants.whole.tenants.get(name), signal)) === undefined) {
    throw new ShellError(
      `there is no tenant ${printBytes(name)}: \`tenant list\` lists those that are`,
    )
  }
  tenants.use(name)
  state.goTo(Place.root)
}

export function leaveTenant(state: SessionState): void {
  assertFree(state)
  state.tenants.leave()
  state.goTo(Place.root)
}

/** A transaction is one tenant's, or none's, from its start to its end. */
function assertFree({ transactions }: SessionState): void {
  if (transactions.isOpen)
    throw new ShellError('a transaction is open: commit or roll it back first')
}

/** These calls know no signal: when it comes, nobody waits for them any more. */
async function unlessInterrupted<T>(call: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop: () => void = () => undefined
  const interrupted = new Promise<never>((_, reject) => {
    stop = () => {
      const reason = signal.reason instanceof Error ? signal.reason.message : 'interrupted'
      reject(new Interrupted(`${reason}; it may still be done, or not`))
    }
  })
  if (signal.aborted) stop()
  signal.addEventListener('abort', stop, { once: true })
  try {
    return await Promise.race([call, interrupted])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
