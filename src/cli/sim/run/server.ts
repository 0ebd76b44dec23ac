/** What an fdbserver is: its version, and the interface that it loads workloads by. docs/workload-interfaces.md has them all. */
import { spawnSync } from 'node:child_process'
import { CommandError } from '../../ground/errors.ts'
import { standardLibrariesOf, type StandardLibrary } from './standard-library.ts'

/** In C, or in C++ with the standard library that the server was built with. */
export type WorkloadInterface = 'c' | StandardLibrary

export interface Server {
  readonly program: string
  /** As `7.3.79`. */
  readonly version: string
  readonly interface: WorkloadInterface
  /** What the test file says for `useCAPI`; undefined: the server knows no such option, and would refuse it. */
  readonly useCapi: boolean | undefined
}

const known = new Map<string, Server>()

/**
 * `asked` instead of what is found out.
 * @throws CommandError where no interface is known, in one line.
 */
export function serverOf(program: string, asked?: WorkloadInterface): Server {
  const key = `${program}\n${asked}`
  const server = known.get(key) ?? describeServer(program, versionOf(program), asked)
  known.set(key, server)
  return server
}

function versionOf(program: string): string {
  const { error, stdout } = spawnSync(program, ['--version'], { encoding: 'utf8' })
  if (error !== undefined) throw new CommandError(`${program} can't be run: ${error.message}`)
  const version = /\(v(\d+\.\d+\.\d+)/.exec(stdout)?.[1]
  if (version !== undefined) return version
  throw new CommandError(`${program} --version says no version of FoundationDB`)
}

/** Exported for tests: of a server that is not there. */
export function describeServer(
  program: string,
  version: string,
  asked?: WorkloadInterface,
): Server {
  const refuse: Refuse = (why) => {
    throw new CommandError(`${program} is fdbserver ${version}, ${why}`)
  }
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const isBefore = (release: number): boolean => major < 7 || (major === 7 && minor < release)
  if (isBefore(1)) refuse('whose interface for workloads is not known: 7.1 is the first that is')
  const hasC = !isBefore(4)
  if (asked === 'c' && !hasC) refuse('which has no interface in C: 7.4 is the first that has')
  if (asked === 'c' || (asked === undefined && hasC)) {
    return { program, version, interface: 'c', useCapi: true }
  }
  if (!isBefore(5)) refuse('whose interface in C++ is not known: 7.4 is the last that is')
  const library = libraryOf(program, asked, refuse)
  return { program, version, interface: library, useCapi: hasC ? false : undefined }
}

type Refuse = (why: string) => never

function libraryOf(
  program: string,
  asked: StandardLibrary | undefined,
  refuse: Refuse,
): StandardLibrary {
  const found = standardLibrariesOf(program)
  const [likely] = found
  const library = asked ?? likely
  if (library === undefined) {
    return refuse('and it does not tell its C++ library: --interface libc++ or libstdc++ does')
  }
  if (likely !== undefined && !found.includes(library)) {
    refuse(`which was built with ${likely}: by --interface ${library} it would crash`)
  }
  return library
}
