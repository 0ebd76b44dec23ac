// Finds the C and C++ compilers, and says in one line what to install when there is none.
import { spawnSync } from 'node:child_process'

/** A failure that the user can mend: printed as one line, without a stack. */
export class SetupError extends Error {}

function works(command) {
  const [program, ...args] = command.split(' ')
  const probe = spawnSync(program, [...args, '--version'], { stdio: 'ignore' })
  return probe.error === undefined && probe.status === 0
}

function find(variable, candidates, language, advice) {
  const chosen = variable === undefined ? undefined : process.env[variable]
  if (chosen) {
    if (works(chosen)) return chosen
    throw new SetupError(`${variable}=${chosen} does not run; set it to a ${language} compiler.`)
  }
  const found = candidates.find(works)
  if (found) return found
  throw new SetupError(`no ${language} compiler found: install one (${advice}) or set ${variable}.`)
}

/** The first of those that run; CXX and CC name others, but for another machine than this one. */
export function findCompilers(named) {
  const advice =
    process.platform === 'darwin'
      ? 'xcode-select --install'
      : 'apt-get install g++, dnf install gcc-c++, or apk add g++'
  const variables = named === undefined ? { cxx: 'CXX', cc: 'CC' } : {}
  const { cxx, cc } = named ?? { cxx: ['g++', 'clang++', 'c++'], cc: ['gcc', 'clang', 'cc'] }
  return {
    cxx: find(variables.cxx, cxx, 'C++', advice),
    cc: find(variables.cc, cc, 'C', advice),
  }
}
