/** Draws what is looked at: the lanes, and the map of the whole trace above them. */
export const CHART_SCRIPT = String.raw`
const chart = byId('chart'), map = byId('map'), scroller = byId('scroller')
const AXIS = 24, ROW = 14, HEAD = 6
const width = () => chart.clientWidth
const gutter = () => Math.min(230, Math.max(96, width() * 0.22))
const scale = () => (width() - gutter()) / (view.to - view.from)
const x = (time) => gutter() + (time - view.from) * scale()
const timeAt = (px) => view.from + (px - gutter()) / scale()
const heightOf = (lane) => lanes.rows[lane] * ROW + HEAD
/** By place among the lanes shown: where it begins. */
let tops = []

let palette = null
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => { palette = null; redraw() })
function colours() {
  if (palette !== null) return palette
  const style = getComputedStyle(document.documentElement)
  const colour = (name) => style.getPropertyValue('--' + name).trim()
  palette = { bars: KINDS.map(colour), bands: BANDS.map(colour) }
  for (const name of ['ink', 'soft', 'line', 'paper', 'card', 'hit', 'alive', 'wake', 'accent']) palette[name] = colour(name)
  palette.onBar = colour('on-bar')
  return palette
}

function clampView() {
  const least = Math.max(span / 1e7, 1e-5)
  const size = Math.min(Math.max(view.to - view.from, least), span * 1.04)
  const middle = (view.from + view.to) / 2
  view.from = Math.min(Math.max(middle - size / 2, -span * 0.02), span * 1.02 - size)
  view.to = view.from + size
}

let due = false
function redraw() {
  if (due) return
  due = true
  requestAnimationFrame(() => { due = false; draw() })
}

function prepare(canvas, height) {
  const ratio = window.devicePixelRatio || 1
  const wide = Math.round(canvas.clientWidth * ratio), tall = Math.round(height * ratio)
  if (canvas.width !== wide || canvas.height !== tall) { canvas.width = wide; canvas.height = tall }
  const paint = canvas.getContext('2d')
  paint.setTransform(ratio, 0, 0, ratio, 0, 0)
  paint.font = '12px system-ui, sans-serif'
  paint.textBaseline = 'middle'
  return paint
}

function layOut() {
  chooseLanes()
  tops = new Float64Array(view.shown.length + 1)
  tops[0] = AXIS
  view.shown.forEach((lane, at) => { tops[at + 1] = tops[at] + heightOf(lane) })
  byId('depth').style.height = Math.min(3e7, Math.max(tops[view.shown.length] + 8, scroller.clientHeight)) + 'px'
}

function draw() {
  clampView()
  layOut()
  const height = scroller.clientHeight
  chart.style.height = height + 'px'
  scroller.style.setProperty('--chart', height + 'px')
  const paint = prepare(chart, height), c = colours()
  paint.fillStyle = c.paper
  paint.fillRect(0, 0, width(), height)
  drawBands(paint, c, height)
  const down = scroller.scrollTop
  for (let at = firstShown(down); at < view.shown.length && tops[at] - down < height; at++) {
    drawLane(paint, c, view.shown[at], tops[at] - down)
  }
  drawWakes(paint, c, down, height)
  drawAxis(paint, c, height)
  drawBandsOfAxis(paint, c)
  drawMap(c)
  byId('range').textContent = duration(Math.max(0, view.from)) + ' to ' + duration(Math.min(span, view.to)) +
    ': ' + plural(view.shown.length, 'lane') + (view.shown.length === lanes.kind.length ? '' : ' of ' + lanes.kind.length.toLocaleString('en'))
}

/** Faults that last, behind all lanes. */
function drawBands(paint, c, height) {
  for (const [begin, end, kind] of wholeBands) {
    if (end < view.from || begin > view.to) continue
    const from = Math.max(gutter(), x(begin)), to = Math.max(x(end), from + 1)
    paint.fillStyle = c.bands[kind]
    paint.globalAlpha = 0.22
    paint.fillRect(from, AXIS, to - from, height)
    paint.globalAlpha = 1
  }
}

/** The same below the axis, where nothing is in front of them. */
function drawBandsOfAxis(paint, c) {
  for (const [begin, end, kind] of wholeBands) {
    if (end < view.from || begin > view.to) continue
    const from = Math.max(gutter(), x(begin))
    paint.fillStyle = c.bands[kind]
    paint.fillRect(from, AXIS - 4, Math.max(x(end) - from, 1), 4)
  }
}

/** The first lane that reaches below the scroll position. */
function firstShown(down) {
  let low = 0, high = view.shown.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (tops[middle + 1] - down <= AXIS) low = middle + 1
    else high = middle
  }
  return low
}

function drawLane(paint, c, lane, top) {
  const tall = heightOf(lane), left = gutter()
  if (lane === view.selected || view.hits.has(lane)) {
    paint.fillStyle = lane === view.selected ? c.card : c.hit
    paint.fillRect(0, top, width(), tall)
  }
  paint.fillStyle = c.line
  paint.fillRect(0, top + tall - 1, width(), 1)
  paint.save()
  paint.beginPath()
  paint.rect(left, top, width() - left, tall)
  paint.clip()
  const begin = x(lanes.begin[lane]), end = x(lanes.end[lane])
  paint.fillStyle = c.alive
  // A client is there all the time: the faults behind it are to be seen.
  if (lanes.kind[lane] !== CLIENT) paint.fillRect(begin, top + 2, Math.max(end - begin, 1), tall - 5)
  drawBars(paint, c, lane, top + 2)
  paint.restore()
  drawLabel(paint, c, lane, top, tall)
}

/** Bars that would lie on a pixel that has one of their kind already are left out: so a million are no more than a screen. */
function drawBars(paint, c, lane, top) {
  const right = width(), left = gutter(), factor = scale()
  const filled = {}, labels = []
  for (let bar = firstBar[lane]; bar < firstBar[lane + 1]; bar++) {
    const begin = bars.begin[bar], end = bars.end[bar]
    if (end < view.from || begin > view.to) continue
    const kind = bars.kind[bar], row = bars.row[bar], slot = kind * 16 + row
    // Whole pixels: a narrow bar has its colour, and not a mixture.
    const from = Math.round(left + (begin - view.from) * factor)
    const to = Math.max(Math.round(left + (end - view.from) * factor), from + (kind === WRITE ? 2 : 1))
    if (to <= filled[slot]) continue
    filled[slot] = to
    const inset = kind === WRITE ? 0 : kind < ATTEMPT_KINDS ? 0 : 2
    paint.fillStyle = c.bars[kind]
    paint.fillRect(from, top + row * ROW + inset, to - from, ROW - 2 - inset)
    if (to - from > 46) labels.push([bar, Math.max(from, left), Math.min(to, right), top + row * ROW + ROW / 2])
  }
  for (const label of labels) drawText(paint, c, ...label)
}

function drawText(paint, c, bar, from, to, middle) {
  paint.fillStyle = c.onBar
  paint.font = '10px system-ui, sans-serif'
  paint.fillText(fit(paint, texts[bars.text[bar]], to - from - 8), from + 4, middle)
  paint.font = '12px system-ui, sans-serif'
}

function fit(paint, text, room) {
  if (paint.measureText(text).width <= room) return text
  let low = 0, high = Math.min(text.length, 200)
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (paint.measureText(text.slice(0, middle) + '…').width <= room) low = middle
    else high = middle - 1
  }
  return low === 0 ? '' : text.slice(0, low) + '…'
}

function drawLabel(paint, c, lane, top, tall) {
  const isRun = lanes.kind[lane] === RUN
  paint.fillStyle = troubled[lane] ? c.bars[CONFLICT] : c.bars[isRun ? 0 : lanes.kind[lane] === TASK ? 7 : 11]
  paint.fillRect(0, top + 2, 3, tall - 5)
  paint.fillStyle = c.ink
  const id = lanes.id[lane] === 0 ? '' : lanes.id[lane] + ' '
  paint.fillText(fit(paint, id + texts[lanes.name[lane]], gutter() - 16), 9, top + tall / 2)
}

function drawWakes(paint, c, down, height) {
  const placeOf = new Map()
  view.shown.forEach((lane, at) => { if (lanes.kind[lane] === TASK) placeOf.set(lane, at) })
  if (placeOf.size === 0) return
  paint.strokeStyle = paint.fillStyle = c.wake
  paint.lineWidth = 1
  let drawn = 0, last = -1
  for (const [from, to, time] of wakes) {
    if (from < 0 || from === to || time < view.from || time > view.to || drawn > 2000) continue
    const a = placeOf.get(from), b = placeOf.get(to)
    if (a === undefined || b === undefined) continue
    const start = tops[a] - down + heightOf(from) / 2, end = tops[b] - down + heightOf(to) / 2
    if (Math.max(start, end) < AXIS || Math.min(start, end) > height) continue
    const px = x(time)
    if (px - last < 1) continue
    last = px
    drawn++
    paint.beginPath()
    paint.moveTo(px, start)
    paint.quadraticCurveTo(px - Math.min(8, Math.abs(end - start) / 4), (start + end) / 2, px, end)
    paint.stroke()
    paint.fillRect(px - 1.5, end - 1.5, 3, 3)
  }
}

function drawAxis(paint, c, height) {
  paint.fillStyle = c.paper
  paint.fillRect(0, 0, width(), AXIS)
  paint.fillStyle = c.soft
  const room = (view.to - view.from) / Math.max(1, (width() - gutter()) / 100)
  const power = 10 ** Math.floor(Math.log10(room))
  const step = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= room)
  for (let tick = Math.ceil(Math.max(0, view.from) / step) * step; tick <= Math.min(view.to, span * 1.02); tick += step) {
    const px = x(tick)
    paint.fillText(duration(tick), px + 4, AXIS / 2)
    paint.globalAlpha = 0.35
    paint.fillRect(px, 4, 1, height)
    paint.globalAlpha = 1
  }
}

/** By column of the map: how many bars begin there, and how many attempts failed there. */
const COLUMNS = 600
const busy = new Uint32Array(COLUMNS), bad = new Uint32Array(COLUMNS)
for (let bar = 0; bar < bars.begin.length; bar++) {
  const column = Math.min(COLUMNS - 1, Math.floor((bars.begin[bar] / span) * COLUMNS))
  busy[column]++
  if (bars.kind[bar] === CONFLICT || bars.kind[bar] === FAILED) bad[column]++
}
const busiest = busy.reduce((most, count) => Math.max(most, count), 1)

function drawMap(c) {
  const height = 42, paint = prepare(map, height), wide = map.clientWidth / COLUMNS
  paint.fillStyle = c.paper
  paint.fillRect(0, 0, map.clientWidth, height)
  for (let column = 0; column < COLUMNS; column++) {
    if (busy[column] === 0) continue
    const tall = Math.max(2, Math.sqrt(busy[column] / busiest) * (height - 8))
    paint.fillStyle = c.bars[4]
    paint.fillRect(column * wide, height - tall, Math.max(wide, 1), tall)
    if (bad[column] === 0) continue
    const worse = Math.max(3, tall * (bad[column] / busy[column]))
    paint.fillStyle = c.bars[CONFLICT]
    paint.fillRect(column * wide, height - worse, Math.max(wide, 1), worse)
  }
  const from = (view.from / span) * map.clientWidth, to = (view.to / span) * map.clientWidth
  paint.fillStyle = c.ink
  paint.globalAlpha = 0.12
  paint.fillRect(0, 0, Math.max(0, from), height)
  paint.fillRect(to, 0, map.clientWidth, height)
  paint.globalAlpha = 1
  paint.strokeStyle = c.accent
  paint.lineWidth = 2
  paint.strokeRect(Math.max(1, from), 1, Math.max(4, Math.min(to, map.clientWidth - 1) - Math.max(1, from)), height - 2)
}
`
