// The parts that are mutated: which libraries have them, and what is run for each, the fastest first.

const programs = (folder, ...names) => names.map((name) => ({ program: `${folder}/${name}` }))
/** Linked with the engine's objects, not with its library. */
const unitPrograms = (...args) => programs(...args).map((each) => ({ ...each, isUnit: true }))
const files = (folder, ...names) => names.map((name) => ({ file: `test/${folder}/${name}` }))

export const parts = [
  {
    folder: 'engine/data',
    share: 4,
    libraries: ['engine'],
    checks: [
      ...unitPrograms('data', 'atomic_ops', 'small_parts', 'versioned_store', 'mapped_range'),
      ...unitPrograms(
        'data',
        'range_conflicts',
        'conflict_map',
        'block_tree',
        'ryw_view',
        'write_map',
      ),
      ...unitPrograms('fuzz', 'tuple'),
      ...programs('engine', 'watches', 'lifecycle', 'tenant_map', 'embedded', 'transactions'),
      ...programs('fuzz', 'engine'),
      ...programs('engine', 'serializability'),
      ...files('client', 'values.test.ts', 'ranges.test.ts', 'mapper.test.ts'),
      ...files('client', 'conflict-ranges.test.ts', 'special-keys.test.ts'),
    ],
  },
  {
    folder: 'ring',
    share: 3,
    libraries: ['ring'],
    checks: [
      ...programs('fuzz', 'ring'),
      ...programs('ring', 'stress'),
      ...files('future', 'hostile-rows.test.ts', 'fdb-future.test.ts', 'lone-call.test.ts'),
      ...files('future', 'ring.test.ts', 'nested-reads.test.ts'),
      ...files('client', 'values.test.ts', 'ranges.test.ts', 'mapper.test.ts'),
      ...files('client', 'tenants.test.ts', 'blob-granules.test.ts', 'many-reads.test.ts'),
      ...files('client', 'late-calls.test.ts', 'administration.test.ts'),
      ...files('future', 'worker.test.ts'),
      ...files('native', 'network.test.ts', 'library.test.ts', 'copies.test.ts'),
    ],
  },
  {
    folder: 'plugin',
    share: 3,
    libraries: ['plugin'],
    checks: [
      ...programs('fuzz', 'bridge'),
      ...files('simulation', 'broken.test.ts', 'bridge.test.ts'),
      ...files('simulation', 'machine.test.ts', 'failures.test.ts'),
      ...files('simulation', 'nested-reads.test.ts', 'surroundings.test.ts', 'host.test.ts'),
      ...files('simulation', 'signals.test.ts', 'runner.test.ts'),
      ...files('simulation/servers', 'cpp-servers.test.ts', 'older-servers.test.ts'),
    ],
  },
]
