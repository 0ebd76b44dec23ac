/** Errors as details of a trace event: short, without the machine's paths above the project. */
const PIECE = 400
const PIECES = 4

export function messageOf(problem: unknown): string {
  return problem instanceof Error ? `${problem.name}: ${problem.message}` : String(problem)
}

/** The stack in pieces that an event takes. */
export function stackDetails(problem: unknown): Record<string, string> {
  const details: Record<string, string> = {}
  const text = stackOf(problem)
  for (let i = 0; i < PIECES && i * PIECE < text.length; i++) {
    details[i === 0 ? 'Stack' : `Stack${i}`] = text.slice(i * PIECE, (i + 1) * PIECE)
  }
  return details
}

export function stackOf(problem: unknown): string {
  if (!(problem instanceof Error) || problem.stack === undefined) return ''
  return problem.stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .map((line) => line.trim().replaceAll(/file:\/\/\/\S*\/(?=[^/]+\/[^/]+$)/g, ''))
    .join(' | ')
}
