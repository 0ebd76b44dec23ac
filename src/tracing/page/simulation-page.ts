/** The page of one seed of a simulation: what became of it, what the oracle says, and its trace. */
import type { Trace } from '../recording/trace.ts'
import { escapeHtml, pageOf } from './trace-page.ts'

/** A part of what the oracle found: a name, and what there is to it. */
export type Fact = readonly [name: string, text: string]

/** What the oracle found: two transactions that disagree. */
export interface Disagreement {
  readonly what: string
  /** It fails the seed. Else it may be meant. */
  readonly isError: boolean
  readonly one: readonly Fact[]
  /** Nothing, where one transaction is wrong by itself. */
  readonly other: readonly Fact[]
}

/** Where two runs of one seed part. */
export interface Parting {
  /** What is compared, one of them. */
  readonly among: 'event of the trace' | 'call of the bridge'
  /** Counts from 1. */
  readonly at: number
  readonly before: readonly string[]
  readonly one: string
  readonly other: string
}

export interface SeedReport {
  readonly title: string
  /** Empty: it passed. */
  readonly problem: string
  /** That shows it again. */
  readonly command: string
  readonly errors: readonly string[]
  readonly disagreements: readonly Disagreement[]
  readonly partings: readonly Parting[]
}

export function simulationPage(trace: Trace, report: SeedReport): string {
  return pageOf(trace, report.title, {
    head: `<section id="verdict" aria-label="Verdict">${verdictOf(report)}</section>\n`,
    lanes: '<option value="clients">Clients</option>\n',
    legend: LEGEND,
    style: STYLE,
  })
}

/** Of one kind: the first tell what the others would. */
const MOST = 20

const LEGEND = `
<span class="band-recovery"></span>recovery <span class="band-clogged"></span>clogged
<span class="band-paused"></span>paused or down`

const STYLE = `
#verdict { display: grid; grid-template-columns: minmax(0, 1fr); gap: 12px; margin: 16px 0; }
#verdict details article { margin-top: 12px; }
#verdict summary { cursor: pointer; color: var(--soft); }
#verdict h3 { font-size: 13px; margin: 8px 0 4px; }
#verdict article { border-left: 4px solid var(--committed); }
#verdict article.failed { border-left-color: var(--conflict); }
#verdict article.hazard { border-left-color: var(--backoff); }
#verdict h2 { color: var(--ink); font-size: 15px; overflow-wrap: anywhere; }
#verdict pre { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; font: 12px/1.5 ui-monospace, monospace; user-select: all; }
#verdict dt { color: var(--soft); font-size: 12px; overflow-wrap: anywhere; }
#verdict dd { margin: 0 0 6px; white-space: pre-wrap; overflow-wrap: anywhere; font: 12px/1.5 ui-monospace, monospace; }
.sides { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(280px, 100%), 1fr)); gap: 16px; }
.sides > div { min-width: 0; }
`

function verdictOf({ problem, command, errors, disagreements, partings }: SeedReport): string {
  const title = problem === '' ? 'Passed' : `Failed: ${problem}`
  const wrong = disagreements.filter(({ isError }) => isError)
  const hazards = disagreements.filter(({ isError }) => !isError)
  return [
    article(problem === '' ? '' : 'failed', title, pre([command])),
    ...wrong.slice(0, MOST).map(disagreementOf),
    ...partings.map(partingOf),
    ...(errors.length === 0 ? [] : [article('failed', 'Errors', pre(errors.slice(0, MOST)))]),
    ...(hazards.length === 0 ? [] : [hazardsOf(hazards)]),
  ].join('\n')
}

function hazardsOf(hazards: readonly Disagreement[]): string {
  const summary = `What may be meant, and may be a mistake: ${hazards.length}`
  const all = hazards.slice(0, MOST).map(disagreementOf).join('\n')
  return `<details><summary>${escapeHtml(summary)}</summary>${all}</details>`
}

function disagreementOf({ what, isError, one, other }: Disagreement): string {
  const sides = [
    side('This transaction', one),
    ...(other.length > 0 ? [side('The other', other)] : []),
  ]
  const body = `<div class="sides">${sides.join('')}</div>`
  return article(isError ? 'failed' : 'hazard', what, body)
}

function side(title: string, facts: readonly Fact[]): string {
  const rows = facts.map(
    ([name, text]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(text)}</dd>`,
  )
  return `<div><h3>${escapeHtml(title)}</h3><dl>${rows.join('')}</dl></div>`
}

function partingOf({ among, at, before, one, other }: Parting): string {
  const sides = [side('The first run', [['has', one]]), side('The second run', [['has', other]])]
  const body = `${pre(before)}<div class="sides">${sides.join('')}</div>`
  return article('failed', `Two runs of the seed part at ${among} ${at}, behind these`, body)
}

function article(kind: string, title: string, body: string): string {
  return `<article class="${kind}"><h2>${escapeHtml(title)}</h2>${body}</article>`
}

const pre = (lines: readonly string[]): string => `<pre>${escapeHtml(lines.join('\n'))}</pre>`
