/**
 * What is alive: native handles, wakers and tasks. Counts are always there; where each was made is there for what was
 * made after `recordPlaces(true)`.
 */
import { census, livingResidents, type Resident } from '../future/owners/census.ts'

export {
  census,
  recordPlaces,
  type Census,
  type Kind,
  type Resident,
} from '../future/owners/census.ts'

/** Lists at most so many of each place. */
const EXAMPLES = 1

/**
 * For people: `nothing is alive`, or the counts and the places, those with most alive first.
 *
 * @example console.log(leakReport())
 */
export function leakReport(): string {
  const { tasks, wakers, handles } = census()
  if (tasks + wakers + handles === 0) return 'nothing is alive'
  const counts = `alive: ${handles} handles, ${wakers} wakers, ${tasks} tasks`
  const places = byPlace(livingResidents())
  if (places.length === 0) return `${counts} (where they were made: recordPlaces(true))`
  const lines = places.map((group) => {
    const examples = group.slice(0, EXAMPLES).map((one) => indent(one.madeAt))
    return `${group.length} x ${group[0]?.kind}: ${group[0]?.what}\n${examples.join('\n')}`
  })
  return [counts, ...lines].join('\n')
}

function byPlace(residents: readonly Resident[]): Resident[][] {
  const groups = new Map<string, Resident[]>()
  for (const resident of residents) {
    const key = `${resident.kind} ${resident.madeAt}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [resident])
    else group.push(resident)
  }
  return [...groups.values()].sort((a, b) => b.length - a.length)
}

function indent(text: string): string {
  return text.replace(/^/gm, '    ')
}
