/**
 * Programs whose callbacks do what programs do: drawn from a seed, as a tree. What stands below an action runs inside
 * of what it waits for: in the waker, the `then` callback, the decoder, the task, or behind the `await`.
 */
import type { Draw } from '../../differential/draw.ts'

/** How a read is waited for. `none`: nobody asks. */
export type Waiting = 'poll' | 'then' | 'await' | 'task' | 'none'

export type ReadKind = 'get' | 'getKey' | 'getRange'

export type Action =
  | { do: 'read'; kind: ReadKind; key: number; decode: Action[] | undefined; wait: WaitAction }
  | { do: 'wait'; which: number; wait: WaitAction }
  | { do: 'use'; what: Use; which: number }
  | { do: 'write'; key: number }
  | { do: 'renew' }
  | { do: 'flush' }
  | { do: 'close' }

/** What can be done with a future that is there. */
export type Use = 'cancel' | 'release' | 'retain' | 'unregister' | 'hold' | 'let go'

export interface WaitAction {
  how: Waiting
  inside: Action[]
}

const USES: readonly Use[] = ['cancel', 'release', 'retain', 'unregister', 'hold', 'let go']
const DEEPEST = 4

/** A program; about one in eight closes its port somewhere. */
export function drawProgram(draw: Draw): Action[] {
  const program = drawActions(draw, 0, draw.integer(4, 24))
  if (draw.oneIn(8)) insertClose(draw, program)
  return program
}

function insertClose(draw: Draw, actions: Action[]): void {
  const inner = actions.flatMap((action) => insides(action)).filter((list) => list.length > 0)
  if (inner.length > 0 && !draw.oneIn(3)) return insertClose(draw, draw.pick(inner))
  actions.splice(draw.integer(0, actions.length), 0, { do: 'close' })
}

function insides(action: Action): Action[][] {
  if (action.do === 'read') return [action.wait.inside, action.decode ?? []]
  return action.do === 'wait' ? [action.wait.inside] : []
}

function drawActions(draw: Draw, depth: number, count: number): Action[] {
  return Array.from({ length: count }, () => drawAction(draw, depth))
}

function drawAction(draw: Draw, depth: number): Action {
  const which = draw.integer(0, 999)
  switch (draw.weighted({ read: 12, wait: 6, use: 4, write: 3, renew: 1, flush: 2 })) {
    case 'read': {
      const kind = draw.weighted({ get: 8, getKey: 2, getRange: 3 })
      const decode = draw.oneIn(5) ? drawInside(draw, depth) : undefined
      return { do: 'read', kind, key: which, decode, wait: drawWait(draw, depth) }
    }
    case 'wait':
      return { do: 'wait', which, wait: drawWait(draw, depth) }
    case 'use':
      return { do: 'use', what: draw.pick(USES), which }
    case 'write':
      return { do: 'write', key: which }
    case 'renew':
      return { do: 'renew' }
    default:
      return { do: 'flush' }
  }
}

function drawWait(draw: Draw, depth: number): WaitAction {
  const how = draw.weighted({ poll: 4, then: 3, await: 2, task: 4, none: 2 })
  return { how, inside: drawInside(draw, depth) }
}

function drawInside(draw: Draw, depth: number): Action[] {
  if (depth === DEEPEST) return []
  return drawActions(draw, depth + 1, draw.integer(0, depth === 0 ? 4 : 2))
}
