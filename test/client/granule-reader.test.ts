// What is put together of the files of blob granules, and of what is still in memory: a model. The files are JSON here.
import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { readBlobGranules, type BlobReadOptions } from '../../src/client/granules/blob-reader.ts'
import { ReadLimitError } from '../../src/client/attempt/errors.ts'
import { FDBStateError } from '../../src/native/errors/errors.ts'
import type { GranuleDescription, GranuleFile } from '../../src/future/port/payload.ts'

interface Change {
  readonly version: number
  readonly isClear: boolean
  readonly first: string
  readonly second: string
}

const parsed = (bytes: Uint8Array): unknown => JSON.parse(Buffer.from(bytes).toString())
const nativeOf = ({ version, isClear, first, second }: Change) => ({
  version: BigInt(version),
  isClear,
  first: Buffer.from(first),
  second: Buffer.from(second),
})

vi.mock('../../src/native/library/granule-files.ts', () => ({
  parseSnapshotFile: (bytes: Uint8Array) =>
    (parsed(bytes) as [string, string][]).map((pair) => pair.map((text) => Buffer.from(text))),
  parseDeltaFile: (bytes: Uint8Array) => (parsed(bytes) as Change[]).map(nativeOf),
}))

const OLDEST = 10
const SNAPSHOT = 15
const NEWEST = 30

/** Of a granule, with the bytes that its keys begin with in files. */
interface Granule {
  readonly prefix: string
  readonly snapshot: [string, string][] | undefined
  readonly deltas: Change[][]
  readonly mutations: Change[]
}

const anyKey = fc.constantFrom('a', 'b', 'c', 'd', 'e')
const changes = (from: number, to: number): fc.Arbitrary<Change[]> => {
  const version = fc.integer({ min: from, max: to })
  const set = fc.record({
    version,
    isClear: fc.constant(false),
    first: anyKey,
    second: fc.string(),
  })
  const clear = fc
    .record({ version, isClear: fc.constant(true), first: anyKey, second: anyKey })
    .map(({ first, second, ...rest }) => {
      const [begin, end] = [first, second].sort()
      return { ...rest, first: begin as string, second: end as string }
    })
  return fc.array(fc.oneof({ arbitrary: set, weight: 3 }, { arbitrary: clear, weight: 1 }), {
    maxLength: 8,
  })
}
const byVersion = (a: Change, b: Change): number => a.version - b.version
const anyGranule: fc.Arbitrary<Granule> = fc.record({
  prefix: fc.constantFrom('', 'tenant'),
  snapshot: fc.option(fc.uniqueArray(fc.tuple(anyKey, fc.string()), { selector: ([key]) => key }), {
    nil: undefined,
  }),
  deltas: fc.array(changes(OLDEST, NEWEST - 5), { maxLength: 3 }),
  // As they came.
  mutations: changes(NEWEST - 4, NEWEST).map((all) => all.sort(byVersion)),
})

/** All that the granule is at a version: what a version both cleared and set in files is set. */
function modelOf({ snapshot, deltas, mutations }: Granule, version: number): Map<string, string> {
  const found = new Map(snapshot)
  const since = snapshot === undefined ? -1 : SNAPSHOT
  const clearsFirst = (a: Change, b: Change): number =>
    byVersion(a, b) || Number(b.isClear) - Number(a.isClear)
  for (const change of [...deltas.flat().sort(clearsFirst), ...mutations]) {
    if (change.version <= since || change.version > version) continue
    const { isClear, first, second } = change
    if (!isClear) found.set(first, second)
    else for (const key of [...found.keys()]) if (first <= key && key < second) found.delete(key)
  }
  return found
}

/** The files of granules, and the handle that describes them. */
class Storage {
  readonly files = new Map<string, Buffer>()
  readonly descriptions: GranuleDescription[]
  readonly asked: unknown[] = []

  constructor(granules: readonly Granule[]) {
    this.descriptions = granules.map((granule) => this.#describe(granule))
  }

  #describe({ prefix, snapshot, deltas, mutations }: Granule): GranuleDescription {
    const inFile = (change: Change): Change => ({
      ...change,
      first: prefix + change.first,
      second: change.isClear ? prefix + change.second : change.second,
    })
    const pairs = snapshot?.map(([key, value]) => [prefix + key, value])
    return {
      ...{ begin: Buffer.from('a'), end: Buffer.from('z'), tenantPrefix: Buffer.from(prefix) },
      snapshot: pairs && this.#store(pairs),
      deltas: deltas.map((delta) => this.#store(delta.map(inFile))),
      mutations: mutations.map(inFile).map(nativeOf),
    }
  }

  #store(content: unknown): GranuleFile {
    const bytes = Buffer.from(JSON.stringify(content))
    const name = `file ${this.files.size}`
    this.files.set(name, bytes)
    const { length } = bytes
    const version = BigInt(SNAPSHOT)
    return { name, offset: 0, length, fileLength: length, version, encrypted: false }
  }

  get bytes(): number {
    return [...this.files.values()].reduce((sum, { length }) => sum + length, 0)
  }

  read(begin: string, end: string, options: Partial<BlobReadOptions>) {
    const handle = {
      getReadVersion: async () => BigInt(NEWEST),
      describeBlobGranules: async (...range: unknown[]) => {
        this.asked.push(range)
        return this.descriptions
      },
    }
    const loadFile = ({ name }: GranuleFile): Uint8Array => this.files.get(name)!
    const [from, to] = [Buffer.from(begin), Buffer.from(end)]
    return readBlobGranules(handle as never, from, to, { loadFile, ...options })
  }
}

describe('a read of granules', () => {
  const anyRange = fc.tuple(anyKey, anyKey).map((ends) => ends.sort() as [string, string])
  const anyVersion = fc.option(fc.integer({ min: OLDEST, max: NEWEST }), { nil: undefined })

  test('has what a model has, of any files and any version', async () => {
    const granules = fc.array(anyGranule, { maxLength: 3 })
    await fc.assert(
      fc.asyncProperty(granules, anyRange, anyVersion, async (all, [begin, end], version) => {
        const storage = new Storage(all)
        const at = version === undefined ? {} : { version: BigInt(version) }
        const found = await storage.read(begin, end, at)
        const expected = all.flatMap((granule) =>
          [...modelOf(granule, version ?? NEWEST)]
            .filter(([key]) => begin <= key && key < end)
            .sort(([a], [b]) => (a < b ? -1 : 1)),
        )
        expect(found.map((pair) => pair.map(String))).toEqual(expected)
        const range = [Buffer.from(begin), Buffer.from(end), BigInt(version ?? NEWEST)]
        expect(storage.asked).toEqual([range])
      }),
      { numRuns: 300 },
    )
  })

  test('takes so many bytes of files, and no more', async () => {
    await fc.assert(
      fc.asyncProperty(anyGranule, async (granule) => {
        const storage = new Storage([granule])
        fc.pre(storage.bytes > 0)
        await storage.read('a', 'z', { maxBytes: storage.bytes })
        const less = storage.read('a', 'z', { maxBytes: storage.bytes - 1 })
        await expect(less).rejects.toThrow(ReadLimitError)
      }),
      { numRuns: 30 },
    )
  })

  test('says what is wrong with a file', async () => {
    const storage = new Storage([{ prefix: '', snapshot: [], deltas: [], mutations: [] }])
    const given = (loadFile: unknown) => storage.read('a', 'z', { loadFile: loadFile as never })
    for (const [wrong, what] of [
      [Buffer.alloc(1), '1 bytes'],
      [Buffer.alloc(3), '3 bytes'],
      ['[]', 'string'],
      [undefined, 'undefined'],
    ] as const) {
      const message = `loadFile gives 2 bytes of file 0 as Uint8Array, not ${what}`
      await expect(given(() => wrong)).rejects.toEqual(new TypeError(message))
      await expect(given(async () => wrong)).rejects.toEqual(new TypeError(message))
    }
    const [description] = storage.descriptions
    Object.assign(description!.snapshot!, { encrypted: true })
    const encrypted = given(() => expect.unreachable())
    await expect(encrypted).rejects.toThrow(FDBStateError)
    await expect(given(undefined)).rejects.toThrow(
      "The granule file file 0 is encrypted, which fdbkit can't read.",
    )
  })
})
