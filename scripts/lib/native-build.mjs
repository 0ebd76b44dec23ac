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
import { SetupError } from './compiler.mjs'
import { checkoutFlavor, sanitizedFlavor } from './build-flavors.mjs'
import {
  executables,
  innerParts,
  libraries,
  needsLibcxx,
  programName,
  programs,
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
  #flavor
  #progress

  constructor(flavor, progress) {
    this.#flavor = flavor
    this.#progress = progress
  }

  /** How many sources of the folders must be compiled. */
  outOfDate(folders) {
    const sources = [...new Set(folders.flatMap((folder) => this.#sources(folder)))]
    return sources.filter((source) => !this.#isCompiled(source)).length
  }

  async library(target) {
    const objects = await this.#objects(target.sources)
    if (objects.length === 0) return
    const output = join(this.#flavor.output, target.output)
    const name = basename(output)
    const kind = darwin
      ? ['-dynamiclib', `-install_name`, `@rpath/${name}`]
      : ['-shared', `-Wl,-soname,${name}`, '-Wl,-z,nodelete', '-Wl,--no-undefined']
    if (!darwin && target.exports) kind.push(`-Wl,--version-script,${target.exports}`)
    await this.#link(output, objects, [...kind, ...objects, ...(darwin ? [] : ['-ldl'])])
  }

  async executable(target) {
    const objects = await this.#objects(target.sources)
    const output = join(this.#flavor.output, target.output)
    const exported = `-Wl,--export-dynamic-symbol=${target.exports}`
    await this.#link(output, objects, [...objects, exported, '-ldl'])
  }

  /** Programs link the two libraries, and behind them the inner parts, for unit tests. */
  async programs(target) {
    const objects = await this.#objects([target.folder])
    const engineObjects = await this.#objects(innerParts)
    const archive = join(this.#flavor.objects, 'libengine.a')
    if (engineObjects.length > 0) await this.#archive(archive, engineObjects)
    const built = libraries
      .filter((library) => !needsLibcxx(library))
      .map(({ output }) => join(this.#flavor.output, output))
      .filter(existsSync)
    const inputs = [...built, ...(engineObjects.length > 0 ? [archive] : [])]
    const rpaths = built.map((path) => `-Wl,-rpath,${dirname(path)}`)
    const asNeeded = darwin ? [] : ['-Wl,--as-needed']
    await inParallel(
      objects.map((object) => async () => {
        const name = programName(relative(join(this.#flavor.objects, target.folder), object))
        const output = join(this.#flavor.output, target.output, name)
        const isAlone = target.alone !== undefined && name.startsWith(target.alone)
        const linked = isAlone ? [archive] : [...inputs, ...built]
        const args = [object, ...asNeeded, ...linked, ...rpaths, ...(darwin ? [] : ['-ldl'])]
        await this.#link(output, [object, ...inputs], args)
      }),
      2,
    )
  }

  async #objects(folders) {
    const sources = folders.flatMap((folder) => this.#sources(folder))
    await inParallel(
      sources.map((source) => () => this.#compile(source)),
      2,
    )
    return sources.map((source) => this.#objectOf(source))
  }

  /** Of a folder, or of a single source. */
  #sources(folder) {
    const path = join(root, folder)
    return sourceEndings.includes(extname(folder)) ? [path] : filesBelow(path, sourceEndings)
  }

  #objectOf(source) {
    return join(this.#flavor.objects, `${relative(root, source)}.o`)
  }

  #command(source) {
    const { compilers, flags } = this.#flavor
    return extname(source) === '.c'
      ? { compiler: compilers.cc, flags: ['-std=c11', ...flags] }
      : { compiler: compilers.cxx, flags: ['-std=c++20', ...flags] }
  }

  #stampOf(source) {
    const { compiler, flags } = this.#command(source)
    return `${compiler} ${flags.join(' ')}`
  }

  #isCompiled(source) {
    const object = this.#objectOf(source)
    return this.#isCurrent(object, this.#stampOf(source), () => dependencies(`${object}.d`))
  }

  async #compile(source) {
    if (this.#isCompiled(source)) return
    const { compiler, flags } = this.#command(source)
    const object = this.#objectOf(source)
    mkdirSync(dirname(object), { recursive: true })
    const file = relative(root, source)
    const args = [...flags, '-MMD', '-MF', `${object}.d`, '-c', file, '-o', object]
    await this.#step('compile', file, compiler, args)
    writeFileSync(`${object}.stamp`, this.#stampOf(source))
    this.#progress.compiled()
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
    const { compilers, flags, linkFlags, objects } = this.#flavor
    const command = [...flags, ...args, ...linkFlags, '-o', output]
    const stamp = `${compilers.cxx} ${command.join(' ')}`
    const stampFile = join(objects, `${relative(buildFolder, output).replaceAll('..', '_')}.link`)
    if (this.#isCurrent(output, stamp, () => inputs, stampFile)) return
    mkdirSync(dirname(output), { recursive: true })
    mkdirSync(dirname(stampFile), { recursive: true })
    // Linked beside and renamed: a process that has the old library open keeps it whole.
    const fresh = `${output}.${process.pid}.new`
    await this.#step('link', basename(output), compilers.cxx, [...command.slice(0, -1), fresh])
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
    this.#progress.begin()
    const { code, output } = await run(command, args)
    if (output.trim() !== '') process.stderr.write(output)
    if (code !== 0) throw new SetupError(`cannot ${verb} ${subject}`)
  }
}

/** Tells how far a build is: a line when it begins, and one for each tenth of what is compiled. */
class Progress {
  #log
  #total = 0
  #done = 0
  #begun = false

  constructor(log) {
    this.#log = log
  }

  expect(total) {
    this.#total = total
  }

  begin() {
    if (this.#begun) return
    this.#begun = true
    const files = this.#total === 0 ? '' : `, ${this.#total} files to compile`
    this.#log(`building the native parts${files}`)
  }

  compiled() {
    this.#done++
    const tenth = (count) => Math.floor((count * 10) / this.#total)
    if (tenth(this.#done) === tenth(this.#done - 1)) return
    this.#log(`compiled ${this.#done} of ${this.#total} files`)
  }
}

/** Builds the libraries and programs of a package, and those of the groups, in one of the ways of `build-flavors.mjs`. */
export async function buildFlavor(flavor, { groups = [], log = () => {} } = {}) {
  const unknown = groups.find((group) => !programs.some(({ name }) => name === group))
  if (unknown !== undefined) throw new SetupError(`no native programs named ${unknown}`)
  const loaded = groups.includes('test') ? testLibraries : []
  const linked = programs.filter(({ name }) => groups.includes(name))
  const progress = new Progress(log)
  const build = new NativeBuild(flavor, progress)
  const withLibcxx = flavor.libcxx && new NativeBuild(flavor.libcxx, progress)
  const all = [...libraries, ...executables, ...loaded]
  const sources = (targets) => targets.flatMap((target) => target.sources)
  const inner = linked.length > 0 ? innerParts : []
  const folders = sources(all.filter((target) => !needsLibcxx(target)))
  progress.expect(
    build.outOfDate([...folders, ...inner, ...linked.map(({ folder }) => folder)]) +
      (withLibcxx?.outOfDate(sources(all.filter(needsLibcxx))) ?? 0),
  )
  const library = (target) => (needsLibcxx(target) ? withLibcxx : build)?.library(target)
  for (const target of libraries) await library(target)
  for (const target of executables) await build.executable(target)
  for (const target of loaded) await library(target)
  for (const target of linked) await build.programs(target)
}

/** Builds one program of its own in a flavor of its own. */
export async function buildExecutable(flavor, target, log) {
  const progress = new Progress(log)
  const build = new NativeBuild(flavor, progress)
  progress.expect(build.outOfDate(target.sources))
  await build.executable(target)
}

/**
 * Builds in the checkout, and the programs of the groups named in `groups` (`test`, `bench`). `sanitize` (`address` or
 * `thread`) builds into a folder of its own.
 */
export async function buildNative({ werror, sanitize, ...rest } = {}) {
  const flavor = sanitize === undefined ? checkoutFlavor({ werror }) : sanitizedFlavor(sanitize)
  await buildFlavor(flavor, rest)
}
