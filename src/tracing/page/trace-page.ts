import type { Trace } from '../recording/trace.ts'
import type { Timeline } from '../timeline/lanes.ts'
import { timelineOf } from '../timeline/timeline.ts'
import { VIEWER_SCRIPT } from './viewer-script.ts'
import { VIEWER_STYLE } from './viewer-style.ts'

/** Rows of the table. */
const SLOWEST = 50

/** What the page's script gets: times in milliseconds from the beginning of the trace. */
interface ViewerData {
  readonly title: string
  readonly span: number
  readonly events: number
  readonly omitted: number
  readonly tasks: readonly (readonly [
    id: number,
    name: string,
    begin: number,
    end: number | null,
    cancelled: boolean,
  ])[]
  readonly polls: readonly (readonly [task: number, begin: number, end: number, ready: boolean])[]
  readonly waits: readonly (readonly [
    task: number,
    future: number,
    begin: number,
    end: number | null,
  ])[]
  readonly wakes: readonly (readonly [from: number, to: number, time: number, place: string])[]
}

/**
 * A trace as one HTML page that needs nothing else: a lane per task, the futures it waited for, wakes as edges, zoom,
 * search, and a table of the slowest waits.
 *
 * @example
 * import { writeFile } from 'node:fs/promises'
 * const recorder = new TraceRecorder()
 * await db.get('a')
 * await writeFile('/tmp/trace.html', tracePage(recorder.stop(), 'one read'))
 */
export function tracePage(trace: Trace, title: string): string {
  const data = viewerData(trace, title)
  // `<` would end the script element, wherever it stands in the text.
  const json = JSON.stringify(data).replaceAll('<', '\\u003c')
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)}</title>
<style>${VIEWER_STYLE}</style>
</head>
<body>
<header>
<h1>${escapeHtml(title)}</h1>
<p id="summary"></p>
<div class="tools">
<input id="search" type="search" placeholder="Find a task, by name or number" aria-label="Find a task">
<span id="found" role="status"></span>
<button id="zoom-in" type="button">Zoom in</button>
<button id="zoom-out" type="button">Zoom out</button>
<button id="fit" type="button">Whole trace</button>
<span id="range"></span>
</div>
<p class="legend"><span class="poll"></span> running <span class="wait"></span> waiting for a future
<span class="alive"></span> alive <span class="wake"></span> wake. Wheel: zoom. Drag: move. Shift and wheel: scroll.</p>
</header>
<main>
<canvas id="chart" tabindex="0" aria-label="Tasks over time"></canvas>
<div id="tip" hidden></div>
</main>
<section>
<h2>Slowest waits</h2>
<table id="slowest">
<thead><tr><th>Wait</th><th>Task</th><th>Future</th><th>From</th><th>Woken at</th></tr></thead>
<tbody></tbody>
</table>
</section>
<script>
const SLOWEST = ${SLOWEST}
const DATA = ${json}
${VIEWER_SCRIPT}
</script>
</body>
</html>
`
}

function viewerData(trace: Trace, title: string): ViewerData {
  const timeline: Timeline = timelineOf(trace)
  const from = (time: number): number => Math.round((time - timeline.begin) * 1e6) / 1e6
  const maybe = (time: number | undefined): number | null =>
    time === undefined ? null : from(time)
  return {
    title,
    span: from(timeline.end),
    events: trace.events.length,
    omitted: trace.omitted,
    tasks: timeline.tasks.map((task) => [
      task.taskId,
      task.name,
      from(task.begin),
      maybe(task.end),
      task.cancelled,
    ]),
    polls: timeline.polls.map((poll) => [
      poll.taskId,
      from(poll.begin),
      from(poll.end),
      poll.outcome === 'ready',
    ]),
    waits: timeline.waits.map((wait) => [
      wait.taskId,
      wait.futureId,
      from(wait.begin),
      maybe(wait.end),
    ]),
    wakes: timeline.wakes.map((wake) => [wake.fromTask, wake.toTask, from(wake.time), wake.place]),
  }
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
