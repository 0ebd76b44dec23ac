/** What clients and callers were told, against what became of their commits. */
import { isUnknownAfterCommit } from '../../../native/errors/errors.ts'
import { isWrite, type Attempt, type Moment, type Run } from '../records/attempt.ts'
import type { Mark } from '../records/mark.ts'
import type { Finding } from './finding.ts'

/** @param asked when the marks were asked for: what was acknowledged before is among them. */
export function brokenCommits(
  attempts: Iterable<Attempt>,
  marks: readonly Mark[],
  asked: Moment,
): Finding[] {
  const findings: Finding[] = []
  const tell = (attempt: Attempt, what: string): void => {
    findings.push({ severity: 'violation', what, attempt })
  }
  const times = new Map<number, number>()
  for (const { id } of marks) times.set(id, (times.get(id) ?? 0) + 1)
  for (const attempt of attempts) {
    const { commit, id } = attempt
    if (commit === undefined) continue
    const found = times.get(id) ?? 0
    if (found > 1) tell(attempt, 'a commit was applied twice')
    const { answered, error, marked } = commit
    if (answered === undefined) continue
    const isAcknowledged = error === 0 && marked && answered.order < asked.order
    if (isAcknowledged && attempt.stamp === undefined) {
      tell(attempt, 'a commit was acknowledged, and is not applied')
    }
    if (found > 0 && error !== 0 && !isUnknownAfterCommit(error)) {
      tell(attempt, 'a commit was refused, and is applied')
    }
  }
  return findings
}

/** Of marks that no commit had with it. */
export function unknownMarks(
  marks: readonly Mark[],
  attempts: ReadonlyMap<number, Attempt>,
): Finding[] {
  const strangers = marks.filter(({ id }) => attempts.get(id)?.commit === undefined)
  if (strangers.length === 0) return []
  const what = `${strangers.length} commits are there that nobody has sent`
  return [{ severity: 'violation', what, attempt: undefined }]
}

/** What the caller of a run was told, by the client's retry loop. */
export function brokenRuns(runs: Iterable<Run>): Finding[] {
  return [...runs].flatMap((run) => [...toldWrongly(run), ...repeated(run)])
}

function toldWrongly({ told, attempts }: Run): Finding[] {
  const last = attempts.at(-1)
  if (last === undefined || told === 'nothing') return []
  const tell = (attempt: Attempt, what: string): Finding[] => [
    { severity: 'violation', what, attempt },
  ]
  const { commit } = last
  if (told !== 'done') {
    const applied = attempts.find(({ stamp }) => stamp !== undefined)
    if (told.maybeCommitted || applied === undefined) return []
    return tell(applied, `the caller was told that nothing is applied (${told.error}), and it is`)
  }
  if (commit === undefined) {
    if (!last.operations.some(isWrite)) return []
    return tell(last, 'the caller was told that it is done, and nothing was committed')
  }
  if (commit.answered !== undefined && commit.error === 0) return []
  const why = commit.answered === undefined ? 'was not answered' : `failed with ${commit.error}`
  return tell(last, `the caller was told that it is done, and the commit ${why}`)
}

/** A function that is applied more than once. It may stand that: the workload knows. */
function repeated({ attempts }: Run): Finding[] {
  const applied = attempts.filter(({ stamp }) => stamp !== undefined)
  const [first, second] = applied
  if (first === undefined || second === undefined) return []
  const wasKnown = first.commit?.answered !== undefined && first.commit.error === 0
  const [severity, what] = wasKnown
    ? (['violation', 'a function ran again after its commit was acknowledged'] as const)
    : first.idempotent
      ? ([
          'violation',
          'a commit with an idempotency id was made again, and both are applied',
        ] as const)
      : (['hazard', 'a function is applied twice: the first commit’s outcome was unknown'] as const)
  return [{ severity, what, attempt: first, other: second }]
}
