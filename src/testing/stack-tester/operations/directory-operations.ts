import { Subspace, tuple } from '../../../index.ts'
import type { Transaction } from '../../../index.ts'
import { Directory } from '../../../layers/directory/directory.ts'
import { DirectoryLayer } from '../../../layers/directory/directory-layer.ts'
import type { DirectoryEntry } from '../machine/directory-state.ts'
import { bytesOf, integerOf, StackTesterError } from '../machine/items.ts'
import type { Item } from '../machine/items.ts'
import type { Operation, Operations, Step } from '../machine/step.ts'

/** Makes what goes to the end of the list of directories; nothing goes there when it fails. */
type Maker = (step: Step) => Promise<DirectoryEntry>

const makers: Readonly<Record<string, Maker>> = {
  async DIRECTORY_CREATE_SUBSPACE(step) {
    const items = await step.stack.popTuple()
    return new Subspace(tuple.packPrefixed(bytesOf(await step.pop()), items))
  },
  async DIRECTORY_CREATE_LAYER(step) {
    const [nodes, content, manual] = (await step.stack.popMany(3)).map(integerOf)
    const nodeSubspace = step.machine.directories.at(nodes ?? -1)
    const contentSubspace = step.machine.directories.at(content ?? -1)
    if (nodeSubspace === undefined || contentSubspace === undefined) return undefined
    return new DirectoryLayer({
      nodeSubspace: subspaceOf(nodeSubspace),
      contentSubspace: subspaceOf(contentSubspace),
      allowManualPrefixes: manual === 1,
    })
  },
  async DIRECTORY_CREATE_OR_OPEN(step) {
    const path = await popPath(step)
    return currentDirectory(step).createOrOpen(scopeOf(step), path, await popOptionalBytes(step))
  },
  async DIRECTORY_CREATE(step) {
    const path = await popPath(step)
    const layer = await popOptionalBytes(step)
    const prefix = await popOptionalBytes(step)
    return currentDirectory(step).create(scopeOf(step), path, layer, prefix)
  },
  async DIRECTORY_OPEN(step) {
    const path = await popPath(step)
    return currentDirectory(step).open(scopeOf(step), path, await popOptionalBytes(step))
  },
  async DIRECTORY_MOVE(step) {
    const oldPath = await popPath(step)
    return currentDirectory(step).move(scopeOf(step), oldPath, await popPath(step))
  },
  async DIRECTORY_MOVE_TO(step) {
    return currentDirectory(step).moveTo(scopeOf(step), await popPath(step))
  },
  async DIRECTORY_OPEN_SUBSPACE(step) {
    const items = await step.stack.popTuple()
    return new Subspace(tuple.packPrefixed(currentPrefix(step), items))
  },
}

const others: Operations = {
  async DIRECTORY_CHANGE(step) {
    step.machine.directories.change(integerOf(await step.pop()))
  },
  async DIRECTORY_SET_ERROR_INDEX(step) {
    step.machine.directories.errorIndex = integerOf(await step.pop())
  },
  async DIRECTORY_REMOVE(step) {
    const path = await popOptionalPath(step)
    await currentDirectory(step).remove(scopeOf(step), path)
  },
  async DIRECTORY_REMOVE_IF_EXISTS(step) {
    const path = await popOptionalPath(step)
    await currentDirectory(step).removeIfExists(scopeOf(step), path)
  },
  async DIRECTORY_LIST(step) {
    const path = await popOptionalPath(step)
    step.push(tuple.pack(await currentDirectory(step).listAll(scopeOf(step), path)))
  },
  async DIRECTORY_EXISTS(step) {
    const path = await popOptionalPath(step)
    step.push((await currentDirectory(step).exists(scopeOf(step), path)) ? 1 : 0)
  },
  async DIRECTORY_PACK_KEY(step) {
    const items = await step.stack.popTuple()
    step.push(tuple.packPrefixed(currentPrefix(step), items))
  },
  async DIRECTORY_UNPACK_KEY(step) {
    const rest = withoutPrefix(bytesOf(await step.pop()), currentPrefix(step))
    for (const item of tuple.unpack(rest, true)) step.push(item)
  },
  async DIRECTORY_RANGE(step) {
    const { begin, end } = tuple.range(await step.stack.popTuple())
    const prefix = currentPrefix(step)
    step.push(Buffer.concat([prefix, begin]))
    step.push(Buffer.concat([prefix, end]))
  },
  async DIRECTORY_CONTAINS(step) {
    const key = bytesOf(await step.pop())
    step.push(subspaceOf(step.machine.directories.current).contains(key) ? 1 : 0)
  },
  async DIRECTORY_STRIP_PREFIX(step) {
    step.push(withoutPrefix(bytesOf(await step.pop()), currentPrefix(step)))
  },
  async DIRECTORY_LOG_SUBSPACE(step) {
    const prefix = bytesOf(await step.pop())
    const key = tuple.packPrefixed(prefix, [step.machine.directories.index])
    step.tn.set(key, currentPrefix(step))
  },
  DIRECTORY_LOG_DIRECTORY: logDirectory,
}

/**
 * Directories. Whatever goes wrong leaves the same on the stack: clients differ in their errors. So does an item of a wrong type:
 * the binding tester's programs go on with what a failed operation left.
 */
export const directoryOperations: Operations = Object.fromEntries([
  ...Object.entries(others).map(([name, run]) => [name, guarded(run)] as const),
  ...Object.entries(makers).map(([name, make]) => [name, guarded(appending(make))] as const),
])

function guarded(run: Operation): Operation {
  return async (step) => {
    try {
      await run(step)
    } catch {
      step.pushText('DIRECTORY_ERROR')
    }
  }
}

function appending(make: Maker): Operation {
  return async (step) => {
    let made: DirectoryEntry
    try {
      made = await make(step)
    } finally {
      step.machine.directories.append(made)
    }
  }
}

function currentDirectory(step: Step): Directory | DirectoryLayer {
  const { current } = step.machine.directories
  if (current instanceof Directory || current instanceof DirectoryLayer) return current
  throw new StackTesterError(
    `${step.operation} needs a directory, and a subspace is the current one`,
  )
}

/** Throws the layer's own error for a partition, whose keys are not for use. */
function subspaceOf(entry: DirectoryEntry): Subspace {
  if (entry instanceof Subspace) return entry
  if (entry instanceof Directory) return entry.getSubspace()
  throw new StackTesterError('a directory layer has no keys of its own')
}

function currentPrefix(step: Step): Buffer {
  return subspaceOf(step.machine.directories.current).prefix
}

function withoutPrefix(key: Buffer, prefix: Buffer): Buffer {
  if (key.subarray(0, prefix.length).equals(prefix)) return key.subarray(prefix.length)
  throw new RangeError('the key is outside of the subspace')
}

/** A database and a transaction both serve; the type of their union is none of the layer's. */
function scopeOf(step: Step): Transaction {
  return step.target as Transaction
}

/** Names are for the directory layer to judge. */
async function popPath(step: Step): Promise<string[]> {
  return (await step.stack.popTuple()) as string[]
}

async function popOptionalPath(step: Step): Promise<string[] | undefined> {
  return integerOf(await step.pop()) === 0 ? undefined : popPath(step)
}

async function popOptionalBytes(step: Step): Promise<Buffer | undefined> {
  const item: Item = await step.pop()
  return item === null ? undefined : bytesOf(item)
}

async function logDirectory(step: Step): Promise<void> {
  const prefix = bytesOf(await step.pop())
  const directory = currentDirectory(step)
  const { tn } = step
  const exists = await directory.exists(tn)
  const children = exists ? await directory.listAll(tn) : []
  const layer = directory instanceof Directory ? directory.getLayerRaw() : Buffer.alloc(0)
  const log = (name: string, items: Item[]): void => {
    const key = tuple.packPrefixed(prefix, [step.machine.directories.index, name])
    tn.set(key, tuple.pack(items))
  }
  log('path', directory.getPath())
  log('layer', [layer])
  log('exists', [exists ? 1 : 0])
  log('children', children)
}
