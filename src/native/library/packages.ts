/** Where the packages are that this code needs at run time: beside it, and for a bundle beside what was started. */
import { existsSync, readFileSync } from 'node:fs'
import Module from 'node:module'
import { dirname, join } from 'node:path'
import { ownCode, ownPath } from '../values/own-path.ts'

/** The folder of package.json of the package that this code is part of; undefined in a bundle that left it behind. */
export function findPackageRoot(): string | undefined {
  const code = ownCode()
  if (code !== undefined) return dirname(code)
  for (const place of bundlePlaces()) {
    const found = resolveFolder('fdbkit', place)
    if (found !== undefined) return found
  }
  return undefined
}

/**
 * Files whose imports are looked up, in order. A module of the package asks beside itself, and nowhere else. A bundle asks
 * beside itself, beside the program and in the working folder; from each through `fdbkit`, whose dependencies a strict
 * package manager shows to nobody else.
 */
export function places(): string[] {
  if (ownCode() !== undefined) return [ownPath()]
  return bundlePlaces().flatMap((place) => {
    const home = resolveFolder('fdbkit', place)
    return home === undefined ? [place] : [place, join(home, 'package.json')]
  })
}

function bundlePlaces(): string[] {
  const [, started = ''] = process.argv
  const all = [ownPath(), started, join(process.cwd(), 'package.json')]
  return [...new Set(all)].filter((place) => place.startsWith('/'))
}

/** `require` as a file has it. webpack answers calls of an imported `createRequire` itself, while it builds. */
export function requireFrom(place: string): NodeJS.Require {
  return Module.createRequire(place)
}

/** The folder of an installed package, as a file sees it. */
export function resolveFolder(name: string, from: string): string | undefined {
  try {
    return dirname(requireFrom(from).resolve(`${name}/package.json`))
  } catch {
    return undefined // not installed, or of another system
  }
}

/** The version in a folder's package.json. */
export function versionIn(folder: string): string | undefined {
  const file = join(folder, 'package.json')
  if (!existsSync(file)) return undefined
  return (JSON.parse(readFileSync(file, 'utf8')) as { version?: string }).version
}
