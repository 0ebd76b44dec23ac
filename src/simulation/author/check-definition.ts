// What the author of a workload writes, and what it is given to work with.
/** What `defineWorkload` is given, checked where it is written, not in the middle of a simulation. */
import { shown } from '../../native/values/describe.ts'
import { inspect } from 'node:util'
import { unknownOption } from '../../native/values/known-options.ts'
import { PHASES } from './phases.ts'
import { checkDefault } from './option-values.ts'

const METHODS = [...PHASES, 'metrics']
const KNOWN = ['options', ...METHODS, 'checkTimeout']

/** Throws TypeError, which names what is wrong. */
export function checkDefinition(definition: unknown): void {
  if (typeof definition !== 'object' || definition === null || Array.isArray(definition)) {
    throw new TypeError(`defineWorkload takes an object, not ${shown(definition)}`)
  }
  const given = definition as Readonly<Record<string, unknown>>
  for (const key of Object.keys(given)) {
    if (!KNOWN.includes(key)) throw unknownOption('defineWorkload', key, KNOWN)
  }
  for (const phase of METHODS) {
    const body = given[phase]
    if (body === undefined || typeof body === 'function') continue
    throw new TypeError(`${phase} of a workload is a function, not ${typeof body}`)
  }
  checkOptions(given['options'])
  checkSeconds(given['checkTimeout'])
}

/** The same for the `checkTimeout` of a class, which is there only when an object is made. */
export function checkSeconds(checkTimeout: unknown): void {
  if (checkTimeout === undefined) return
  if (typeof checkTimeout === 'number' && checkTimeout > 0) return
  throw new TypeError(`checkTimeout is simulated seconds above 0, not ${inspect(checkTimeout)}`)
}

function checkOptions(options: unknown): void {
  if (options === undefined) return
  if (typeof options !== 'object' || options === null) {
    throw new TypeError('options of a workload are an object of names and defaults')
  }
  for (const [name, fallback] of Object.entries(options)) checkDefault(name, fallback)
}
