/** A contender of tuples: fdbkit or the npm package fdb-tuple. */
import { calls } from './meter.ts'
import { contenderArguments, serve } from './serve.ts'

const KINDS = 64

const tuples: Record<string, (i: number) => unknown[]> = {
  mixed: (i) => [
    'users',
    i * 7919,
    i % 2 === 0,
    `person-${i}@example.com`,
    i / 7,
    ['tags', null, -i],
    Buffer.alloc(12, i),
  ],
  'index-key': (i) => ['by-country', `C${i}`, 1_600_000_000 + i],
  integers: (i) => [i, -i, i * 65_537, i * 4_294_967_311],
  'long-text': (i) => ['doc', i, 'lorem ipsum dolor '.repeat(20)],
  'text-beyond-ascii': (i) => ['città', `Žďár nad Sázavou ${i}`, i],
  bigints: (i) => [2n ** 60n + BigInt(i), 2n ** 80n, -(2n ** 70n)],
}

interface Codec {
  pack(items: unknown[]): Buffer
  unpack(key: Buffer): unknown[]
}

async function codecOf(who: string): Promise<Codec> {
  if (who === 'fdbkit') return (await import('fdbkit')).tuple as unknown as Codec
  return (await import('fdb-tuple')) as unknown as Codec
}

const { who, row } = contenderArguments()
const [direction = '', kind = ''] = row.split(':')
const make = tuples[kind]
if (make === undefined) throw new Error(`there are no tuples ${kind}`)
const { pack, unpack } = await codecOf(who)
const items = Array.from({ length: KINDS }, (_, i) => make(i))
const packed = items.map((each) => pack(each))
await serve((meter) =>
  calls(
    meter,
    direction === 'pack'
      ? (i) => pack(items[i % KINDS] as unknown[])
      : (i) => unpack(packed[i % KINDS] as Buffer),
  ),
)
