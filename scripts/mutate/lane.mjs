// A copy of the tree in which one mutant after the other is compiled, linked and tried. The objects of the checkout are
// used where the mutant changes nothing.
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { checkoutFlavor } from '../lib/build-flavors.mjs'
import { includeFolders, libraries, programs } from '../lib/native-targets.mjs'
import { buildFolder, filesBelow, root } from '../lib/paths.mjs'
import { run } from './children.mjs'

const COPIED = [
  ...['package.json', 'tsconfig.json', 'vitest.config.ts', 'README.md', 'native-callbacks'],
  ...['bench', 'dist', 'examples', 'scripts', 'src', 'test', 'workloads'],
]
const BUILT = ['cpp-server', 'engine', 'fake', 'host', 'plugin', 'probe', 'ring', 'test', 'twin']
const FLAGS = ['-std=c++20', '-O1', '-w', '-fPIC', '-fvisibility=hidden', '-pthread']
const LINK_FLAGS = ['-pthread', '-ldl', '-Wl,--strip-debug']
/** What unit programs take from the archive, compiled anew: the rest of it would be compiled for nothing. */
const UNIT_FOLDERS = ['native-callbacks/engine/data', 'native-callbacks/engine/ground']
const COMPILE_SECONDS = 300

const objects = join(buildFolder, 'obj')
const objectOf = (source) => join(objects, `${source}.o`)
const sourcesOf = (folder) =>
  filesBelow(join(root, folder), ['.cc', '.c']).map((path) => relative(root, path))

const testFolder = programs.find(({ name }) => name === 'test').folder
const sourceOf = (program) => `${testFolder}/${program}.cc`

export class DoesNotCompile extends Error {}

export class Lane {
  #folder
  #fresh
  #cxx = checkoutFlavor().compilers.cxx
  /** Sources compiled anew for the mutant, by their object of the checkout. */
  #changed = new Map()

  constructor(number) {
    this.#folder = join(buildFolder, 'mutants', `${process.pid}-${number}`)
    this.#fresh = join(this.#folder, 'fresh')
    rmSync(this.#folder, { recursive: true, force: true })
    mkdirSync(join(this.#folder, 'build'), { recursive: true })
    const inLane = (path) => join(this.#folder, path)
    for (const path of COPIED) cpSync(join(root, path), inLane(path), { recursive: true })
    for (const part of BUILT) {
      const path = join('build', part)
      if (existsSync(join(root, path))) cpSync(join(root, path), inLane(path), { recursive: true })
    }
    symlinkSync(join(root, 'node_modules'), inLane('node_modules'))
    process.once('exit', () => rmSync(this.#folder, { recursive: true, force: true }))
  }

  /** The lane's own copy: the checkout may go on. */
  textOf(source) {
    return readFileSync(join(this.#folder, source), 'utf8')
  }

  /** Tries one text instead of a source's own: what `body` says of it. */
  async withText(source, text, body) {
    const before = this.textOf(source)
    writeFileSync(join(this.#folder, source), text)
    try {
      return await body()
    } finally {
      writeFileSync(join(this.#folder, source), before)
      this.#changed.clear()
      rmSync(this.#fresh, { recursive: true, force: true })
      for (const { output } of libraries) {
        const built = join('build', output)
        if (existsSync(join(root, built)))
          copyFileSync(join(root, built), join(this.#folder, built))
      }
    }
  }

  /** Links the libraries of these names with what the mutant changes. */
  async link(names, file) {
    for (const { name, sources, output, exports } of libraries) {
      if (!names.includes(name)) continue
      const linked = []
      for (const source of sources.flatMap(sourcesOf)) linked.push(await this.#object(source, file))
      const target = join(this.#folder, 'build', output)
      const soname = `-Wl,-soname,${output.split('/').at(-1)}`
      const script = exports === undefined ? [] : [`-Wl,--version-script,${exports}`]
      const kind = ['-shared', soname, '-Wl,-z,nodelete', '-Wl,--no-undefined', ...script]
      await this.#cxxRun([...kind, ...linked, ...LINK_FLAGS, '-o', target])
    }
  }

  /** Runs a check. `file` is what the mutant changes. */
  async run(check, file, seconds) {
    const path = check.program === undefined ? undefined : await this.#programPath(check, file)
    const begin = performance.now()
    const { code } = await (path === undefined
      ? this.#runFile(check.file, seconds)
      : this.#runProgram(path, seconds))
    return { code, seconds: (performance.now() - begin) / 1000 }
  }

  /** Whether the program's own source includes the file. */
  knows({ program }, file) {
    return this.#depends(sourceOf(program), file)
  }

  #runProgram(path, seconds) {
    const loaded = ['engine', 'ring', 'plugin'].map((part) => join(this.#folder, 'build', part))
    const env = { LD_LIBRARY_PATH: loaded.join(':') }
    return run(path, [], { cwd: this.#folder, env, seconds })
  }

  async #programPath({ program, isUnit }, file) {
    const isChanged = file !== undefined && (isUnit || this.#depends(sourceOf(program), file))
    return isChanged
      ? this.#linkProgram(program, file, isUnit)
      : join(this.#folder, 'build', 'test', program)
  }

  #runFile(file, seconds) {
    const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
    const args = [vitest, 'run', '--project', 'engine', '--maxWorkers', '1', '--bail', '1', file]
    return run(process.execPath, args, { cwd: this.#folder, env: {}, seconds })
  }

  /** What is changed stands before the archive, from which then nothing is taken that it defines. */
  async #linkProgram(program, file, isUnit) {
    const output = join(this.#fresh, program)
    const linked = [await this.#object(sourceOf(program), file)]
    const inner = isUnit ? UNIT_FOLDERS.flatMap(sourcesOf) : []
    for (const each of inner)
      if (this.#depends(each, file)) linked.push(await this.#object(each, file))
    const built = ['engine/libfdb_c.so', 'ring/libfdbkit_ring.so']
    const libs = isUnit ? [] : built.map((path) => join(this.#folder, 'build', path))
    mkdirSync(dirname(output), { recursive: true })
    const archive = join(objects, 'libengine.a')
    await this.#cxxRun([...linked, ...libs, archive, ...LINK_FLAGS, '-o', output])
    return output
  }

  #depends(source, file) {
    const depfile = readFileSync(`${objectOf(source)}.d`, 'utf8')
    return depfile.split(/[\s\\]+/).includes(file)
  }

  async #object(source, file) {
    if (!this.#depends(source, file)) return objectOf(source)
    const known = this.#changed.get(source)
    if (known !== undefined) return known
    const object = join(this.#fresh, `${source}.o`)
    mkdirSync(dirname(object), { recursive: true })
    const includes = includeFolders.map((folder) => `-I${folder}`)
    const flags = source.endsWith('.c') ? FLAGS.slice(1) : FLAGS
    await this.#cxxRun([...flags, ...includes, '-c', source, '-o', object])
    this.#changed.set(source, object)
    return object
  }

  async #cxxRun(args) {
    const [program, ...first] = this.#cxx.split(' ')
    const options = { cwd: this.#folder, env: {}, seconds: COMPILE_SECONDS }
    const { code, output } = await run(program, [...first, ...args], options)
    if (code !== 0) throw new DoesNotCompile(output)
  }
}
