import type { Finding } from './finding.ts'

const SIGNS = { ok: 'ok   ', wrong: 'WRONG', skipped: '-    ' } as const

export const isWell = (findings: readonly Finding[]): boolean =>
  findings.every(({ status }) => status === 'ok')

/** A line for each finding, with the advice below it. */
export function asText(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ check }) => check.length))
  const lines = findings.flatMap(({ check, status, found, advice }) => [
    `${SIGNS[status]}  ${check.padEnd(width)}  ${found}`,
    ...(advice === undefined ? [] : advice.split('\n').map((line) => `       ${line}`)),
  ])
  const count = findings.filter(({ status }) => status === 'wrong').length
  const verdict = isWell(findings)
    ? 'All is well.'
    : count === 1
      ? 'One thing is wrong.'
      : `${count} things are wrong.`
  return [...lines, '', verdict].join('\n')
}

/** The same for programs. */
export function asJson(findings: readonly Finding[]): string {
  return JSON.stringify({ ok: isWell(findings), findings }, undefined, 2)
}
