/**
 * External consistency: who begins after a commit was acknowledged, to whomever, sees it, and is behind it in the order.
 */
import { versionOf, type Attempt } from '../records/attempt.ts'
import type { Finding } from './finding.ts'

type Happening =
  | { readonly order: number; readonly what: 'acknowledged'; readonly attempt: Attempt }
  | { readonly order: number; readonly what: 'asked' | 'sent'; readonly attempt: Attempt }

/** Keeps the newest commit that anybody knew of, from one check to the next. */
export class RealTime {
  #newest: Attempt | undefined
  readonly #done = new WeakSet<Attempt>()

  check(attempts: Iterable<Attempt>): Finding[] {
    const happenings = [...attempts].filter((each) => !this.#done.has(each)).flatMap(happeningsOf)
    happenings.sort((a, b) => a.order - b.order)
    const findings: Finding[] = []
    for (const { what, attempt } of happenings) {
      this.#done.add(attempt)
      if (what === 'acknowledged') this.#know(attempt)
      else {
        const finding = what === 'asked' ? this.#missed(attempt) : this.#overtook(attempt)
        if (finding !== undefined) findings.push(finding)
      }
    }
    return findings
  }

  #know(attempt: Attempt): void {
    const stamp = attempt.stamp as string
    if (this.#newest === undefined || stamp > (this.#newest.stamp as string)) this.#newest = attempt
  }

  /** Its read version is older than what was known when it asked for one. */
  #missed(attempt: Attempt): Finding | undefined {
    const newest = this.#newest
    const { readVersion, source } = attempt
    if (newest?.stamp === undefined || readVersion === undefined) return undefined
    if (readVersion >= versionOf(newest.stamp)) return undefined
    const what = 'a transaction does not see a commit that was acknowledged before it began'
    if (source === 'cluster') return { severity: 'violation', what, attempt, other: newest }
    const why = source === 'given' ? 'its read version was set' : 'by an option that allows it'
    return { severity: 'hazard', what: `${what}: ${why}`, attempt, other: newest }
  }

  #overtook(attempt: Attempt): Finding | undefined {
    const newest = this.#newest
    if (newest?.stamp === undefined || attempt.stamp === undefined) return undefined
    if (attempt.stamp > newest.stamp) return undefined
    const what = 'a commit is before one that was acknowledged before it was sent'
    return { severity: 'violation', what, attempt, other: newest }
  }
}

function happeningsOf(attempt: Attempt): Happening[] {
  const { asked, commit, stamp, begun } = attempt
  const happenings: Happening[] = []
  const began = asked ?? (attempt.source === 'given' ? begun : undefined)
  if (began !== undefined) happenings.push({ order: began.order, what: 'asked', attempt })
  if (commit === undefined || stamp === undefined) return happenings
  happenings.push({ order: commit.sent.order, what: 'sent', attempt })
  if (commit.answered !== undefined && commit.error === 0) {
    happenings.push({ order: commit.answered.order, what: 'acknowledged', attempt })
  }
  return happenings
}
