/** Moving, zooming, finding, and the link to what is looked at. */
export const CONTROLS_SCRIPT = String.raw`
const tip = byId('tip')

function zoom(factor, around) {
  view.from = around - (around - view.from) * factor
  view.to = around + (view.to - around) * factor
  moved()
}

function move(milliseconds) {
  view.from += milliseconds
  view.to += milliseconds
  moved()
}

function showAll() {
  view.from = -span * 0.02
  view.to = span * 1.02
  moved()
}

let linking = 0
function moved() {
  clampView()
  redraw()
  clearTimeout(linking)
  linking = setTimeout(link, 150)
}

/** The place as the page's address: a link to this moment. */
function link() {
  const round = (time) => Number(time.toPrecision(9))
  const query = view.wanted === '' ? '' : '&q=' + encodeURIComponent(view.wanted)
  byId('here').href = '#t=' + round(view.from) + ',' + round(view.to) + query
  history.replaceState(null, '', byId('here').href)
}

/** #t=12.5 is a moment, #t=12.5,13 a stretch, in milliseconds; &q= finds. */
function goToLink() {
  const given = new URLSearchParams(location.hash.slice(1))
  const [from, to] = (given.get('t') ?? '').split(',').map(Number)
  const wanted = given.get('q')
  if (wanted !== null && wanted !== view.wanted) { byId('search').value = wanted; search(wanted) }
  if (given.get('t') === null || !Number.isFinite(from)) return false
  const half = span / 40
  view.from = Number.isFinite(to) ? from : from - half
  view.to = Number.isFinite(to) ? to : from + half
  redraw()
  return true
}

function search(text) {
  find(text)
  const count = view.hits.size
  byId('found').textContent = view.wanted === '' ? '' : count === 1 ? '1 lane' : count.toLocaleString('en') + ' lanes'
  moved()
}

let nextHit = 0
function goToNext(step) {
  const hits = [...view.hits]
  if (hits.length === 0) return
  nextHit = (nextHit + step + hits.length) % hits.length
  const lane = hits[nextHit]
  select(lane)
  const size = Math.max((lanes.end[lane] - lanes.begin[lane]) * 1.3, span / 1e6)
  const middle = (lanes.begin[lane] + lanes.end[lane]) / 2
  view.from = middle - size / 2
  view.to = middle + size / 2
  moved()
}

function select(lane) {
  view.selected = lane
  byId('details').hidden = lane < 0
  byId('details').textContent = lane < 0 ? '' : describeLane(lane)
  redraw()
}

function laneAt(y) {
  if (y < AXIS) return -1
  const at = firstShown(scroller.scrollTop + y - AXIS)
  return view.shown[at] ?? -1
}

const fingers = new Map()
let grip = null
chart.addEventListener('pointerdown', (event) => {
  fingers.set(event.pointerId, event.offsetX)
  grip = { x: event.offsetX, y: event.offsetY, from: view.from, to: view.to, top: scroller.scrollTop, far: false }
  chart.setPointerCapture(event.pointerId)
})
for (const name of ['pointerup', 'pointercancel']) {
  chart.addEventListener(name, (event) => {
    fingers.delete(event.pointerId)
    if (name === 'pointerup' && grip !== null && !grip.far) select(laneAt(event.offsetY))
    grip = null
  })
}
chart.addEventListener('pointerleave', () => { tip.hidden = true })
chart.addEventListener('pointermove', (event) => {
  if (fingers.size === 2 && fingers.has(event.pointerId)) return pinch(event)
  if (grip === null) return showTip(event)
  if (Math.abs(event.offsetX - grip.x) + Math.abs(event.offsetY - grip.y) > 4) grip.far = true
  if (!grip.far) return
  tip.hidden = true
  const shift = (event.offsetX - grip.x) / scale()
  view.from = grip.from - shift
  view.to = grip.to - shift
  if (event.pointerType === 'mouse') scroller.scrollTop = grip.top - (event.offsetY - grip.y)
  moved()
})

function pinch(event) {
  const apart = () => { const [a, b] = [...fingers.values()]; return Math.max(8, Math.abs(a - b)) }
  const before = apart()
  fingers.set(event.pointerId, event.offsetX)
  const [a, b] = [...fingers.values()]
  if (grip !== null) grip.far = true
  zoom(before / apart(), timeAt((a + b) / 2))
}

chart.addEventListener('wheel', (event) => {
  if (event.ctrlKey || event.metaKey) {
    event.preventDefault()
    zoom(Math.exp(Math.max(-1, Math.min(1, event.deltaY / 300))), timeAt(Math.max(event.offsetX, gutter())))
  } else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
    event.preventDefault()
    move((event.deltaX || event.deltaY) / scale())
  }
}, { passive: false })
scroller.addEventListener('scroll', redraw)

const middle = () => (view.from + view.to) / 2
const KEYS = {
  ArrowLeft: () => move(-(view.to - view.from) / 8), ArrowRight: () => move((view.to - view.from) / 8),
  ArrowUp: () => { scroller.scrollTop -= 40 }, ArrowDown: () => { scroller.scrollTop += 40 },
  '+': () => zoom(0.7, middle()), '=': () => zoom(0.7, middle()), '-': () => zoom(1.4, middle()), 0: showAll,
  '/': () => byId('search').focus(), n: () => goToNext(1), p: () => goToNext(-1), Escape: () => select(-1),
}
document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(KEYS, event.key)) return
  const typing = ['INPUT', 'SELECT', 'TEXTAREA'].includes(event.target.tagName)
  if (typing && event.key !== 'Escape') return
  // The arrows are the page's own, unless the chart has the focus.
  if (event.key.startsWith('Arrow') && event.target !== chart) return
  event.preventDefault()
  if (typing) return chart.focus()
  KEYS[event.key]()
})
byId('search').addEventListener('keydown', (event) => { if (event.key === 'Enter') goToNext(event.shiftKey ? -1 : 1) })
byId('search').addEventListener('input', (event) => { nextHit = -1; search(event.target.value) })
byId('kind').addEventListener('change', (event) => { view.kind = event.target.value; moved() })
byId('zoom-in').addEventListener('click', () => zoom(0.5, middle()))
byId('zoom-out').addEventListener('click', () => zoom(2, middle()))
byId('fit').addEventListener('click', showAll)

let dragging = false
const moveTo = (event) => {
  const time = (event.offsetX / map.clientWidth) * span
  move(time - middle())
}
map.addEventListener('pointerdown', (event) => { dragging = true; map.setPointerCapture(event.pointerId); moveTo(event) })
map.addEventListener('pointermove', (event) => { if (dragging) moveTo(event) })
map.addEventListener('pointerup', () => { dragging = false })

function barsAt(lane, time) {
  const near = 3 / scale(), found = []
  for (let bar = firstBar[lane]; bar < firstBar[lane + 1] && found.length < 8; bar++) {
    if (bars.begin[bar] - near <= time && bars.end[bar] + near >= time) found.push(bar)
  }
  return found
}

function showTip(event) {
  const lane = laneAt(event.offsetY)
  tip.hidden = lane < 0
  if (lane < 0) return
  const id = lanes.id[lane] === 0 ? '' : lanes.id[lane] + ' '
  const lines = event.offsetX < gutter() ? [texts[lanes.note[lane]]] : barsAt(lane, timeAt(event.offsetX)).map((bar) => {
    const long = bars.end[bar] - bars.begin[bar]
    return texts[bars.text[bar]] + (long > 0 ? ' (' + duration(long) + ')' : '')
  })
  const time = timeAt(event.offsetX)
  const faults = bands.filter(([begin, end]) => begin <= time && time <= end).map((band) => texts[band[3]])
  tip.textContent = [kindOf(lane) + ' ' + id + texts[lanes.name[lane]], ...lines, ...faults].join('\n')
  const box = byId('timeline').getBoundingClientRect()
  tip.style.left = Math.max(0, Math.min(event.clientX - box.left + 14, box.width - tip.offsetWidth)) + 'px'
  tip.style.top = event.clientY - box.top + 16 + 'px'
}

fillAnswers()
window.addEventListener('resize', redraw)
window.addEventListener('hashchange', goToLink)
if (!goToLink()) { view.from = -span * 0.02; view.to = span * 1.02 }
draw()
window.viewer = { view, lanes, bars, bands, texts, draw, find, span }
`
