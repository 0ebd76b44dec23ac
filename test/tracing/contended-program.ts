import type { Database } from '../../src/index.ts'

type Key = readonly (string | number)[]

/** What of a transaction the program uses. */
interface Tn {
  get(key: Key): PromiseLike<Buffer | undefined>
  set(key: Key, value: string): void
}

/** So many transactions at once that read and write the key `('count', 1)`. All have read before the first one writes. */
export async function contendedProgram(
  scope: Database<Key, unknown, string | Uint8Array, Buffer>,
  count: number,
): Promise<void> {
  let readers = 0
  let open: () => void = () => undefined
  const allHaveRead = new Promise<void>((resolve) => (open = resolve))
  const increment = async (tn: Tn): Promise<void> => {
    const before = Number((await tn.get(['count', 1])) ?? 0)
    if (++readers === count) open()
    await allHaveRead
    tn.set(['count', 1], String(before + 1))
  }
  await Promise.all(Array.from({ length: count }, () => scope.doTransaction(increment)))
}
