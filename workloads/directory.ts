/**
 * Random directory operations against a model: each client in a part of the tree of its own, which is a partition for
 * every other client. What must hold: each operation gives what the model gives, or is refused for the same reason;
 * what was written into a directory stays with it when it moves; in the end the tree is that of the model, and no
 * two directories have prefixes that overlap.
 *
 * All clients draw prefixes from one allocator at the same time, so a conflict that is missed there gives one prefix to
 * two directories. A move or a removal of unknown outcome that is made again would be refused, or hit another directory.
 */
import { directory, DirectoryError, type Transaction } from 'fdbkit'
import { encoders, Workload } from 'fdbkit/simulation'
import type { Database, WorkloadContext } from 'fdbkit/simulation'

type Path = readonly string[]
type Operation =
  | { readonly kind: 'createOrOpen' | 'create' | 'open' | 'remove' | 'list'; readonly path: Path }
  | { readonly kind: 'move'; readonly path: Path; readonly to: Path }

const NAMES = ['a', 'b', 'c']
const CONTENT = 'made by'

/** The last operation of a client that was applied. */
const marks = (db: Database) => db.at('directory/', encoders.tuple, encoders.int32BE)
const rootOf = (client: number) => `client ${client}`

export default class Directories extends Workload {
  readonly #model = new Model()

  override async setup(db: Database, ctx: WorkloadContext): Promise<void> {
    const layer = ctx.clientId % 2 === 0 ? '' : 'partition'
    await directory.createOrOpen(db, rootOf(ctx.clientId), layer)
  }

  override async start(db: Database, ctx: WorkloadContext): Promise<void> {
    const client = ctx.clientId
    for (let number = 0; number < ctx.option('operations', 25); number++) {
      await ctx.delay(ctx.random() * ctx.option('pause', 0.3))
      const operation = randomOperation(ctx)
      const expected = this.#model.apply(operation, number)
      const found = await db
        .doTransaction(async (tn) => {
          // The attempt before was applied after all, and what it gave is lost.
          if ((await tn.at(marks(db)).get([client])) === number) return expected
          const result = await run(tn, client, operation, number)
          tn.at(marks(db)).set([client], number)
          return result
        })
        .catch((error: unknown) => {
          if (error instanceof DirectoryError) return error.reason
          throw error
        })
      ctx.trace('debug', 'DirectoryStep', { Kind: operation.kind, Gave: found })
      if (found === expected) continue
      throw new Error(`${JSON.stringify(operation)} gave ${found}, not ${expected}`)
    }
  }

  override async check(db: Database, ctx: WorkloadContext): Promise<boolean> {
    const found = await walk(db, [rootOf(ctx.clientId)])
    const lines = found.map(({ path, content }) => `${path.slice(1).join('/')} ${content}`).sort()
    const expected = this.#model.lines()
    if (lines.join() !== expected.join()) {
      throw new Error(`the tree is ${lines.join()}, not ${expected.join()}`)
    }
    if (ctx.clientId === 0) await checkPrefixes(db)
    return true
  }
}

/** Paths with what their directories hold: the number of the operation that wrote to it first. */
class Model {
  readonly #held = new Map<string, number | undefined>([['', undefined]])

  /** What the operation gives, or why it is refused. */
  apply(operation: Operation, number: number): string {
    const path = operation.path.join('/')
    const exists = this.#held.has(path)
    switch (operation.kind) {
      case 'createOrOpen':
      case 'create': {
        if (operation.kind === 'create' && exists) return 'exists'
        const content = this.#held.get(path)
        for (let i = 1; i < operation.path.length; i++) {
          const parent = operation.path.slice(0, i).join('/')
          this.#held.set(parent, this.#held.get(parent))
        }
        this.#held.set(path, content ?? number)
        return String(content)
      }
      case 'open':
        return exists ? String(this.#held.get(path)) : 'not_found'
      case 'remove':
        if (!exists) return 'not_found'
        for (const each of this.#below(path)) this.#held.delete(each)
        return 'removed'
      case 'list':
        return exists ? this.#children(path).join() : 'not_found'
      case 'move':
        return this.#move(path, operation.to)
    }
  }

  #move(from: string, target: Path): string {
    const to = target.join('/')
    if (`${to}/`.startsWith(`${from}/`)) return 'into_itself'
    if (!this.#held.has(from)) return 'not_found'
    if (this.#held.has(to)) return 'exists'
    if (!this.#held.has(target.slice(0, -1).join('/'))) return 'no_parent'
    const content = String(this.#held.get(from))
    for (const each of this.#below(from)) {
      this.#held.set(to + each.slice(from.length), this.#held.get(each))
      this.#held.delete(each)
    }
    return content
  }

  #below(path: string): string[] {
    return [...this.#held.keys()].filter((each) => `${each}/`.startsWith(`${path}/`))
  }

  #children(path: string): string[] {
    const inside = path === '' ? '' : `${path}/`
    const names = [...this.#held.keys()]
      .filter((each) => each !== '' && each.startsWith(inside))
      .map((each) => each.slice(inside.length))
    return names.filter((name) => name !== '' && !name.includes('/')).sort()
  }

  lines(): string[] {
    return [...this.#held].map(([path, content]) => `${path} ${content}`).sort()
  }
}

/** The same with the directory layer. */
async function run(
  tn: Transaction,
  client: number,
  operation: Operation,
  number: number,
): Promise<string> {
  const whole = (path: Path) => [rootOf(client), ...path]
  const path = whole(operation.path)
  switch (operation.kind) {
    case 'createOrOpen':
    case 'create': {
      const made = await directory[operation.kind](tn, path)
      const content = await tn.at(made).get(CONTENT)
      if (content === undefined) tn.at(made).set(CONTENT, String(number))
      return String(content)
    }
    case 'open':
      return String(await tn.at(await directory.open(tn, path)).get(CONTENT))
    case 'remove':
      await directory.remove(tn, path)
      return 'removed'
    case 'list':
      return (await directory.listAll(tn, path)).join()
    case 'move':
      return String(await tn.at(await directory.move(tn, path, whole(operation.to))).get(CONTENT))
  }
}

function randomOperation(ctx: WorkloadContext): Operation {
  const randomPath = () =>
    Array.from({ length: ctx.randomInteger(1, 4) }, () => NAMES[ctx.randomInteger(0, 3)] as string)
  const kinds = [
    'createOrOpen',
    'create',
    'create',
    'open',
    'remove',
    'list',
    'move',
    'move',
  ] as const
  const kind = kinds[ctx.randomInteger(0, kinds.length)] as Operation['kind']
  if (kind === 'move') return { kind, path: randomPath(), to: randomPath() }
  return { kind, path: randomPath() }
}

interface Found {
  readonly path: Path
  readonly content: string
  readonly prefix: Buffer
}

/** A directory and all below it. Nothing changes any more, so it need not be one transaction. */
async function walk(db: Database, path: Path): Promise<Found[]> {
  const opened = await directory.open(db, path)
  const { prefix } = opened.content
  const content = opened.isPartition() ? undefined : await db.at(opened).get(CONTENT)
  const names = await directory.listAll(db, path)
  const below = await Promise.all(names.map((name) => walk(db, [...path, name])))
  return [{ path, content: String(content), prefix }, ...below.flat()]
}

async function checkPrefixes(db: Database): Promise<void> {
  const outside: Buffer[] = []
  for (const name of await directory.listAll(db)) {
    const [prefix, ...below] = (await walk(db, [name])).map((found) => found.prefix)
    const isPartition = (await directory.open(db, name)).isPartition()
    outside.push(prefix as Buffer, ...(isPartition ? [] : below))
    if (isPartition) refuseOverlaps(below)
  }
  refuseOverlaps(outside)
}

/** In the order of their bytes, what begins with a prefix comes right behind it. */
function refuseOverlaps(prefixes: Buffer[]): void {
  prefixes.sort((a, b) => a.compare(b))
  for (const [i, prefix] of prefixes.entries()) {
    const next = prefixes[i + 1]
    if (next?.subarray(0, prefix.length).equals(prefix) === true) {
      throw new Error(`${prefix.toString('hex')} overlaps with ${next.toString('hex')}`)
    }
  }
}
