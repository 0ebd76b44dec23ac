// npm run bench:tuple. Packing and unpacking tuples like those of real keys, beside the npm package
// fdb-tuple. Prints the median of several rounds.
import peer from 'fdb-tuple'
import * as tuple from '../src/layers/tuple/tuple.ts'
import type { TupleItem } from '../src/layers/tuple/tuple.ts'

const ROUNDS = 9
const CALLS = 100_000

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

function nanosecondsPerCall(run: (i: number) => unknown): number {
  let kept: unknown
  const times: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now()
    for (let i = 0; i < CALLS; i++) kept = run(i & 63)
    times.push(((performance.now() - start) / CALLS) * 1e6)
  }
  if (kept === undefined) throw new Error('nothing was measured')
  return times.sort((a, b) => a - b)[ROUNDS >> 1]!
}

function report(what: string, ours: number, theirs: number): void {
  const factor = (theirs / ours).toFixed(1)
  console.log(
    `${what.padEnd(28)} ${ours.toFixed(0).padStart(6)} ns  fdb-tuple ${theirs.toFixed(0).padStart(6)} ns  ${factor} times as fast`,
  )
}

for (const [name, tuples] of Object.entries(workloads)) {
  const peers = tuples as unknown as peer.TupleItem[][]
  const packed = tuples.map((items) => tuple.pack(items))
  report(
    `pack ${name}`,
    nanosecondsPerCall((i) => tuple.pack(tuples[i])),
    nanosecondsPerCall((i) => peer.pack(peers[i])),
  )
  report(
    `unpack ${name}`,
    nanosecondsPerCall((i) => tuple.unpack(packed[i]!)),
    nanosecondsPerCall((i) => peer.unpack(packed[i]!)),
  )
}
