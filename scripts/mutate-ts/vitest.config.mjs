// The tests of one run of Stryker, each file in a process of its own: Stryker would have threads, and a client library
// is loaded once per process.
import { defineConfig } from 'vitest/config'
import { common } from '../../vitest.config.ts'

const forks = {
  name: 'forks',
  configureVitest: ({ project }) => void (project.config.pool = common.pool),
}

export default defineConfig({
  root: process.cwd(),
  plugins: [forks],
  test: { ...common, include: JSON.parse(process.env.FDBKIT_MUTATE_TESTS) },
})
