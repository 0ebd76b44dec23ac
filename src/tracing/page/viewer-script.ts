/** The viewer page's script: plain JavaScript for browsers. It finds DATA and SLOWEST already defined. */
export const VIEWER_SCRIPT = String.raw`
'use strict'
const GUTTER = 200, LANE = 28, AXIS = 26, MAX_HEIGHT = 640
const byId = (id) => document.getElementById(id)
const canvas = byId('chart'), tip = byId('tip')
const paint = canvas.getContext('2d')
const span = Math.max(DATA.span, 0.001)
const laneOf = new Map()
const outside = DATA.wakes.some((wake) => wake[0] === 0)
const lanes = []
if (outside) lanes.push([0, 'outside', 0, null, false])
for (const task of DATA.tasks) lanes.push(task)
lanes.forEach((lane, index) => laneOf.set(lane[0], index))
const view = { from: 0, to: span, top: 0, hits: new Set(), selected: null }

function groupByLane(items, task) {
  const groups = lanes.map(() => [])
  for (const item of items) {
    const lane = laneOf.get(task(item))
    if (lane !== undefined) groups[lane].push(item)
  }
  return groups
}
const pollsOf = groupByLane(DATA.polls, (poll) => poll[0])
const waitsOf = groupByLane(DATA.waits, (wait) => wait[0])

function duration(ms) {
  if (ms >= 1000) return (ms / 1000).toFixed(3) + ' s'
  if (ms >= 1) return ms.toFixed(3) + ' ms'
  return (ms * 1000).toFixed(1) + ' µs'
}

const width = () => canvas.clientWidth
const height = () => canvas.clientHeight
const scale = () => (width() - GUTTER) / (view.to - view.from)
const x = (time) => GUTTER + (time - view.from) * scale()
const y = (lane) => AXIS + lane * LANE - view.top
const timeAt = (px) => view.from + (px - GUTTER) / scale()

function clampView() {
  const least = Math.max(span / 1e7, 1e-5)
  let size = Math.min(Math.max(view.to - view.from, least), span * 1.04)
  const middle = (view.from + view.to) / 2
  view.from = middle - size / 2
  view.to = middle + size / 2
  if (view.from < -span * 0.02) { view.from = -span * 0.02; view.to = view.from + size }
  if (view.to > span * 1.02) { view.to = span * 1.02; view.from = view.to - size }
  const most = Math.max(0, lanes.length * LANE + AXIS - height())
  view.top = Math.min(Math.max(view.top, 0), most)
}

let due = false
function redraw() {
  if (due) return
  due = true
  requestAnimationFrame(() => { due = false; draw() })
}

function colours() {
  const style = getComputedStyle(document.documentElement)
  const colour = (name) => style.getPropertyValue('--' + name).trim()
  return {
    ink: colour('ink'), soft: colour('soft'), line: colour('line'), paper: colour('paper'),
    stripe: colour('stripe'), poll: colour('poll'), wait: colour('wait'), alive: colour('alive'),
    wake: colour('wake'), hit: colour('hit'),
  }
}

function draw() {
  clampView()
  const ratio = window.devicePixelRatio || 1
  canvas.width = Math.round(width() * ratio)
  canvas.height = Math.round(height() * ratio)
  paint.setTransform(ratio, 0, 0, ratio, 0, 0)
  const c = colours()
  paint.fillStyle = c.paper
  paint.fillRect(0, 0, width(), height())
  paint.font = '12px system-ui, sans-serif'
  paint.textBaseline = 'middle'
  const first = Math.max(0, Math.floor(view.top / LANE))
  const last = Math.min(lanes.length, Math.ceil((view.top + height()) / LANE))
  for (let lane = first; lane < last; lane++) drawLane(lane, c)
  drawWakes(first, last, c)
  drawLabels(first, last, c)
  drawAxis(c)
  byId('range').textContent = duration(Math.max(0, view.from)) + ' to ' + duration(Math.min(span, view.to))
}

function bar(begin, end, top, tall, colour) {
  const left = Math.max(x(begin), GUTTER)
  const right = Math.min(x(end), width())
  if (right < GUTTER || left > width()) return
  paint.fillStyle = colour
  paint.fillRect(left, top, Math.max(right - left, 1.5), tall)
}

function drawLane(lane, c) {
  const top = y(lane)
  const [id, , begin, end] = lanes[lane]
  if (view.hits.has(lane)) {
    paint.fillStyle = c.hit
    paint.fillRect(0, top, width(), LANE)
  } else if (lane % 2 === 1) {
    paint.fillStyle = c.stripe
    paint.fillRect(0, top, width(), LANE)
  }
  if (id !== 0) bar(begin, end === null ? span : end, top + LANE / 2 - 1, 2, c.alive)
  for (const [, , from, to] of waitsOf[lane]) bar(from, to === null ? span : to, top + 9, LANE - 18, c.wait)
  for (const [, from, to] of pollsOf[lane]) bar(from, to, top + 5, LANE - 10, c.poll)
  const chosen = view.selected
  if (chosen !== null && laneOf.get(chosen[0]) === lane) {
    const left = Math.max(x(chosen[2]), GUTTER)
    const right = Math.min(x(chosen[3] === null ? span : chosen[3]), width())
    paint.strokeStyle = c.ink
    paint.lineWidth = 1.5
    if (right >= left) paint.strokeRect(left, top + 4, Math.max(right - left, 2), LANE - 8)
  }
}

function drawWakes(first, last, c) {
  paint.strokeStyle = paint.fillStyle = c.wake
  paint.lineWidth = 1
  for (const [from, to, time] of DATA.wakes) {
    const a = laneOf.get(from), b = laneOf.get(to)
    if (a === undefined || b === undefined || time < view.from || time > view.to) continue
    if (Math.max(a, b) < first || Math.min(a, b) > last) continue
    const px = x(time), start = y(a) + LANE / 2, end = y(b) + LANE / 2
    const bend = Math.min(10, Math.abs(end - start) / 4)
    paint.beginPath()
    paint.moveTo(px, start)
    paint.quadraticCurveTo(px - bend, (start + end) / 2, px, end)
    paint.stroke()
    paint.beginPath()
    paint.arc(px, end, 2.5, 0, 7)
    paint.fill()
  }
}

function drawLabels(first, last, c) {
  paint.fillStyle = c.paper
  paint.fillRect(0, 0, GUTTER - 4, height())
  for (let lane = first; lane < last; lane++) {
    const [id, name, , , cancelled] = lanes[lane]
    if (view.hits.has(lane)) {
      paint.fillStyle = c.hit
      paint.fillRect(0, y(lane), GUTTER - 4, LANE)
    }
    paint.fillStyle = id === 0 ? c.soft : c.ink
    let label = id === 0 ? name : id + ' ' + name + (cancelled ? ' (cancelled)' : '')
    while (label.length > 4 && paint.measureText(label).width > GUTTER - 20) label = label.slice(0, -2) + '…'
    paint.fillText(label, 8, y(lane) + LANE / 2)
  }
}

function drawAxis(c) {
  paint.fillStyle = c.paper
  paint.fillRect(0, 0, width(), AXIS)
  paint.fillStyle = c.soft
  paint.strokeStyle = c.line
  const room = (view.to - view.from) / Math.max(1, (width() - GUTTER) / 110)
  const power = 10 ** Math.floor(Math.log10(room))
  const step = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= room)
  for (let tick = Math.ceil(Math.max(0, view.from) / step) * step; tick <= view.to; tick += step) {
    const px = x(tick)
    paint.fillText(duration(tick), px + 4, AXIS / 2)
    paint.beginPath()
    paint.moveTo(px, 4)
    paint.lineTo(px, height())
    paint.globalAlpha = 0.5
    paint.stroke()
    paint.globalAlpha = 1
  }
}

function zoom(factor, around) {
  view.from = around - (around - view.from) * factor
  view.to = around + (view.to - around) * factor
  redraw()
}

canvas.addEventListener('wheel', (event) => {
  event.preventDefault()
  if (event.shiftKey) view.top += event.deltaY || event.deltaX
  else zoom(event.deltaY > 0 ? 1.25 : 0.8, timeAt(Math.max(event.offsetX, GUTTER)))
  redraw()
}, { passive: false })

let grip = null
canvas.addEventListener('pointerdown', (event) => {
  grip = { x: event.offsetX, y: event.offsetY, from: view.from, to: view.to, top: view.top }
  canvas.setPointerCapture(event.pointerId)
})
canvas.addEventListener('pointerup', () => { grip = null })
canvas.addEventListener('pointerleave', () => { tip.hidden = true })
canvas.addEventListener('pointermove', (event) => {
  if (grip === null) return showTip(event)
  const moved = (event.offsetX - grip.x) / scale()
  view.from = grip.from - moved
  view.to = grip.to - moved
  view.top = grip.top - (event.offsetY - grip.y)
  redraw()
})
canvas.addEventListener('keydown', (event) => {
  const size = view.to - view.from
  const moves = { ArrowLeft: -size / 8, ArrowRight: size / 8 }
  if (Object.hasOwn(moves, event.key)) { view.from += moves[event.key]; view.to += moves[event.key] }
  else if (event.key === 'ArrowUp') view.top -= LANE
  else if (event.key === 'ArrowDown') view.top += LANE
  else if (event.key === '+') zoom(0.8, (view.from + view.to) / 2)
  else if (event.key === '-') zoom(1.25, (view.from + view.to) / 2)
  else return
  event.preventDefault()
  redraw()
})

function describe(lane, time) {
  const near = 3 / scale()
  const at = (from, to) => time >= from - near && time <= (to === null ? span : to) + near
  const [id, name] = lanes[lane]
  const lines = [id === 0 ? 'outside of tasks' : 'task ' + id + ' ' + name]
  const poll = pollsOf[lane].find((one) => at(one[1], one[2]))
  const wait = waitsOf[lane].find((one) => at(one[2], one[3]))
  const wake = DATA.wakes.find((one) => laneOf.get(one[1]) === lane && Math.abs(one[2] - time) <= near)
  if (poll) lines.push('ran ' + duration(poll[2] - poll[1]) + (poll[3] ? ', to its end' : ''))
  if (wait) lines.push('future ' + wait[1] + ': waited ' + duration((wait[3] === null ? span : wait[3]) - wait[2]))
  if (wake) lines.push('woken by ' + (wake[0] === 0 ? 'a callback' : 'task ' + wake[0]) + ' in ' + wake[3])
  return lines.join('\n')
}

function showTip(event) {
  const lane = Math.floor((event.offsetY - AXIS + view.top) / LANE)
  tip.hidden = event.offsetY < AXIS || lane >= lanes.length
  if (tip.hidden) return
  tip.textContent = describe(lane, timeAt(event.offsetX))
  tip.style.left = Math.min(event.offsetX + 12, Math.max(0, width() - tip.offsetWidth - 4)) + 'px'
  tip.style.top = event.offsetY + 14 + 'px'
}

function search(text) {
  const wanted = text.trim().toLowerCase()
  view.hits.clear()
  if (wanted !== '') {
    lanes.forEach(([id, name], lane) => {
      if (id !== 0 && (String(id) === wanted || name.toLowerCase().includes(wanted))) view.hits.add(lane)
    })
    const first = Math.min(...view.hits)
    if (view.hits.size > 0) view.top = first * LANE - LANE
  }
  const count = view.hits.size
  byId('found').textContent = wanted === '' ? '' : count === 1 ? '1 task' : count + ' tasks'
  redraw()
}
byId('search').addEventListener('input', (event) => search(event.target.value))
byId('zoom-in').addEventListener('click', () => zoom(0.5, (view.from + view.to) / 2))
byId('zoom-out').addEventListener('click', () => zoom(2, (view.from + view.to) / 2))
byId('fit').addEventListener('click', () => { view.from = -span * 0.02; view.to = span * 1.02; redraw() })

function fillTable() {
  const long = (wait) => (wait[3] === null ? span : wait[3]) - wait[2]
  const slowest = [...DATA.waits].sort((a, b) => long(b) - long(a)).slice(0, SLOWEST)
  const body = byId('slowest').tBodies[0]
  for (const wait of slowest) {
    const row = body.insertRow()
    row.tabIndex = 0
    const task = lanes[laneOf.get(wait[0])]
    const cells = [
      duration(long(wait)), task[0] + ' ' + task[1], 'future ' + wait[1], duration(wait[2]),
      wait[3] === null ? 'still waiting' : duration(wait[3]),
    ]
    for (const cell of cells) row.insertCell().textContent = cell
    const show = () => {
      const size = Math.max(long(wait) * 1.5, span / 1e6)
      const middle = wait[2] + long(wait) / 2
      view.from = middle - size / 2
      view.to = middle + size / 2
      view.top = laneOf.get(wait[0]) * LANE - height() / 2
      view.selected = wait
      redraw()
      canvas.scrollIntoView({ block: 'nearest' })
    }
    row.addEventListener('click', show)
    row.addEventListener('keydown', (event) => { if (event.key === 'Enter') show() })
  }
}

const plural = (count, what) => count + ' ' + what + (count === 1 ? '' : 's')
byId('summary').textContent = [
  plural(DATA.tasks.length, 'task'), plural(DATA.waits.length, 'wait'), plural(DATA.wakes.length, 'wake'),
  plural(DATA.events, 'event'), duration(DATA.span),
].join(', ') + (DATA.omitted > 0 ? '; ' + DATA.omitted + ' later events were left out' : '')
canvas.style.height = Math.min(MAX_HEIGHT, Math.max(160, lanes.length * LANE + AXIS + 8)) + 'px'
fillTable()
byId('fit').click()
window.addEventListener('resize', redraw)
window.viewer = { view, lanes, draw }
`
