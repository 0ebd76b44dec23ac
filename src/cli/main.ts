#!/usr/bin/env node
import module from 'node:module'

/** Of Node from 22.1 on. */
const { enableCompileCache } = module as { enableCompileCache?: () => unknown }

// What is compiled is kept for the next run: asked for before the program itself is loaded.
enableCompileCache?.()
const { endOnClosedPipe, runCli } = await import('./run-cli.ts')

endOnClosedPipe()
process.exitCode = await runCli(process.argv.slice(2))
