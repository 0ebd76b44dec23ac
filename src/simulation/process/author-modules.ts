// The program that the simulator talks to: it loads the author's modules, and takes one event after the other.
/**
 * The author's modules. Each is read once, at the start, and instantiated for every client: in a cluster
 * the clients are processes, and share no variable. Packages and Node's own modules are shared.
 */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { SourceTextModule, SyntheticModule, type Module } from 'node:vm'
import { packageRoot } from '../../native/library/engine-path.ts'
import { malformed, sourceOf } from './without-types.ts'

/** What a module exports. */
export type Exports = Readonly<Record<string, unknown>>

interface Source {
  readonly text: string
  /** The URLs of what it imports, by the names it uses. */
  readonly imports: ReadonlyMap<string, string>
}

/** All modules of a workload, by their URLs. */
export interface Parts {
  readonly own: readonly {
    readonly url: string
    readonly imports: readonly (readonly [name: string, url: string])[]
  }[]
  /** Of packages, and of Node. */
  readonly shared: readonly string[]
}

const built = pathToFileURL(join(packageRoot(), 'dist', '/')).href

export class AuthorModules {
  readonly path: string
  readonly #root: string
  readonly #sources = new Map<string, Source>()
  readonly #shared = new Map<string, Module>()

  private constructor(path: string) {
    this.path = path
    this.#root = pathToFileURL(path).href
  }

  /** Reads a module and all that it imports. Throws for one that is missing or malformed. */
  static async read(path: string): Promise<AuthorModules> {
    const modules = new AuthorModules(path)
    await modules.#load(modules.#root)
    return modules
  }

  /** What was read, and what each of the author's own modules imports, by the names it uses. */
  get parts(): Parts {
    const own = [...this.#sources].map(([url, { imports }]) => ({ url, imports: [...imports] }))
    return { own, shared: [...this.#shared.keys()] }
  }

  /** Runs the modules once more, for one client: all of it happens in microtasks. */
  async instantiate(): Promise<Exports> {
    const made = new Map<string, Module>()
    const running = new Map<string, Promise<Module>>()
    const find = (url: string): Module => {
      const known = this.#shared.get(url) ?? made.get(url)
      if (known !== undefined) return known
      const module = this.#compile(url, later)
      made.set(url, module)
      return module
    }
    const link = (specifier: string, from: Module): Module =>
      find(this.#resolve(specifier, from.identifier))
    const start = async (url: string): Promise<Module> => {
      const module = find(url)
      if (module.status === 'unlinked') await module.link(link)
      await module.evaluate()
      return module
    }
    const run = (url: string): Promise<Module> => {
      const promise = running.get(url) ?? start(url)
      running.set(url, promise)
      return promise
    }
    const later = async (specifier: string, from: string): Promise<Module> => {
      const url = this.#resolve(specifier, from)
      await this.#load(url)
      return run(url)
    }
    return (await run(this.#root)).namespace as Exports
  }

  /** @param by who imports it, for messages. */
  async #load(url: string, by?: string): Promise<void> {
    if (this.#sources.has(url) || this.#shared.has(url)) return
    if (!isAuthors(url)) {
      this.#shared.set(url, await sharedModule(url))
      return
    }
    const text = readAuthors(url, by)
    const imports = new Map<string, string>()
    this.#sources.set(url, { text, imports })
    for (const specifier of importsOf(text, url)) {
      imports.set(specifier, import.meta.resolve(specifier, url))
    }
    for (const imported of imports.values()) await this.#load(imported, url)
  }

  #resolve(specifier: string, from: string): string {
    return this.#sources.get(from)?.imports.get(specifier) ?? import.meta.resolve(specifier, from)
  }

  #compile(url: string, later: (specifier: string, from: string) => Promise<Module>): Module {
    const source = this.#sources.get(url)
    if (source === undefined) throw new Error(`${url} is not read yet`)
    return new SourceTextModule(source.text, {
      identifier: url,
      initializeImportMeta: (meta) => {
        const path = fileURLToPath(url)
        Object.assign(meta, { url, filename: path, dirname: dirname(path) })
        meta.resolve = (specifier) => import.meta.resolve(specifier, url)
      },
      importModuleDynamically: (specifier) => later(specifier, url),
    })
  }
}

function importsOf(text: string, url: string): readonly string[] {
  try {
    return new SourceTextModule(text, { identifier: url }).dependencySpecifiers
  } catch (problem) {
    throw problem instanceof SyntaxError ? malformed(fileURLToPath(url), text, problem) : problem
  }
}

function readAuthors(url: string, by: string | undefined): string {
  try {
    return sourceOf(url)
  } catch (problem) {
    if ((problem as NodeJS.ErrnoException).code !== 'ENOENT') throw problem
    const importer = by === undefined ? '' : `, which ${fileURLToPath(by)} imports`
    throw new Error(`there is no module ${fileURLToPath(url)}${importer}`, { cause: problem })
  }
}

/** Instantiated for each client: ES modules outside of packages. */
function isAuthors(url: string): boolean {
  if (!url.startsWith('file:') || url.startsWith(built) || url.includes('/node_modules/')) {
    return false
  }
  return /\.(ts|mts|mjs)$/.test(url) || (url.endsWith('.js') && isInModulePackage(url))
}

/** Otherwise a .js file is CommonJS. */
function isInModulePackage(url: string): boolean {
  for (let folder = dirname(fileURLToPath(url)); ; folder = dirname(folder)) {
    const file = join(folder, 'package.json')
    if (existsSync(file)) {
      return (JSON.parse(readFileSync(file, 'utf8')) as { type?: string }).type === 'module'
    }
    if (folder === dirname(folder)) return false
  }
}

async function sharedModule(url: string): Promise<Module> {
  const namespace = url.endsWith('.json')
    ? { default: JSON.parse(sourceOf(url)) as unknown }
    : ((await import(url)) as Exports)
  return new SyntheticModule(
    Object.keys(namespace),
    function (this: SyntheticModule) {
      for (const [name, value] of Object.entries(namespace)) this.setExport(name, value)
    },
    { identifier: url },
  )
}
