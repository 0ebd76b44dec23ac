/**
 * Whether the answers fit a model, in some order that the cluster leaves open. A command that is one transaction has its
 * place: that of its commit, or of its read version. One that is several may be anywhere between its begin and its end.
 */
import { isDeepStrictEqual } from 'node:util'

/** A command as it went. */
export interface Done {
  readonly what: string
  /** Before and behind which commits it may have been: stamps, as texts in their order. Equal: its one place. */
  readonly from: string
  readonly to: string
  /** It may not have happened at all. */
  readonly isOpen: boolean
  /** Undefined: nobody was told. */
  readonly answer: { readonly value: unknown } | undefined
  /** What the model makes of it. */
  apply(state: unknown): { readonly state: unknown; readonly answer: unknown }
}

/** Places that are tried. */
const MOST_STEPS = 100_000

export type OrderResult =
  | { readonly fits: true; readonly state: unknown; readonly order: readonly Done[] }
  /** How far the best order came, and what it came to. */
  | {
      readonly fits: false
      readonly order: readonly Done[]
      readonly fault: string
      /** Every order was tried. Else there were too many, and one may fit. */
      readonly isKnown: boolean
    }

/** @param fault what is wrong with a state; undefined: nothing. @param isEnd whether a state is the one that is left. */
export function findOrder(
  all: readonly Done[],
  initial: unknown,
  fault: (state: unknown) => string | undefined,
  isEnd: (state: unknown) => string | undefined,
): OrderResult {
  const waiting = [...all].sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0))
  let left = MOST_STEPS
  let best: { order: Done[]; fault: string } = { order: [], fault: 'nothing was tried' }
  const fail = (order: readonly Done[], why: string): undefined => {
    if (order.length >= best.order.length) best = { order: [...order], fault: why }
  }
  const search = (
    state: unknown,
    rest: readonly Done[],
    order: readonly Done[],
  ): OrderResult | undefined => {
    if (left-- <= 0) return undefined
    const must = rest.filter(({ isOpen }) => !isOpen)
    if (must.length === 0) {
      const why = isEnd(state)
      if (why === undefined) return { fits: true, state, order }
      fail(order, why)
    }
    // Whoever had to be over before another one began comes first.
    const end = must.reduce((least, { to }) => (to < least ? to : least), '\uffff')
    for (const next of rest) {
      if (next.from > end) break
      const { state: after, answer } = next.apply(state)
      const isRight = next.answer === undefined || isDeepStrictEqual(next.answer.value, answer)
      if (!isRight) {
        fail([...order, next], `it must answer ${textOf(answer)}`)
        continue
      }
      const why = fault(after)
      if (why !== undefined) {
        fail([...order, next], why)
        continue
      }
      const found = search(
        after,
        rest.filter((each) => each !== next),
        [...order, next],
      )
      if (found !== undefined) return found
    }
    return undefined
  }
  return search(initial, waiting, []) ?? { fits: false, ...best, isKnown: left >= 0 }
}

export function textOf(value: unknown): string {
  const text = JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'bigint' ? `${each}n` : each,
  ) as string | undefined
  return text ?? String(value)
}
