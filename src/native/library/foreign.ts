/**
 * The foreign function interface, loaded when it is first needed and never part of a bundle: it is a native addon, which
 * finds its own binary from where it lies.
 */
import type koffiPackage from 'koffi'
import { LibraryNotFoundError } from './not-found.ts'
import { places, requireFrom } from './packages.ts'

export type Koffi = typeof koffiPackage

let loaded: Koffi | undefined

/** @throws LibraryNotFoundError where it is not installed. */
export function koffi(): Koffi {
  return (loaded ??= load())
}

function load(): Koffi {
  const looked = places()
  for (const place of looked) {
    const require = requireFrom(place)
    const path = resolved(require)
    if (path !== undefined) return require(path) as Koffi
  }
  throw new LibraryNotFoundError(
    `fdbkit cannot find the package koffi from ${looked.join(', ')}: it is never part of a bundle, so run ` +
      '`npm install fdbkit` where the program runs, or leave fdbkit out of the bundle.',
    looked,
  )
}

function resolved(require: NodeJS.Require): string | undefined {
  try {
    return require.resolve('koffi')
  } catch {
    return undefined
  }
}
