/** What a test has left behind: native handles, wakers and tasks that it made and nobody gave back. */
import {
  census,
  livingResidents,
  recordPlaces,
  type Census,
  type Resident,
} from '../../future/owners/census.ts'
import { nextTurn } from '../ground/turns.ts'

/** Turns of the event loop that what a test has begun may still take to end. */
const GRACE_TURNS = 50

/** Places that are told of. */
const MOST_PLACES = 5

/** What was alive at a moment. */
export class Standing {
  readonly #counts: Census = census()
  readonly #residents: ReadonlySet<Resident> = new Set(livingResidents())

  /** What is alive beyond it, once what ends by itself has ended: a text, or undefined. */
  async leaks(): Promise<string | undefined> {
    for (let turn = 0; turn < GRACE_TURNS && this.#hasMore(); turn++) await nextTurn()
    if (!this.#hasMore()) return undefined
    const { handles, wakers, tasks } = census()
    const more = [
      count(handles - this.#counts.handles, 'handle'),
      count(wakers - this.#counts.wakers, 'waker'),
      count(tasks - this.#counts.tasks, 'task'),
    ]
    const places = livingResidents().filter((one) => !this.#residents.has(one))
    return [more.filter((text) => text !== '').join(', '), ...describe(places)].join('\n')
  }

  #hasMore(): boolean {
    const now = census()
    const { handles, wakers, tasks } = this.#counts
    return now.handles > handles || now.wakers > wakers || now.tasks > tasks
  }
}

/** From now on it is known where everything is made. */
export function keepPlaces(): void {
  recordPlaces(true)
}

const count = (more: number, what: string): string =>
  more > 0 ? `${more} ${what}${more === 1 ? '' : 's'}` : ''

function describe(places: readonly Resident[]): string[] {
  const told = places.slice(0, MOST_PLACES)
  const lines = told.map(({ what, madeAt }) => `${what}, made\n${madeAt.replace(/^/gm, '    ')}`)
  const rest = places.length - told.length
  return rest > 0 ? [...lines, `and ${rest} more`] : lines
}
