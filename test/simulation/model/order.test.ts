import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findOrder, type Done } from '../../../src/simulation/model/order.ts'

/** A register: to write gives what was there. */
const swap = (value: number, answer: number | undefined, from: string, to = from): Done => ({
  what: `swap ${value}`,
  from,
  to,
  isOpen: answer === undefined,
  answer: answer === undefined ? undefined : { value: answer },
  apply: (state) => ({ state: value, answer: state }),
})
const nothing = () => undefined
const isLeft = (value: number) => (state: unknown) => (state === value ? undefined : `not ${value}`)

describe('answers', () => {
  it('fit the order of their commits, and no other', () => {
    const done = [swap(1, 0, 'a'), swap(2, 1, 'b'), swap(3, 2, 'c')]
    expect(findOrder(done, 0, nothing, isLeft(3)).fits).toBe(true)
    const turned = [swap(1, 0, 'a'), swap(2, 3, 'b'), swap(3, 1, 'c')]
    expect(findOrder(turned, 0, nothing, nothing)).toMatchObject({
      fits: false,
      fault: 'it must answer 1',
    })
  })

  it('fit any order between the begins and the ends, whichever it was', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 7 }), fc.func(fc.nat(3)), (count, wide) => {
        const key = (at: number) => String(Math.max(0, at)).padStart(3, '0')
        const done = Array.from({ length: count }, (_, i) =>
          swap(i + 1, i, key(i - wide(i)), key(i + wide(i, 'to'))),
        )
        expect(findOrder(done.reverse(), 0, nothing, isLeft(count)).fits).toBe(true)
      }),
    )
  })

  it('fit no order in which one began after another was over', () => {
    const done = [swap(1, 2, 'c', 'd'), swap(2, 0, 'e', 'f')]
    expect(findOrder(done, 0, nothing, nothing).fits).toBe(false)
  })

  it('may have happened or not, where nobody was told', () => {
    const open = swap(5, undefined, 'b', '\uffff')
    expect(findOrder([swap(1, 0, 'a'), open], 0, nothing, isLeft(1)).fits).toBe(true)
    expect(findOrder([swap(1, 0, 'a'), open], 0, nothing, isLeft(5)).fits).toBe(true)
    expect(findOrder([swap(1, 0, 'a'), open], 0, nothing, isLeft(7)).fits).toBe(false)
  })

  it('are undecided where there are too many orders, and else decided', () => {
    const anywhere = (count: number) =>
      Array.from({ length: count }, (_, i) => swap(i + 1, 100, 'a', 'z'))
    expect(findOrder(anywhere(4), 0, nothing, nothing)).toMatchObject({ isKnown: true })
    const free = anywhere(10).map((each): Done => ({ ...each, answer: undefined, isOpen: false }))
    expect(findOrder(free, 0, nothing, isLeft(11))).toMatchObject({ fits: false, isKnown: false })
  })

  it('are refused with the invariant that fails', () => {
    const fault = (state: unknown) => (state === 2 ? 'it is never 2' : undefined)
    expect(findOrder([swap(2, 0, 'a')], 0, fault, nothing)).toMatchObject({
      fault: 'it is never 2',
    })
  })
})
