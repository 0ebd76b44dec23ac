/** The program of an archive for Joshua: `joshua_test` and `joshua_timeout` start it in their folder. */
import { testLine } from './test-line.ts'

const OLDEST_NODE = 20

async function run(): Promise<boolean> {
  const { node } = process.versions
  if (Number.parseInt(node, 10) < OLDEST_NODE) {
    const problem = `this is Node ${node}, and workloads need ${OLDEST_NODE} or later: see --node of fdbkit sim package`
    console.log(testLine({ version: '', joshuaSeed: process.env['JOSHUA_SEED'], problem }))
    return false
  }
  const { runPacked } = await import('./run-packed.ts')
  const mode = process.argv[2] === 'timeout' ? 'timeout' : 'test'
  const { line, passed } = await runPacked(mode, process.env)
  console.log(line)
  return passed
}

process.exitCode = (await run()) ? 0 : 1
