import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    pool: 'forks',
    isolate: true,
    maxWorkers: 2,
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
  },
})
