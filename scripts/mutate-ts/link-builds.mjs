// Stryker runs this in its copy of the checkout: what is built stays where it is, and only the sources are copied.
import { symlinkSync } from 'node:fs'
import { join } from 'node:path'

for (const folder of ['build', 'dist']) {
  symlinkSync(join(process.env.FDBKIT_MUTATE_ROOT, folder), folder)
}
