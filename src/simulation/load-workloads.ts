/** Finds the workload of a name in the author's module. */
import { register } from 'node:module'
import { pathToFileURL } from 'node:url'
import { workloadMaker, type WorkloadDefinition } from './workload.ts'

export class Workloads {
  readonly #makers: ReadonlyMap<string, () => WorkloadDefinition>
  readonly #path: string

  constructor(path: string, makers: ReadonlyMap<string, () => WorkloadDefinition>) {
    this.#path = path
    this.#makers = makers
  }

  /** The workload of an export's name. Throws with the names that there are. */
  make(name: string): WorkloadDefinition {
    const maker = this.#makers.get(name)
    if (maker !== undefined) return maker()
    const names = [...this.#makers.keys()].join(', ')
    throw new Error(
      `there is no workload ${JSON.stringify(name)} in ${this.#path}: it exports ${names || 'none'}`,
    )
  }
}

/** Imports the module: JavaScript, or TypeScript as it is. */
export async function loadWorkloads(path: string): Promise<Workloads> {
  if (!('typescript' in process.features) || process.features.typescript === false) {
    register('./typescript-hooks.js', import.meta.url)
  }
  const module = (await import(pathToFileURL(path).href)) as Record<string, unknown>
  const makers = new Map<string, () => WorkloadDefinition>()
  for (const [name, exported] of Object.entries(module)) {
    const maker = workloadMaker(exported)
    if (maker !== undefined) makers.set(name, maker)
  }
  return new Workloads(path, makers)
}
