// npm run bench:tuple. Packing and unpacking tuples like those of real keys, beside the npm package
// fdb-tuple. Both take turns; the best round of each counts, since what else runs only makes it slower.
import peer from 'fdb-tuple'
import * as tuple from '../src/layers/tuple/tuple.ts'
import type { TupleItem } from '../src/layers/tuple/tuple.ts'

const ROUNDS = 25
const CALLS = 20_000

const workloads: Record<string, TupleItem[][]> = {
  mixed: Array.from({ length: 64 }, (_, i) => [
    'users',
    i * 7919,
    i % 2 === 0,
    `person-${i}@example.com`,
    i / 7,
    ['tags', null, -i],
    Buffer.alloc(12, i),
  ]),
  'index key': Array.from({ length: 64 }, (_, i) => ['by-country', `C${i}`, 1_600_000_000 + i]),
  integers: Array.from({ length: 64 }, (_, i) => [i, -i, i * 65_537, i * 4_294_967_311]),
  'long text': Array.from({ length: 64 }, (_, i) => ['doc', i, 'lorem ipsum dolor '.repeat(20)]),
  'text beyond ASCII': Array.from({ length: 64 }, (_, i) => ['città', `Žďár nad Sázavou ${i}`, i]),
  bigints: Array.from({ length: 64 }, (_, i) => [2n ** 60n + BigInt(i), 2n ** 80n, -(2n ** 70n)]),
}

type Call = (i: number) => unknown

function nanosecondsPerCall(call: Call): number {
  let kept: unknown
  const start = performance.now()
  for (let i = 0; i < CALLS; i++) kept = call(i & 63)
  const elapsed = performance.now() - start
  if (kept === undefined) throw new Error('nothing was measured')
  return (elapsed / CALLS) * 1e6
}

function compare(what: string, ours: Call, theirs: Call): void {
  const best = { ours: Infinity, theirs: Infinity }
  for (let round = 0; round < ROUNDS; round++) {
    best.ours = Math.min(best.ours, nanosecondsPerCall(ours))
    best.theirs = Math.min(best.theirs, nanosecondsPerCall(theirs))
  }
  const factor = (best.theirs / best.ours).toFixed(1)
  console.log(
    `${what.padEnd(28)} ${best.ours.toFixed(0).padStart(6)} ns  fdb-tuple ${best.theirs.toFixed(0).padStart(6)} ns  ${factor} times as fast`,
  )
}

for (const [name, tuples] of Object.entries(workloads)) {
  const peers = tuples as unknown as peer.TupleItem[][]
  const packed = tuples.map((items) => tuple.pack(items))
  compare(
    `pack ${name}`,
    (i) => tuple.pack(tuples[i]),
    (i) => peer.pack(peers[i]),
  )
  compare(
    `unpack ${name}`,
    (i) => tuple.unpack(packed[i]!),
    (i) => peer.unpack(packed[i]!),
  )
}
