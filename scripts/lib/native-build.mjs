// Compiles the native parts, object by object, and only what changed since the last time.
import { spawn } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, extname, join, relative } from 'node:path'
import { SetupError, findCompilers } from './compiler.mjs'
import {
  executables,
  includeFolders,
  innerParts,
  libraries,
  programName,
  programs,
  sanitizers,
  testLibraries,
} from './native-targets.mjs'
import { buildFolder, filesBelow, root } from './paths.mjs'

const darwin = process.platform === 'darwin'
const sourceEndings = ['.cc', '.c']

function run(command, args) {
  const [program, ...first] = command.split(' ')
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...first, ...args], { cwd: root })
    let output = ''
    child.stdout.on('data', (chunk) => (output += chunk))
    child.stderr.on('data', (chunk) => (output += chunk))
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, output }))
  })
}

async function inParallel(jobs, count) {
  const queue = [...jobs]
  const worker = async () => {
    for (let job = queue.shift(); job !== undefined; job = queue.shift()) await job()
  }
  await Promise.all(Array.from({ length: count }, worker))
}

function mtime(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Infinity
}

/** The files that a depfile of -MMD names, without its target. */
function dependencies(depfile) {
  return readFileSync(depfile, 'utf8')
    .replaceAll('\\\n', ' ')
    .replace(/^[^:]*:/, '')
    .trim()
    .split(/(?<!\\)\s+/)
    .map((path) => join(root, path.replaceAll('\\ ', ' ')))
}

class NativeBuild {
  #folder
  #compilers
  #flags
  #log
  #printed = false

  constructor({ werror = process.env.FDBKIT_WERROR === '1', sanitize, log }) {
    const sanitizer = sanitize === undefined ? undefined : sanitizers[sanitize]
    this.#folder = sanitizer ? join(buildFolder, sanitizer.folder) : buildFolder
    this.#compilers = findCompilers()
    this.#log = log
    this.#flags = [
      '-O2',
      '-g',
      '-fPIC',
      '-fvisibility=hidden',
      '-pthread',
      '-Wall',
      '-Wextra',
      // Only a plain build: sanitizers make compilers warn of what is not there.
      ...(werror && !sanitizer ? ['-Werror'] : []),
      ...(sanitizer?.flags ?? []),
      ...includeFolders.map((folder) => `-I${folder}`),
    ]
  }

  async library(target) {
    const objects = await this.#objects(target.sources)
    if (objects.length === 0) return
    const output = join(this.#folder, target.output)
    const name = basename(output)
    const kind = darwin
      ? ['-dynamiclib', `-install_name`, `@rpath/${name}`]
      : ['-shared', `-Wl,-soname,${name}`, '-Wl,-z,nodelete', '-Wl,--no-undefined']
    if (!darwin && target.exports) kind.push(`-Wl,--version-script,${target.exports}`)
    await this.#link(output, objects, [...kind, ...objects, ...(darwin ? [] : ['-ldl'])])
  }

  async executable(target) {
    const objects = await this.#objects(target.sources)
    const output = join(this.#folder, target.output)
    const exported = `-Wl,--export-dynamic-symbol=${target.exports}`
    await this.#link(output, objects, [...objects, exported, '-ldl'])
  }

  /** Programs link the two libraries, and behind them the inner parts, for unit tests. */
  async programs(target) {
    const objects = await this.#objects([target.folder])
    const engineObjects = await this.#objects(innerParts)
    const archive = join(this.#folder, 'obj', 'libengine.a')
    if (engineObjects.length > 0) await this.#archive(archive, engineObjects)
    const built = libraries.map(({ output }) => join(this.#folder, output)).filter(existsSync)
    const inputs = [...built, ...(engineObjects.length > 0 ? [archive] : [])]
    const rpaths = built.map((path) => `-Wl,-rpath,${dirname(path)}`)
    const asNeeded = darwin ? [] : ['-Wl,--as-needed']
    await inParallel(
      objects.map((object) => async () => {
        const name = programName(relative(join(this.#folder, 'obj', target.folder), object))
        const output = join(this.#folder, target.output, name)
        const isAlone = target.alone !== undefined && name.startsWith(target.alone)
        const linked = isAlone ? [archive] : [...inputs, ...built]
        const args = [object, ...asNeeded, ...linked, ...rpaths, ...(darwin ? [] : ['-ldl'])]
        await this.#link(output, [object, ...inputs], args)
      }),
      2,
    )
  }

  async #objects(folders) {
    const sources = folders.flatMap((folder) => filesBelow(join(root, folder), sourceEndings))
    const objects = []
    const jobs = sources.map((source) => {
      const object = join(this.#folder, 'obj', `${relative(root, source)}.o`)
      objects.push(object)
      return () => this.#compile(source, object)
    })
    await inParallel(jobs, 2)
    return objects
  }

  #command(source) {
    return extname(source) === '.c'
      ? { compiler: this.#compilers.cc, flags: ['-std=c11', ...this.#flags] }
      : { compiler: this.#compilers.cxx, flags: ['-std=c++20', ...this.#flags] }
  }

  async #compile(source, object) {
    const { compiler, flags } = this.#command(source)
    const stamp = `${compiler} ${flags.join(' ')}`
    const depfile = `${object}.d`
    if (this.#isCurrent(object, stamp, () => dependencies(depfile))) return
    mkdirSync(dirname(object), { recursive: true })
    const file = relative(root, source)
    const args = [...flags, '-MMD', '-MF', depfile, '-c', file, '-o', object]
    await this.#step('compile', file, compiler, args)
    writeFileSync(`${object}.stamp`, stamp)
  }

  async #archive(output, objects) {
    const stamp = objects.join(' ')
    if (this.#isCurrent(output, stamp, () => objects)) return
    rmSync(output, { force: true })
    await this.#step('archive', relative(root, output), process.env.AR ?? 'ar', [
      'qcs', // appended unseen: two rooms may each have a file of one name
      output,
      ...objects,
    ])
    writeFileSync(`${output}.stamp`, stamp)
  }

  async #link(output, inputs, args) {
    const command = [...this.#flags, ...args, '-o', output]
    const stamp = `${this.#compilers.cxx} ${command.join(' ')}`
    const stampFile = join(this.#folder, 'obj', `${relative(this.#folder, output)}.link`)
    if (this.#isCurrent(output, stamp, () => inputs, stampFile)) return
    mkdirSync(dirname(output), { recursive: true })
    mkdirSync(dirname(stampFile), { recursive: true })
    // Linked beside and renamed: a process that has the old library open keeps it whole.
    const fresh = `${output}.${process.pid}.new`
    await this.#step('link', relative(root, output), this.#compilers.cxx, [
      ...command.slice(0, -1),
      fresh,
    ])
    renameSync(fresh, output)
    writeFileSync(stampFile, stamp)
  }

  #isCurrent(output, stamp, inputs, stampFile = `${output}.stamp`) {
    if (!existsSync(output) || !existsSync(stampFile)) return false
    if (readFileSync(stampFile, 'utf8') !== stamp) return false
    try {
      const built = mtime(output)
      return inputs().every((input) => mtime(input) <= built)
    } catch {
      return false // no depfile: an interrupted build
    }
  }

  async #step(verb, subject, command, args) {
    if (!this.#printed) this.#log('building the native parts')
    this.#printed = true
    const { code, output } = await run(command, args)
    if (output.trim() !== '') process.stderr.write(output)
    if (code !== 0) throw new SetupError(`cannot ${verb} ${subject}`)
  }
}

/**
 * Builds the libraries, and the programs of the groups named in `groups` (`test`, `bench`).
 * `sanitize` (`address` or `thread`) builds into a folder of its own.
 */
export async function buildNative({ groups = [], werror, sanitize, log = () => {} } = {}) {
  const unknown = groups.find((group) => !programs.some(({ name }) => name === group))
  if (unknown !== undefined) throw new SetupError(`no native programs named ${unknown}`)
  const build = new NativeBuild({ werror, sanitize, log })
  for (const target of libraries) await build.library(target)
  for (const target of executables) await build.executable(target)
  if (groups.includes('test')) for (const target of testLibraries) await build.library(target)
  for (const target of programs) if (groups.includes(target.name)) await build.programs(target)
}
