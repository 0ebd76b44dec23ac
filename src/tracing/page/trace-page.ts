import { checkText } from '../../native/values/arguments.ts'
import type { Trace } from '../recording/trace.ts'
import { pageData } from './page-data.ts'
import { PAGE_STYLE } from './page-style.ts'
import { ANSWERS_SCRIPT } from './script/answers.ts'
import { CHART_SCRIPT } from './script/chart.ts'
import { CONTROLS_SCRIPT } from './script/controls.ts'
import { MODEL_SCRIPT } from './script/model.ts'

/** Nothing is loaded, whatever a key or a name says. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"

/**
 * A trace as one HTML page that needs nothing else. First what was slow, what conflicted, what was tried again and why,
 * and what had not ended; then the timeline, with a lane for each run of a transaction and each task.
 *
 * @param title what the page is called: text, whatever is in it.
 * @example
 * import { writeFile } from 'node:fs/promises'
 * const recorder = new TraceRecorder()
 * await db.get('a')
 * await writeFile('/tmp/trace.html', tracePage(recorder.stop(), 'one read'))
 */
export function tracePage(trace: Trace, title: string): string {
  checkText('title', title)
  return pageOf(trace, title, { head: '', lanes: '', legend: '', style: '' })
}

/** What a page has besides a trace's own: HTML, with all texts escaped. */
export interface PageParts {
  /** Above what was found. */
  readonly head: string
  /** More kinds of lanes to choose from. */
  readonly lanes: string
  readonly legend: string
  readonly style: string
}

/** @internal The page around a trace. */
export function pageOf(trace: Trace, title: string, parts: PageParts): string {
  // `<` would end the script element, wherever it stands in the text.
  const json = JSON.stringify(pageData(trace, title)).replaceAll('<', '\\u003c')
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<title>${escapeHtml(title)}</title>
<style>${PAGE_STYLE}${parts.style}</style>
</head>
<body>
<header>
<h1>${escapeHtml(title)}</h1>
<p id="summary"></p>
</header>
<main>
${parts.head}<section id="answers" aria-label="What was found">${ANSWERS}</section>
<section id="timeline" aria-label="Timeline">${timelineOf(parts)}</section>
</main>
<script id="data" type="application/json">${json}</script>
<script>
(() => {
'use strict'
${MODEL_SCRIPT}${CHART_SCRIPT}${ANSWERS_SCRIPT}${CONTROLS_SCRIPT}})()
</script>
</body>
</html>
`
}

const ANSWERS = `
<article><h2>What was slow</h2><ol id="slow"></ol></article>
<article><h2>What conflicted</h2><ol id="conflicts"></ol></article>
<article><h2>What was tried again, and why</h2><ol id="retries"></ol></article>
<article><h2>What had not ended</h2><ol id="leaks"></ol></article>
`

const timelineOf = ({ lanes, legend }: PageParts): string => `
<div class="tools">
<input id="search" type="search" placeholder="Name, key, error ( / )" aria-label="Find in the trace">
<select id="kind" aria-label="Which lanes">
<option value="all">All lanes</option>
${lanes}<option value="runs">Transactions</option>
<option value="troubled">Tried again or failed</option>
<option value="tasks">Tasks</option>
<option value="machines">Simulator</option>
</select>
<span id="found" role="status"></span>
<span class="spacer"></span>
<button id="zoom-in" type="button" aria-label="Zoom in">+</button>
<button id="zoom-out" type="button" aria-label="Zoom out">−</button>
<button id="fit" type="button">Whole trace</button>
<a id="here" href="#">Link</a>
</div>
<p id="range" class="soft"></p>
<canvas id="map" aria-label="The whole trace; drag to move"></canvas>
<div id="scroller"><canvas id="chart" tabindex="0" role="img" aria-label="Lanes over time. Arrows move, plus and minus zoom, 0 shows all."></canvas><div id="depth"></div></div>
<div id="tip" hidden></div>
<p class="legend"><span class="committed"></span>committed <span class="conflict"></span>conflict
<span class="failed"></span>failed <span class="read"></span>read <span class="commit"></span>commit
<span class="backoff"></span>backoff <span class="write"></span>write <span class="poll"></span>running
<span class="wait"></span>waiting${legend}</p>
<p class="soft">Drag, or arrow keys: move. Ctrl and wheel, pinch, + and −: zoom. 0: all. / : find. n: next found. Click: details.</p>
<pre id="details" aria-live="polite" hidden></pre>
`

/** @internal Text as HTML. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll('\u0000', '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
