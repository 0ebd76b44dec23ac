import { printBytes } from '../notation/byte-notation.ts'
import type { Asked } from '../grammar/command.ts'
import { help } from './help.ts'
import type { SessionState } from '../session/session-state.ts'

export function begin(state: SessionState): void {
  state.begin()
  state.output.line('Transaction started')
}

export function reset(state: SessionState): void {
  state.reset()
  state.output.line('Transaction reset')
}

export function rollback({ transactions, output }: SessionState): void {
  transactions.rollback()
  output.line('Transaction rolled back')
}

export function listOptions({ transactions, output }: SessionState): void {
  if (transactions.options.size === 0) output.note('no option is on')
  for (const [name, value] of transactions.options) {
    output.line(value === true ? name : `${name} ${showOption(value)}`)
  }
}

const showOption = (value: unknown): string =>
  value instanceof Uint8Array ? printBytes(value) : String(value)

export function writeMode(state: SessionState, { on }: Asked<'writemode'>): void {
  if (on === undefined) state.output.line(state.writable ? 'on' : 'off')
  else state.writable = on
}

export function valueFormat(state: SessionState, { format }: Asked<'values'>): void {
  if (format === undefined) state.output.line(state.format)
  else state.format = format
}

export function printPlace({ place, output }: SessionState): void {
  output.line(`${place.toString()}  prefix ${printBytes(place.prefix)}`)
}

export function printHelp({ output }: SessionState, { topic }: Asked<'help'>): void {
  output.line(help(topic))
}

export function printStatus(state: SessionState): void {
  const { settings, place, transactions, tenants, writable, watches, output } = state
  output.line(settings.database)
  if (tenants.current !== undefined) output.line(`in the tenant ${tenants.current}`)
  output.line(`at ${place.toString()}, prefix ${printBytes(place.prefix)}`)
  output.line(`writes ${writable ? 'on' : 'off (`writemode on` allows them)'}`)
  output.line(transactions.isOpen ? 'in a transaction' : 'in no transaction')
  const options = [...transactions.options.keys()]
  if (options.length > 0) output.line(`options ${options.join(', ')}`)
  const count = watches.list().length
  if (count > 0) output.line(count === 1 ? '1 watch' : `${count} watches`)
}
