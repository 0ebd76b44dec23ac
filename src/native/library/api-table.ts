/**
 * The C API as functions, for calls that have no handle of their own. What the library at hand lacks
 * throws when it is called, with the release that brings it.
 *
 * Pointers are bigints: `handle.pointer`. An out parameter is an array of one. Nothing here blocks but
 * `fdb_future_block_until_ready`, which a program has no use for.
 *
 *     const out = [0]
 *     clientApi().call('fdb_future_get_int64', pointer, out)
 */
import type { LibraryHandle, TypeObject } from 'koffi'
import {
  apiFunctions,
  embeddedFunctions,
  type ApiFunction,
  type ParameterType,
  type ResultType,
} from './api-declarations.ts'
import { FDBStateError } from '../errors/errors.ts'
import { koffi } from './foreign.ts'
import { networkInfo } from './network.ts'

/** The loaded library, or the selected API version, does not have the function. */
export class FDBMissingFunctionError extends Error {
  override readonly name = 'FDBMissingFunctionError'
  readonly functionName: string

  constructor(functionName: string, message: string) {
    super(message)
    this.functionName = functionName
  }
}

const HANDLES: ReadonlySet<ParameterType> = new Set([
  'future',
  'result',
  'cluster',
  'database',
  'tenant',
  'transaction',
])

type NativeFunction = (...args: unknown[]) => unknown

const byName = new Map(
  [...apiFunctions, ...embeddedFunctions].map((declared) => [declared.name, declared]),
)

/** One loaded library, seen through the table. */
export class ClientApi {
  readonly path: string
  readonly apiVersion: number
  readonly #library: LibraryHandle
  readonly #functions = new Map<string, NativeFunction | undefined>()

  constructor(path: string, apiVersion: number) {
    this.path = path
    this.apiVersion = apiVersion
    this.#library = koffi().load(path)
  }

  /** Does the library export it, and the API version allow it? */
  has(name: string): boolean {
    const declared = declaration(name)
    return this.#allowed(declared) && this.#load(declared) !== undefined
  }

  /** Throws FDBMissingFunctionError unless the function can be called. */
  require(name: string): void {
    this.#find(name)
  }

  /** Calls a function of the table. Throws TypeError on a wrong number of arguments. */
  call(name: string, ...args: unknown[]): unknown {
    const native = this.#find(name)
    const { parameters } = declaration(name)
    if (args.length !== parameters.length) {
      const expected = parameters.map((parameter) => parameter.name).join(', ')
      throw new TypeError(`${name} takes (${expected}), not ${args.length} arguments`)
    }
    // The C API trusts handles: a null one ends the process.
    const missing = parameters.find(({ type }, i) => HANDLES.has(type) && args[i] == null)
    if (missing !== undefined) throw new TypeError(`${name} needs ${missing.name}, a pointer`)
    return native(...args)
  }

  #find(name: string): NativeFunction {
    const declared = declaration(name)
    if (!this.#allowed(declared)) {
      throw new FDBMissingFunctionError(
        name,
        `${name} is not part of the C API from API version ${declared.removed} on, and this process ` +
          `has selected ${this.apiVersion}.`,
      )
    }
    const native = this.#load(declared)
    if (native !== undefined) return native
    throw new FDBMissingFunctionError(
      name,
      `${this.path} has no ${name}, which came with ${releaseOf(declared.since)}. Load a client library ` +
        'of that release or a later one.',
    )
  }

  #allowed(declared: ApiFunction): boolean {
    return declared.removed === undefined || this.apiVersion < declared.removed
  }

  #load(declared: ApiFunction): NativeFunction | undefined {
    const { name } = declared
    if (this.#functions.has(name)) return this.#functions.get(name)
    const types = nativeTypes()
    const parameters = declared.parameters.map(({ type }) => types[type])
    let native: NativeFunction | undefined
    try {
      native = this.#library.func(name, types[declared.result], parameters)
    } catch {
      // koffi says no more than that the symbol is not there.
      native = undefined
    }
    this.#functions.set(name, native)
    return native
  }
}

let loaded: ClientApi | undefined

/** The table of the library that the process has loaded. The network must run. */
export function clientApi(): ClientApi {
  if (loaded !== undefined) return loaded
  const { library, apiVersion } = networkInfo()
  if (apiVersion === 0) {
    throw new FDBStateError('No client library is loaded: open a database, or call startNetwork().')
  }
  loaded = new ClientApi(library, apiVersion)
  return loaded
}

/** Whether the process talks to the embedded engine of this package. False before anything was opened. */
export function hasEngine(): boolean {
  return networkInfo().apiVersion !== 0 && clientApi().has('fdb_embedded_save')
}

/** Throws FDBMissingFunctionError unless the loaded library has the function. */
export function requireFunction(name: string): void {
  clientApi().require(name)
}

/** "release 7.1" for 710. */
export function releaseOf(apiVersion: number): string {
  return `release ${Math.floor(apiVersion / 100)}.${Math.floor((apiVersion % 100) / 10)}`
}

function declaration(name: string): ApiFunction {
  const declared = byName.get(name)
  if (declared === undefined) throw new TypeError(`${name} is no function of the C API`)
  return declared
}

type NativeTypes = Record<ParameterType | ResultType, TypeObject>

let types: NativeTypes | undefined

function nativeTypes(): NativeTypes {
  types ??= makeTypes()
  return types
}

function makeTypes(): NativeTypes {
  const { int, int64, uint64, double, str } = koffi().types
  const pointer = koffi().pointer('void')
  const out = (type: TypeObject): TypeObject =>
    koffi().out(koffi().pointer(type)) as unknown as TypeObject
  return {
    void: koffi().types.void,
    int,
    bool: int,
    error: int,
    int64,
    uint64,
    double,
    text: str,
    bytes: koffi().pointer('uint8_t'),
    pointer,
    future: pointer,
    result: pointer,
    cluster: pointer,
    database: pointer,
    tenant: pointer,
    transaction: pointer,
    callback: pointer,
    hook: pointer,
    granuleContext: koffi().struct({
      userContext: pointer,
      startLoad: pointer,
      getLoad: pointer,
      freeLoad: pointer,
      debugNoMaterialize: int,
      granuleParallelism: int,
    }),
    outInt: out(int),
    outInt64: out(int64),
    outUint64: out(uint64),
    outDouble: out(double),
    outPointer: out(pointer),
  }
}
