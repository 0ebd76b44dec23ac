/** What is asked of `fdbkit sim package`, checked before anything is read. */
import { lstatSync, realpathSync } from 'node:fs'
import { CommandError, UsageError } from '../../ground/errors.ts'
import { checkFolderOf } from '../../ground/write-whole.ts'
import type { PackedFlags } from '../joshua/packed.ts'

export interface PackageRequest extends PackedFlags {
  readonly files: readonly string[]
  /** Where the archive goes. */
  readonly joshua: string
  readonly node?: true
  readonly fdbserver?: string
  /** The client library of the fdbserver. */
  readonly library?: string
  readonly module?: string
  /** What else the workloads read. */
  readonly include?: readonly string[]
}

const ENDING = '.tar.gz'
const MOST_TESTS = 1000

/** @throws UsageError that names the argument. */
export function checkRequest(request: PackageRequest): void {
  const { files, joshua: out, module, include = [] } = request
  if (!out.endsWith(ENDING)) throw new UsageError(`--joshua ${out} does not end in ${ENDING}`)
  checkFolderOf(out)
  if (isThere(out)) throw new UsageError(`--joshua: there is a file ${out} already`)
  if (files.length > MOST_TESTS) {
    throw new UsageError(
      `these are ${files.length} files, and an archive has at most ${MOST_TESTS}`,
    )
  }
  if (module !== undefined && files.length > 1) {
    throw new UsageError('--module is the module of one test file, and there are more')
  }
  if (request.library !== undefined && request.fdbserver === undefined) {
    throw new UsageError('--library is the client library of an --fdbserver, and none is given')
  }
  if (request.interface !== undefined && request.fdbserver === undefined) {
    throw new UsageError('--interface is how an --fdbserver loads workloads, and none is given')
  }
  for (const path of include) {
    if (!isThere(path)) throw new UsageError(`--include: there is no file or folder ${path}`)
  }
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined
}

/** The program of this Node, when it needs no library of its own beside it. */
export function wholeNode(): string {
  const { variables } = process.config as { variables: { node_shared?: unknown } }
  const path = realpathSync(process.execPath)
  if (variables.node_shared !== true) return path
  throw new CommandError(
    `--node: ${path} needs a libnode beside it, so it can't be taken along: use a Node of nodejs.org`,
  )
}
