#!/usr/bin/env node
import { endOnClosedPipe, runCli } from './run-cli.ts'

endOnClosedPipe()
process.exitCode = await runCli(process.argv.slice(2))
