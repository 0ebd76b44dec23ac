/** Where programs are, and on what they run: the engine of this checkout, or a cluster. */
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** `build/programs` holds this program, so the checkout is above. */
const here = dirname(createRequire(import.meta.url).resolve('fdbkit/package.json'))

export const checkout = here
export const engineFolder = join(here, 'build', 'engine')
export const cContender = join(here, 'build', 'bench', 'raw', 'contender')
export const contenderProgram = (name: string): string =>
  join(import.meta.dirname, '..', 'contenders', `${name}.js`)

/** The environment of a contender. The peer and C find their client library by the loader's path. */
export function contenderEnvironment(cluster: string | undefined): NodeJS.ProcessEnv {
  const { FDBKIT_ENGINE: _engine, ...env } = process.env
  if (cluster !== undefined) return { ...env, FDBKIT_BENCH_CLUSTER: cluster }
  const { FDB_CLUSTER_FILE: _file, ...rest } = env
  return { ...rest, LD_LIBRARY_PATH: engineFolder, DYLD_LIBRARY_PATH: engineFolder }
}

export function mustExist(path: string): string {
  if (!existsSync(path)) throw new Error(`${path} is not built: npm run bench builds it`)
  return path
}
