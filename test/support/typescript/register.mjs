// `node --import` of this file runs the repository's TypeScript as it is, in the process and its workers.
import { register } from 'node:module'

register('./strip-types.mjs', import.meta.url)
