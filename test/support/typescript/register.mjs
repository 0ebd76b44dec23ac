// `node --import` of this file runs the repository's TypeScript as it is, in the process and its workers.
import { register } from 'node:module'

// A Node that takes types out by itself, from 22.18 on, warns of these hooks, from 26 on.
if (typeof process.features.typescript !== 'string') {
  register('./strip-types.mjs', import.meta.url)
}
