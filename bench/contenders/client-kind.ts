/** What fdbkit and the npm package foundationdb have in common, as far as the rows of the client use it. */

export interface BenchRead {
  get(key: string | Buffer): PromiseLike<unknown>
}

export interface BenchTransaction extends BenchRead {
  snapshot(): BenchTransaction
  set(key: string | Buffer, value: unknown): void
  add(key: string | Buffer, value: Buffer): void
  getReadVersion(): PromiseLike<unknown>
  getRangeAll(from: unknown, to: unknown): PromiseLike<readonly (readonly [unknown, unknown])[]>
  getRange(from: unknown, to: unknown): AsyncIterable<readonly [unknown, unknown]>
  watch(key: Buffer): { readonly promise: Promise<boolean> }
  /** fdbkit alone. */
  getMany?(keys: readonly (string | Buffer)[]): PromiseLike<readonly unknown[]>
}

export interface BenchDatabase {
  get(key: string | Buffer): PromiseLike<unknown>
  set(key: string | Buffer, value: unknown): PromiseLike<unknown>
  doTransaction<T>(body: (tn: BenchTransaction) => Promise<T>): Promise<T>
  at(prefix: unknown, keys?: unknown, values?: unknown): BenchDatabase
  /** fdbkit alone. */
  createTransaction?(): BenchTransaction
  setNativeOptions?(options: object): void
  close(): void
}

export interface BenchClient {
  readonly db: BenchDatabase
  readonly encoders: { readonly tuple: unknown; readonly json: unknown; readonly string: unknown }
  readonly directory: {
    open(tn: unknown, path: string[]): PromiseLike<unknown>
    createOrOpen(tn: unknown, path: string[]): PromiseLike<unknown>
  }
}

/** Opens the engine, or the cluster whose file the environment names. */
export async function openClient(who: string): Promise<BenchClient> {
  const clusterFile = process.env['FDBKIT_BENCH_CLUSTER']
  if (who === 'fdbkit') {
    const fdb = await import('fdbkit')
    const options = { database: { max_watches: 100_000 } }
    const db =
      clusterFile === undefined ? fdb.openEmbedded(options) : fdb.open({ clusterFile, ...options })
    const { encoders, directory } = fdb
    return { db, encoders, directory }
  }
  const { default: fdb } = await import('foundationdb')
  fdb.setAPIVersion(720)
  const db = fdb.open(clusterFile, { max_watches: 20_000 })
  const { encoders, directory } = fdb
  return { db, encoders, directory }
}
