import { beginsWith } from '../../../layers/directory/directory-path.ts'
import { DirectoryError } from '../../../layers/directory/directory-error.ts'
import { directory } from '../../../layers/directory/directory-layer.ts'
import type { Transaction } from '../../../client/transaction/transaction.ts'
import { printBytes } from '../notation/byte-notation.ts'
import type { Asked } from '../grammar/command.ts'
import { Place } from '../session/place.ts'
import type { SessionState } from '../session/session-state.ts'
import { ShellError } from '../session/shell-error.ts'
import { showName, showPath } from '../session/show.ts'
import { sayCommitted } from './write-commands.ts'

/** A longer listing is cut. */
const MAX_NAMES = 10_000

export async function list(
  { place, transactions, output }: SessionState,
  { path }: Asked<'dir-ls'>,
  signal: AbortSignal,
): Promise<void> {
  const names = place.resolve(path)
  const found = await transactions.read((tn) => namesIn(tn, names, MAX_NAMES + 1), signal)
  if (found.length === 0) output.note('no directories')
  for (const name of found.slice(0, MAX_NAMES)) output.line(showName(name))
  if (found.length > MAX_NAMES) output.note(`(the first ${MAX_NAMES})`)
}

/** The names of the directories in one. */
export async function namesIn(
  tn: Transaction,
  path: readonly string[],
  limit: number,
): Promise<string[]> {
  const names: string[] = []
  for await (const name of directory.list(tn, path)) {
    if (names.push(name) >= limit) break
  }
  return names
}

export async function tree(
  { place, transactions, output }: SessionState,
  { path, depth }: Asked<'dir-tree'>,
  signal: AbortSignal,
): Promise<void> {
  const names = place.resolve(path)
  const lines = await transactions.read(async (tn) => {
    const drawn: string[] = []
    await draw(tn, names, '', depth, drawn)
    return drawn
  }, signal)
  output.line(showPath(names))
  for (const line of lines.slice(0, MAX_NAMES)) output.line(line)
  if (lines.length > MAX_NAMES) output.note(`(the first ${MAX_NAMES}; --depth N goes less deep)`)
}

/** Draws what is in a directory, with what is in these, until there is enough. */
async function draw(
  tn: Transaction,
  path: readonly string[],
  indent: string,
  depth: number,
  lines: string[],
): Promise<void> {
  const names = await namesIn(tn, path, MAX_NAMES + 1 - lines.length)
  for (const [i, name] of names.entries()) {
    const isLast = i === names.length - 1
    const below = [...path, name]
    const layer = (await directory.open(tn, below)).getLayer()
    const kind = layer === '' ? '' : `  [${showName(layer)}]`
    lines.push(`${indent}${isLast ? '└── ' : '├── '}${showName(name)}${kind}`)
    if (lines.length > MAX_NAMES) return
    if (depth > 1) await draw(tn, below, `${indent}${isLast ? '    ' : '│   '}`, depth - 1, lines)
  }
}

export async function create(
  state: SessionState,
  { path, layer }: Asked<'dir-create'>,
  signal: AbortSignal,
): Promise<void> {
  state.assertWritable(false)
  const names = state.place.resolve(path)
  let prefix: Buffer = Buffer.alloc(0)
  const committed = await state.transactions.write(async (tn) => {
    prefix = (await directory.create(tn, names, layer === '' ? null : layer)).content.prefix
  }, signal)
  state.output.line(`${showPath(names)} has the prefix ${printBytes(prefix)}`)
  sayCommitted(state, committed)
}

export async function move(
  state: SessionState,
  { from, to }: Asked<'dir-move'>,
  signal: AbortSignal,
): Promise<void> {
  state.assertWritable(false)
  const [source, destination] = [state.place.resolve(from), state.place.resolve(to)]
  const committed = await state.transactions.write(async (tn) => {
    await directory.move(tn, source, destination)
  }, signal)
  sayCommitted(state, committed)
  leave(state, source)
}

export async function remove(
  state: SessionState,
  { path }: Asked<'dir-remove'>,
  signal: AbortSignal,
): Promise<void> {
  state.assertWritable(false)
  const names = state.place.resolve(path)
  const committed = await state.transactions.write(async (tn) => {
    await directory.remove(tn, names)
  }, signal)
  sayCommitted(state, committed)
  leave(state, names)
}

/** Out of a directory that is not there any more: its prefix may be given to another one. */
function leave(state: SessionState, gone: readonly string[]): void {
  if (!beginsWith(state.place.directory, gone)) return
  state.goTo(Place.root)
  state.output.note('the directory that you were in has no longer this path: back in /')
}

export async function changePlace(
  state: SessionState,
  { path }: Asked<'cd'>,
  signal: AbortSignal,
): Promise<void> {
  const { place } = state
  const up = path.steps.length
  const isUp = !path.absolute && path.steps.every((step) => step === '..')
  const outside = isUp ? place.outOf(up) : undefined
  if (outside !== undefined) return state.goTo(outside)
  const steps = isUp ? path.steps.slice(place.depth) : path.steps
  const names = place.resolve({ ...path, steps })
  if (names.length === 0) return state.goTo(Place.root)
  const opened = await state.transactions.read(async (tn) => openAt(tn, names), signal)
  state.goTo(opened)
}

export function enterSubspace(state: SessionState, { items }: Asked<'cd-subspace'>): void {
  state.goTo(state.place.into(items))
}

async function openAt(tn: Transaction, names: readonly string[]): Promise<Place> {
  try {
    const opened = await directory.open(tn, names)
    return new Place(names, opened.content.prefix, opened.isPartition(), [])
  } catch (error) {
    if (!(error instanceof DirectoryError && error.reason === 'not_found')) throw error
    throw new ShellError(`there is no directory ${showPath(names)}: \`ls\` lists those that are`)
  }
}
