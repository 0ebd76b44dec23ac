/** `fdbkit sim package FILE... --joshua OUT`: an archive that Joshua's agents run. docs/joshua.md says what is in it. */
import { findLibrary } from '../../../native/library/library.ts'
import { VERSION } from '../../../native/values/version.ts'
import { CommandError, messageOf } from '../../ground/errors.ts'
import type { Mode } from '../joshua/run-packed.ts'
import { PACKED_FILE, type Packed, type PackedFile, type PackedFlags } from '../joshua/packed.ts'
import { Plan } from '../plan.ts'
import { findFdbserver } from '../run/find-fdbserver.ts'
import { collect, type Collected } from './collect.ts'
import { checkRequest, wholeNode, type PackageRequest } from './request.ts'
import { scriptOf } from './scripts.ts'
import { writeArchive, type Entry } from './write-archive.ts'

export interface PackageSummary {
  readonly tests: number
  readonly files: number
  readonly bytes: number
}

const FDBSERVER = 'fdbserver'
const LIBRARY = 'libfdb_c.so'
const NODE = 'node'
const MODES: readonly Mode[] = ['test', 'timeout']

export async function packageForJoshua(request: PackageRequest): Promise<PackageSummary> {
  checkRequest(request)
  const programs = new Map<string, Entry>()
  if (request.node === true) programs.set(NODE, { source: wholeNode() })
  const fdbserver = request.fdbserver && findFdbserver(request.fdbserver)
  if (fdbserver !== undefined) {
    programs.set(FDBSERVER, { source: fdbserver })
    programs.set(LIBRARY, { source: findLibrary(request.library).path })
  }
  for (const file of request.files) await checkTest(file, request)
  const collected = await collect(request)
  const entries = new Map([...programs, ...collected.entries, ...oursOf(request, collected)])
  const { bytes } = await write(request.joshua, entries)
  return { tests: request.files.length, files: entries.size, bytes }
}

/** What would fail under every seed. */
async function checkTest(file: string, request: PackageRequest): Promise<void> {
  const { module, fdbserver } = request
  const where = fdbserver === undefined ? { embedded: true as const } : { fdbserver }
  const flags = {
    ...keptOf(request),
    ...where,
    jobs: 1,
    ...(module === undefined ? {} : { module }),
  }
  await Plan.make(file, flags, new AbortController().signal)
}

function keptOf(request: PackageRequest): PackedFlags {
  const { workload, buggify, timeout, without, swarm, oracle, replay, interface: by } = request
  return {
    ...{ workload, buggify, timeout },
    ...(by === undefined ? {} : { interface: by }),
    ...(without === undefined ? {} : { without }),
    ...(swarm === undefined ? {} : { swarm }),
    ...(oracle === undefined ? {} : { oracle }),
    ...(replay === undefined ? {} : { replay }),
  }
}

/** What is written for the archive alone. */
function oursOf(request: PackageRequest, { pathOf, native, main }: Collected): Map<string, Entry> {
  const named = (file: string): PackedFile => ({ path: pathOf(file), named: file })
  const { files, module, fdbserver } = request
  const packed: Packed = {
    version: VERSION,
    fdbserver: fdbserver === undefined ? undefined : { path: FDBSERVER, named: fdbserver },
    library: fdbserver === undefined ? undefined : LIBRARY,
    native: pathOf(native),
    tests: files.map((file) => ({
      ...named(file),
      module: module === undefined ? undefined : named(module),
    })),
    flags: keptOf(request),
  }
  const script = { main: pathOf(main), version: VERSION, hasNode: request.node === true }
  return new Map<string, Entry>([
    [PACKED_FILE, { text: `${JSON.stringify(packed, null, 2)}\n` }],
    ...MODES.map((mode): [string, Entry] => [
      `joshua_${mode}`,
      { text: scriptOf({ mode, ...script }), isProgram: true },
    ]),
  ])
}

async function write(
  out: string,
  entries: ReadonlyMap<string, Entry>,
): Promise<{ readonly bytes: number }> {
  try {
    return await writeArchive(out, entries)
  } catch (error) {
    throw new CommandError(`can't write ${out}: ${messageOf(error)}`)
  }
}
