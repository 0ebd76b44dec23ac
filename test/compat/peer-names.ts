import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { HANG_LIMIT } from '../support/hang-limit.ts'

/** What the npm package `foundationdb` has, by name. */
export interface PeerNames {
  readonly exports: string[]
  readonly classes: Record<string, string[]>
  readonly enums: Record<string, Record<string, number>>
  readonly objects: Record<string, string[]>
  readonly modules: Record<string, string[]>
}

const script = `
const load = (name) => require('foundationdb/dist/lib/' + name)
const fdb = load('index')
const methods = (value) => Object.getOwnPropertyNames(value.prototype)
const numbers = (value) => Object.fromEntries(
  Object.entries(value).filter(([, code]) => typeof code === 'number'))
const classes = ['Database', 'Transaction', 'Subspace', 'Directory', 'DirectoryLayer']
const enums = ['NetworkOptionCode', 'DatabaseOptionCode', 'TransactionOptionCode', 'StreamingMode',
  'MutationType', 'ConflictRangeType', 'ErrorPredicate']
const objects = ['keySelector', 'encoders', 'tuple', 'util']
const modules = ['directory', 'transformer', 'util', 'versionstamp']
console.log(JSON.stringify({
  exports: Object.keys(fdb),
  classes: Object.fromEntries(classes.map((name) => [name, methods(fdb[name])])),
  enums: Object.fromEntries(enums.map((name) => [name, numbers(fdb[name])])),
  objects: Object.fromEntries(objects.map((name) => [name, Object.keys(fdb[name])])),
  modules: Object.fromEntries(modules.map((name) => [name, Object.keys(load(name))])),
}))
`

/** Loads the package in a process of its own, since it needs a C library of its own. */
export function readPeerNames(): PeerNames {
  const root = join(import.meta.dirname, '..', '..')
  const variable = process.platform === 'darwin' ? 'DYLD_LIBRARY_PATH' : 'LD_LIBRARY_PATH'
  const { status, stdout, stderr } = spawnSync(process.execPath, ['-e', script], {
    cwd: root,
    env: { ...process.env, [variable]: join(root, 'build', 'engine') },
    encoding: 'utf8',
    timeout: HANG_LIMIT,
  })
  if (status !== 0) throw new Error(`foundationdb did not load: ${stderr}`)
  return JSON.parse(stdout) as PeerNames
}
