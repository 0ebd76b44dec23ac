import { existsSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of package.json, with a checkout or an installed package in it. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
export const buildFolder = join(root, 'build')

/** Every file below `folder` whose name ends with one of `endings`, sorted; none when it is absent. */
export function filesBelow(folder, endings) {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && endings.some((ending) => entry.name.endsWith(ending)))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort()
}
