// node scripts/check-includes.mjs [FOLDER]: the includes of the native parts.
//
// A part is a folder of native-callbacks, a room a folder of a part. A room includes itself and the
// rooms before it in the table, a part only itself and the parts that it names. No files include
// each other in a circle; a source and its header count as one file, so that what a header keeps
// out is not let in behind it. No folder has more than 15 sources and headers side by side.
import { readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { filesBelow, root } from './lib/paths.mjs'

const mostFiles = 15

/** Rooms from the lowest to the highest; '.' is the part's own folder. Everybody may use `include`. */
const parts = {
  include: { rooms: ['.'], uses: [] },
  engine: {
    rooms: [
      'data/values',
      'data/store',
      'data/view',
      'data/steps',
      'data/mapped',
      'ground',
      'options',
      'future',
      'cluster',
      'database',
      'transaction',
      'network',
      'c_api',
    ],
    uses: [],
  },
  ring: { rooms: ['client', 'completions', 'commands', '.'], uses: [] },
  plugin: { rooms: ['abi', 'node', '.', 'factories'], uses: ['ring'] },
  host: { rooms: ['trace', 'spec', 'world', 'run', '.'], uses: ['engine', 'plugin'] },
  fake: { rooms: ['.'], uses: ['ring'] },
  twin: { rooms: ['.'], uses: ['ring', 'plugin'] },
  'cpp-server': { rooms: ['.'], uses: ['plugin'] },
  probe: { rooms: ['.'], uses: ['ring', 'plugin'] },
  test: {
    rooms: ['support', 'data', 'engine', 'fuzz', 'host', 'ring'],
    uses: ['engine', 'host', 'plugin', 'ring'],
  },
}

const folder = process.argv[2] ?? join(root, 'native-callbacks')
const files = filesBelow(folder, ['.h', '.c', '.cc']).map((path) => relative(folder, path))
const known = new Set(files)
const problems = []

/** The part and the room of a file. */
function placeOf(file) {
  const [part] = file.split('/')
  return { part, room: relative(part, dirname(file)) || '.' }
}

/** A source and its header are one. */
const unitOf = (file) => file.replace(/\.\w+$/, '')

/** What a file includes between quotes, as paths from the folder; what is declared in `include` goes by its name. */
function includesOf(file) {
  const text = readFileSync(join(folder, file), 'utf8')
  return [...text.matchAll(/^#include "(.+)"/gm)].map(([, name]) => {
    const found = [name, `include/${name}`].find((path) => known.has(path))
    if (found === undefined) problems.push(`${file}: "${name}" is no file of native-callbacks`)
    return found ?? file
  })
}

function checkInclude(file, included) {
  const from = placeOf(file)
  const to = placeOf(included)
  const { rooms, uses } = parts[from.part]
  if (from.part !== to.part) {
    if (to.part !== 'include' && !uses.includes(to.part))
      problems.push(`${file}: ${from.part} may not include ${included}`)
  } else if (rooms.indexOf(to.room) > rooms.indexOf(from.room)) {
    problems.push(`${file}: ${from.room} is below ${to.room}, it may not include ${included}`)
  }
}

/** Follows the includes of a unit, and tells of each circle that it closes. */
function findCircles(graph, unit, way = [], seen = new Set()) {
  if (way.includes(unit)) {
    problems.push(`in a circle: ${[...way.slice(way.indexOf(unit)), unit].join(' > ')}`)
  } else if (!seen.has(unit)) {
    seen.add(unit)
    for (const next of graph.get(unit)) findCircles(graph, next, [...way, unit], seen)
  }
  return seen
}

const graph = new Map(files.map((file) => [unitOf(file), new Set()]))
const counts = new Map()
for (const file of files) {
  const { part, room } = placeOf(file)
  counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1)
  if (!parts[part]?.rooms.includes(room)) {
    problems.push(`${file}: this room is not in the table of scripts/check-includes.mjs`)
    continue
  }
  for (const included of includesOf(file)) {
    checkInclude(file, included)
    if (unitOf(included) !== unitOf(file)) graph.get(unitOf(file)).add(unitOf(included))
  }
}
const seen = new Set()
for (const unit of graph.keys()) findCircles(graph, unit, [], seen)
for (const [name, count] of counts) {
  if (count > mostFiles) problems.push(`${name}: ${count} files side by side, at most ${mostFiles}`)
}

for (const problem of problems) console.error(`fdbkit: ${problem}`)
process.exitCode = problems.length === 0 ? 0 : 1
