// The layers and rooms of `src` and the directions between them, as rules of dependency-cruiser. `npm run lint` checks
// them, and scripts/check-folders.mjs that each folder is in the tables. docs/architecture.md says what each is for.

/**
 * Layers from the ground up: one imports only what is before it. Those in an inner list stand side by side, and don't
 * know each other; a list in that is in order again.
 */
export const LAYERS = [
  ['native'],
  ['future'],
  ['task'],
  ['client'],
  ['layers'],
  ['simulation', 'tracing', 'recipes', 'index.ts'],
  ['compat', 'testing'],
  ['cli'],
]

/** The rooms of each layer, in the same way. The dot is the layer's own folder. */
export const ROOMS = {
  native: ['generated', 'values', 'environment', 'errors', 'library'],
  future: ['owners', 'wakers', 'port', 'ring', 'handles'],
  task: [
    'core',
    'executors',
    'waits',
    'spawning',
    'time',
    'channels',
    'bridge',
    'flow',
    'stakker',
    '.',
  ],
  client: [
    'keys',
    'attempt',
    'connection',
    'ranges',
    'granules',
    'transaction',
    'run',
    'tenants',
    'scans',
    'database',
  ],
  layers: ['tuple', 'directory'],
  simulation: [
    'author',
    'model',
    'trace',
    'bridge',
    'oracle/model',
    'oracle/records',
    'oracle/replay',
    'oracle',
    'client',
    'world',
    'process',
    '.',
  ],
  tracing: ['recording', 'timeline', ['formats', ['page/script', 'page']], '.'],
  recipes: ['ground', ['leases', 'queues', 'tables', 'values'], '.'],
  compat: ['bytes', '.'],
  testing: [
    [
      ['stack-tester/machine', 'stack-tester/operations', 'stack-tester'],
      ['ground', ['content', 'time', 'backends'], 'databases', 'checks', '.'],
    ],
  ],
  cli: [
    'ground',
    [
      'doctor',
      ['demo/geography', 'demo'],
      ['shell/notation', 'shell/grammar', 'shell/session', 'shell/handlers', 'shell/console'],
      [
        'sim/events',
        'sim/run',
        'sim/shrink',
        'sim/seeds',
        'sim/report',
        'sim',
        'sim/joshua',
        'sim/package',
      ],
      'trace',
    ],
    'commands',
    '.',
  ],
}

/** Beside the floors: the client encodes by tuples when nobody says otherwise, so these stand on `native` alone. */
const TUPLE = '^src/layers/tuple/'

const layerPath = (layer) => (layer.endsWith('.ts') ? `^src/${layer}$` : `^src/${layer}/`)
const roomPath = (layer, room) => `^src/${layer}/${room === '.' ? '' : `${room}/`}[^/]+$`

/** Pairs of a name and the names before it. */
function inOrder(list, before = []) {
  const below = [...before]
  return list.flatMap((entry) => {
    const pairs = typeof entry === 'string' ? [[entry, [...below]]] : sideBySide(entry, below)
    below.push(...pairs.map(([name]) => name))
    return pairs
  })
}

function sideBySide(entries, below) {
  return entries.flatMap((entry) => inOrder([entry].flat(), below))
}

const layerRules = inOrder(LAYERS).map(([layer, below]) => ({
  name: `layer ${layer}`,
  comment: `It may import ${below.join(', ') || 'no other layer'}.`,
  severity: 'error',
  from: { path: layerPath(layer) },
  to: {
    path: '^src/',
    pathNot: [layer, ...below].map(layerPath).concat(layer === 'client' ? TUPLE : []),
  },
}))

const roomRules = Object.entries(ROOMS).flatMap(([layer, rooms]) =>
  inOrder(rooms).map(([room, before]) => ({
    name: `room ${layer}/${room}`,
    comment: `Of its layer it may import ${before.join(', ') || 'no other room'}.`,
    severity: 'error',
    from: { path: roomPath(layer, room) },
    to: {
      path: layerPath(layer),
      pathNot: [room, ...before].map((other) => roomPath(layer, other)),
    },
  })),
)

export default {
  forbidden: [
    {
      name: 'circle of files',
      comment: 'Imports of types count too: who reads one file of a circle must read them all.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'circle of rooms',
      severity: 'error',
      scope: 'folder',
      from: {},
      to: { circular: true },
    },
    ...layerRules,
    {
      name: 'layer layers/tuple',
      comment: 'It may import native alone.',
      severity: 'error',
      from: { path: TUPLE },
      to: { path: '^src/', pathNot: [TUPLE, layerPath('native')] },
    },
    ...roomRules,
    {
      name: 'out of src',
      comment: 'What is published stands alone.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(bench|build|dist|scripts|test|workloads)/' },
    },
  ],
  options: { doNotFollow: { path: 'node_modules' }, tsPreCompilationDeps: true },
}
