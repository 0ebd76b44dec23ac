/** Writes the commands that make a transaction, set a key and clear it. Lengths are those that were measured when the arguments were checked. */
import { Code } from '../port/commands.ts'
import { wordsOf } from '../port/copy-bytes.ts'
import type { Port } from '../port/port.ts'
import type { TransactionPlace } from './under-way.ts'

export function writeOpen({ port, opener, parent }: TransactionPlace, object: number): void {
  const at = port.command(opener, object, 3, 0)
  port.writer.word(at + 2, parent)
}

export function writeSet(
  port: Port,
  object: number,
  key: Uint8Array,
  keyBytes: number,
  value: Uint8Array,
  valueBytes: number,
): void {
  const at = port.command(Code.set, object, 4, wordsOf(keyBytes) + wordsOf(valueBytes))
  const { writer } = port
  writer.word(at + 2, keyBytes)
  writer.word(at + 3, valueBytes)
  writer.bytes(writer.bytes(at + 4, key, keyBytes), value, valueBytes)
}

export function writeClear(port: Port, object: number, key: Uint8Array, keyBytes: number): void {
  const at = port.command(Code.clear, object, 3, wordsOf(keyBytes))
  const { writer } = port
  writer.word(at + 2, keyBytes)
  writer.bytes(at + 3, key, keyBytes)
}
