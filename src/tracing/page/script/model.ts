// Parts of the page's script: plain JavaScript for browsers, in one scope, in the order of trace-page.ts.
/** The data, what can be found in it, and what is looked at. */
export const MODEL_SCRIPT = String.raw`
const DATA = JSON.parse(document.getElementById('data').textContent)
const { lanes, bars, texts, wakes, bands, findings, counts } = DATA
const RUN = 0, TASK = 1, MACHINE = 3, CLIENT = 4
const CONFLICT = 1, FAILED = 2, WRITE = 9
const ATTEMPT_KINDS = 4
const KINDS = ['committed', 'conflict', 'failed', 'under-way', 'read', 'commit', 'backoff', 'poll', 'wait', 'write', 'run', 'mark', 'warning']
const BANDS = ['band-recovery', 'band-clogged', 'band-paused']
/** By kind, without overlaps: what lies on each other would be another colour. */
const wholeBands = []
for (const kind of BANDS.keys()) {
  let last
  for (const [begin, end] of bands.filter((band) => band[2] === kind)) {
    if (last !== undefined && begin <= last[1]) last[1] = Math.max(last[1], end)
    else wholeBands.push((last = [begin, end, kind]))
  }
}
const span = Math.max(DATA.span, 0.001)
const byId = (id) => document.getElementById(id)

/** By lane: its bars, from the first to before the last. They come together. */
const firstBar = new Uint32Array(lanes.kind.length + 1)
for (const lane of bars.lane) firstBar[lane + 1]++
for (let lane = 0; lane < lanes.kind.length; lane++) firstBar[lane + 1] += firstBar[lane]

/** By lane: it was tried again, or an attempt of it failed. */
const troubled = new Uint8Array(lanes.kind.length)
for (let bar = 0; bar < bars.kind.length; bar++) {
  if (bars.kind[bar] === CONFLICT || bars.kind[bar] === FAILED) troubled[bars.lane[bar]] = 1
}

const laneOf = new Map()
lanes.kind.forEach((kind, lane) => {
  if (kind === RUN) laneOf.set('run ' + lanes.id[lane], lane)
  if (kind === TASK) laneOf.set('task ' + lanes.id[lane], lane)
})

function duration(ms) {
  if (ms >= 1000) return (ms / 1000).toFixed(ms >= 10000 ? 1 : 3) + ' s'
  if (ms >= 1) return ms.toFixed(ms >= 100 ? 0 : 2) + ' ms'
  return (ms * 1000).toFixed(0) + ' µs'
}

const plural = (count, what) => count.toLocaleString('en') + ' ' + what + (count === 1 ? '' : 's')

const view = { from: 0, to: span, kind: 'all', wanted: '', hits: new Set(), selected: -1, shown: [] }

const OF_KIND = {
  all: () => true,
  runs: (lane) => lanes.kind[lane] === RUN,
  troubled: (lane) => troubled[lane] === 1,
  tasks: (lane) => lanes.kind[lane] === TASK,
  clients: (lane) => lanes.kind[lane] === CLIENT,
  machines: (lane) => lanes.kind[lane] === MACHINE,
}

/** The lanes that pass the filters and have something in the part that is looked at. */
function chooseLanes() {
  const passes = OF_KIND[view.kind]
  const searching = view.wanted !== ''
  view.shown = []
  for (let lane = 0; lane < lanes.kind.length; lane++) {
    if (lanes.begin[lane] > view.to || lanes.end[lane] < view.from) continue
    if (passes(lane) && (!searching || view.hits.has(lane))) view.shown.push(lane)
  }
}

/** Lanes whose name, note or a bar of theirs has the text. */
function find(text) {
  view.wanted = text.trim().toLowerCase()
  view.hits.clear()
  if (view.wanted === '') return
  const isHit = new Uint8Array(texts.length)
  texts.forEach((one, number) => { if (one.toLowerCase().includes(view.wanted)) isHit[number] = 1 })
  for (let lane = 0; lane < lanes.kind.length; lane++) {
    if (isHit[lanes.name[lane]] || isHit[lanes.note[lane]]) view.hits.add(lane)
  }
  for (let bar = 0; bar < bars.text.length; bar++) if (isHit[bars.text[bar]]) view.hits.add(bars.lane[bar])
}

const kindOf = (lane) => ['transaction', 'task', 'outside', 'machine', 'of a simulation'][lanes.kind[lane]]

/** All that is known of a lane, a line each. */
function describeLane(lane) {
  const id = lanes.id[lane] === 0 ? '' : ' ' + lanes.id[lane]
  const head = [
    kindOf(lane) + id + ': ' + texts[lanes.name[lane]],
    duration(lanes.begin[lane]) + ' to ' + duration(lanes.end[lane]) + ', ' + duration(lanes.end[lane] - lanes.begin[lane]),
    texts[lanes.note[lane]],
  ]
  const most = 200, from = firstBar[lane], to = firstBar[lane + 1]
  const order = [...Array(Math.min(most * 5, to - from)).keys()].map((at) => from + at)
  order.sort((a, b) => bars.begin[a] - bars.begin[b] || bars.row[a] - bars.row[b])
  const lines = order.slice(0, most).map((bar) => '  ' + describeBar(bar))
  if (to - from > most) lines.push('  and ' + (to - from - most) + ' more')
  return [...head.filter((line) => line !== ''), ...lines].join('\n')
}

function describeBar(bar) {
  const long = bars.end[bar] - bars.begin[bar]
  const at = '+' + duration(bars.begin[bar])
  return at.padEnd(12) + (long > 0 ? duration(long) : '').padEnd(11) + texts[bars.text[bar]]
}
`
