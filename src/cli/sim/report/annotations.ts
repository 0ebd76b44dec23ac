/** Failures as annotations of a GitHub workflow, beside the lines that a person reads. */
import type { ToldFailure } from './junit.ts'

/** GitHub shows ten of a step. */
const MOST = 10

/** Workflow commands, a line each. */
export function annotationsOf(file: string, failed: readonly ToldFailure[]): string[] {
  return failed.slice(0, MOST).map(({ result, text }) => {
    const title = escapeProperty(`seed ${result.seed} of ${file}`)
    return `::error file=${escapeProperty(file)},title=${title}::${escapeData(text)}`
  })
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
