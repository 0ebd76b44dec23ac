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
  const frames = problem.stack.split('\n').filter((line) => /^\s+at /.test(line))
  // What called the author's code is the same every time.
  const last = frames.findLastIndex((line) => !/\/dist\/simulation\/|\(node:/.test(line))
  return (last < 0 ? frames : frames.slice(0, last + 1))
    .map((line) => line.trim().replaceAll(/file:\/\/\/\S*\/(?=[^/]+\/[^/]+$)/g, ''))
    .join(' | ')
}
