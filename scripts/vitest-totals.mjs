// node scripts/vitest-totals.mjs REPORT: the totals of a JSON report of vitest, in one line. A file that
// could not be loaded has no tests in it, and counts as one failure.
import { readFileSync } from 'node:fs'

const report = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const broken = report.testResults.filter(
  ({ status, assertionResults }) =>
    status === 'failed' && assertionResults.every((result) => result.status !== 'failed'),
)
const passed = report.numPassedTests
const failed = report.numFailedTests + broken.length
const skipped = report.numPendingTests + report.numTodoTests
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`)
