/** The first screen: what was found, each with the way to its place in the timeline. */
export const ANSWERS_SCRIPT = String.raw`
function element(name, className, text) {
  const made = document.createElement(name)
  if (className) made.className = className
  if (text !== undefined) made.textContent = text
  return made
}

function fill(id, rows, none) {
  const list = byId(id)
  for (const { name, figure, small, split, show } of rows) {
    const button = element('button')
    button.type = 'button'
    button.append(element('span', 'figure', figure), element('span', 'name', name))
    if (small) button.append(element('small', '', small))
    if (split) button.append(splitBar(split))
    button.addEventListener('click', show)
    const item = element('li')
    item.append(button)
    list.append(item)
  }
  if (rows.length === 0) {
    const item = element('li')
    item.append(element('p', 'soft', none))
    list.append(item)
  }
}

/** Parts of a whole, as wide as they are long. */
function splitBar(parts) {
  const whole = element('span', 'split')
  for (const [kind, share] of parts) {
    const part = element('i')
    part.style.width = (share * 100).toFixed(2) + '%'
    part.style.background = 'var(--' + kind + ')'
    whole.append(part)
  }
  return whole
}

function showLane(lane, from, to) {
  if (lane === undefined) return
  const begin = from ?? lanes.begin[lane], end = to ?? lanes.end[lane]
  const size = Math.max((end - begin) * 1.3, span / 1e6)
  view.from = (begin + end) / 2 - size / 2
  view.to = (begin + end) / 2 + size / 2
  byId('kind').value = view.kind = 'all'
  byId('search').value = ''
  search('')
  select(lane)
  draw()
  scroller.scrollTop = tops[view.shown.indexOf(lane)] - scroller.clientHeight / 2
  draw()
  byId('timeline').scrollIntoView({ block: 'nearest' })
}

const showRun = (id) => () => showLane(laneOf.get('run ' + id))

function slowRows() {
  const runs = findings.slowRuns.map((run) => ({
    name: run.name, figure: duration(run.total), show: showRun(run.runId),
    small: 'reads ' + duration(run.reading) + ', commit ' + duration(run.committing) + ', backoff ' + duration(run.backoff) +
      ', own code ' + duration(run.own) + (run.attempts > 1 ? '; ' + run.attempts + ' attempts' : ''),
    split: [['read', run.reading], ['commit', run.committing], ['backoff', run.backoff], ['run', run.own]]
      .map(([kind, ms]) => [kind, run.total === 0 ? 0 : ms / run.total]),
  }))
  const calls = findings.slowCalls.slice(0, 5).map((call) => ({
    name: call.operation + (call.key === undefined ? '' : ' ' + call.key), figure: duration(call.end - call.begin),
    small: call.runId === 0 ? 'a single call' : 'a single call of transaction ' + call.runId,
    show: () => showLane(laneOf.get(call.runId === 0 ? 'task ' + call.taskId : 'run ' + call.runId), call.begin, call.end),
  }))
  return [...runs, ...calls]
}

function fillAnswers() {
  fill('slow', slowRows(), 'No transaction is in the trace.')
  fill('conflicts', findings.conflicts.map((conflict) => ({
    name: conflict.what, figure: conflict.times + ' ×', small: conflict.runs.join(', '), show: showRun(conflict.runId),
  })), 'Nothing conflicted.')
  fill('retries', findings.retries.map((retry) => ({
    name: retry.name, figure: retry.times + ' ×', show: showRun(retry.runId),
    small: retry.error + '; ' + duration(retry.lost) + ' lost' + (retry.gaveUp > 0 ? '; ' + retry.gaveUp + ' ended with it' : ''),
  })), 'Every transaction was done in its first attempt.')
  const since = (leak) => 'since ' + duration(leak.since)
  fill('leaks', findings.leaks.map((leak) => ({
    name: leak.name, figure: leak.kind, small: since(leak),
    show: () => showLane(laneOf.get(leak.runId === 0 ? 'task ' + leak.taskId : 'run ' + leak.runId), leak.since, span),
  })), 'All that began in the trace has ended in it.')
  if (findings.leaked > findings.leaks.length) {
    byId('leaks').append(element('li', 'soft', 'and ' + (findings.leaked - findings.leaks.length) + ' more'))
  }
  byId('summary').textContent = [
    plural(counts.runs, 'transaction'), plural(counts.attempts, 'attempt'), plural(counts.tasks, 'task'),
    plural(counts.events, 'event'), ...(counts.marks > 0 ? [plural(counts.marks, 'event') + ' of the simulator'] : []), duration(DATA.span),
  ].join(', ') + (counts.omitted > 0 ? '; ' + counts.omitted.toLocaleString('en') + ' later events were left out' : '')
}
`
