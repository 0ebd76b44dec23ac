// npm run differential -- --seeds A..B,C [--record] [--self]
// Compares the engine with a real cluster; --record keeps the real answers for `npm test`, of streams
// without a difference (docs/engine.md says which differences are known); --self
// compares the engine with itself, which shows that a seed decides everything.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { packageRoot } from '../../src/native/library/engine-path.ts'
import {
  NO_SERVER,
  RealCluster,
  findServerPrograms,
} from '../../src/testing/backends/real-cluster.ts'
import { seedsOf } from './seeds.ts'
import { difference } from './transcripts.ts'

const USAGE = 'npm run differential -- --seeds A..B,C [--record] [--self]'

/** The transcripts of one backend, as its process writes them. */
async function* transcripts(args: readonly string[]): AsyncGenerator<[number, string[]]> {
  const program = join(import.meta.dirname, 'run-streams.js')
  const child = spawn(process.execPath, [program, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const closed = once(child, 'close')
  for await (const line of createInterface({ input: child.stdout })) {
    yield JSON.parse(line) as [number, string[]]
  }
  const [code] = (await closed) as [number | null]
  if (code !== 0) throw new Error(`the process of ${args[0]} ended with ${String(code)}`)
}

async function compare(reference: string[], seeds: string, record: boolean): Promise<number> {
  const expected = transcripts([reference[0]!, seeds, ...reference.slice(1)])
  const actual = transcripts(['embedded', seeds])
  let different = 0
  let streams = 0
  for await (const [seed, lines] of expected) {
    streams++
    const next = await actual.next()
    const found = difference(lines, next.done === true ? [] : next.value[1])
    if (found !== undefined) {
      different++
      console.log(`seed ${seed}: ${found}`)
    }
    if (record && found === undefined) {
      const folder = join(packageRoot(), 'test', 'differential', 'recordings')
      writeFileSync(join(folder, `${seed}.json`), `${JSON.stringify(lines, null, 0)}\n`)
    }
  }
  await actual.return(undefined)
  console.log(`${streams} streams, ${different} with a difference`)
  return different === 0 ? 0 : 1
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '1..100' },
      record: { type: 'boolean', default: false },
      self: { type: 'boolean', default: false },
    },
  })
  const { seeds } = values
  seedsOf(seeds)
  if (values.self) return compare(['embedded'], seeds, false)
  const programs = findServerPrograms()
  if (programs === undefined) {
    console.error(NO_SERVER)
    return 1
  }
  const cluster = await RealCluster.start(programs)
  try {
    return await compare(['', cluster.clusterFile], seeds, values.record)
  } finally {
    await cluster.stop()
  }
}

try {
  process.exitCode = await main()
} catch (error) {
  if (!(error instanceof TypeError)) throw error
  console.error(`${error.message}\n${USAGE}`)
  process.exitCode = 2
}
