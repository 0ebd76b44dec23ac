import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  describeSimulation,
  onEachSimulator,
  simulate as simulateInFdbserver,
  simulateEmbedded,
  type Simulation,
} from './simulate.ts'

/** How a workload breaks, and what the trace must say. */
const CASES: readonly (Partial<Simulation> & { workload: string; says: RegExp })[] = [
  { workload: 'throws', says: /FdbkitWorkloadFailure.*thrown on purpose.*failures\.ts:\d+/ },
  { workload: 'denies', says: /FdbkitWorkloadFailure.*check gave false: only true passes/ },
  { workload: 'forgets', says: /check gave undefined: only true passes/ },
  { workload: 'promisesNothing', says: /check gave undefined: only true passes/ },
  { workload: 'miscounts', says: /check gave NaN: only true passes/ },
  { workload: 'counts', says: /check gave 1: only true passes/ },
  { workload: 'tells', says: /check gave 'true': only true passes/ },
  { workload: 'shows', says: /check gave an object: only true passes/ },
  { workload: 'boxes', says: /check gave a Boolean: only true passes/ },
  { workload: 'refusesSetup', says: /setup gave false/ },
  { workload: 'refusesStart', says: /start gave false/ },
  { workload: 'rejects', says: /FdbkitFailure.*nobody looks.*failures\.ts:\d+/ },
  { workload: 'ticks', says: /FdbkitFailure.*in a tick.*failures\.ts:\d+/ },
  { workload: 'real', says: /ZLIB can't be simulated.*failures\.ts:\d+/ },
  { workload: 'complains', says: /Complaint.*About=something/ },
  { workload: 'crashes', says: /FdbkitFailure.*ended by signal 6/ },
  {
    workload: 'hangs',
    environment: { FDBKIT_SIM_STEP_LIMIT: '2' },
    says: /FdbkitFailure.*longer than 2 real seconds/,
  },
  { workload: 'nothing', says: /there is no workload "nothing".*it exports.*throws/ },
  {
    workload: 'mistyped',
    options: ["  count = 'many'"],
    says: /option count of the workload is a number/,
  },
  {
    workload: 'default',
    module: join(import.meta.dirname, 'fixtures', 'missing.ts'),
    says: /FdbkitFailure.*missing\.ts/,
  },
]

onEachSimulator('a workload that breaks', (simulate) => {
  it.concurrent.each(CASES)('$workload fails the test and says why', async (broken) => {
    const { says, ...simulation } = broken
    const result = await simulate({ module: 'failures.ts', ...simulation })
    expect(result.passed).toBe(false)
    expect(result.errors.join('\n')).toMatch(says)
    // It fails; it does not hang until the simulator gives up.
    expect(result.unseed).not.toBe('')
  })

  it.each(['content', 'unchecked', 'namesakes'])(
    'passes when nothing says otherwise: %s',
    async (workload) => {
      const result = await simulate({ module: 'failures.ts', workload })
      expect(result.errors).toEqual([])
      expect(result.passed).toBe(true)
    },
  )

  it('fails when a phase never ends, and says which', async () => {
    const result = await simulate({
      module: 'failures.ts',
      workload: 'stuck',
      settings: ['timeout = 200'],
    })
    expect(result.passed).toBe(false)
    expect(result.errors.join('\n')).toMatch(/TestFailure.*timed out/)
    expect(result.events.join('\n')).toMatch(/FdbkitWorkloadUnfinished.*start has not ended/)
  })

  it('fails when an option is never read', async () => {
    const result = await simulate({
      module: join(import.meta.dirname, '../../workloads/noop.ts'),
      options: ['  unheard = 5'],
    })
    expect(result.passed).toBe(false)
    expect(result.errors.join('\n')).toMatch(/unheard/)
  })
})

describe("a module that can't be loaded", () => {
  it.each([
    [
      'imports-nothing.ts',
      /there is no module .*not-there\.ts, which .*imports-nothing\.ts imports/,
    ],
    ['has-enum.ts', /SyntaxError: .*has-enum\.ts:\d+: .*enum/],
  ])('%s fails the test and says why', async (module, says) => {
    const result = await simulateEmbedded({ module })
    expect(result.passed).toBe(false)
    expect(result.errors.join('\n')).toMatch(says)
  })
})

/** Types of asynchronous work, and what to use instead. */
const REFUSED = {
  socket: /TCP\w*WRAP can't be simulated.*through db only.*failures\.ts:\d+/,
  lookUp: /GETADDRINFOREQWRAP can't be simulated.*through db only.*failures\.ts:\d+/,
  file: /FSREQ\w+ can't be simulated.*at the top of the module/,
  pool: /PBKDF2REQUEST can't be simulated.*pbkdf2Sync.*failures\.ts:\d+/,
  worker: /(WORKER|MESSAGEPORT) can't be simulated.*failures\.ts:\d+/,
  port: /MESSAGEPORT can't be simulated.*channel of the task layer.*failures\.ts:\d+/,
  subtle: /HASHREQUEST can't be simulated.*synchronous.*/,
}

describe('what is asynchronous in the machine', () => {
  it.concurrent.each(Object.entries(REFUSED))(
    '%s is refused, with its place and what to use',
    async (workload, says) => {
      const result = await simulateEmbedded({ module: 'failures.ts', workload })
      expect(result.passed).toBe(false)
      expect(result.errors.join('\n')).toMatch(says)
    },
  )
})

describeSimulation('a client library that is missing', () => {
  it('fails the test and says why', async () => {
    const environment = { FDBKIT_SIM_LIBRARY: '/nowhere/libfdb_c.so' }
    const result = await simulateInFdbserver({
      module: 'failures.ts',
      workload: 'denies',
      environment,
    })
    expect(result.passed).toBe(false)
    expect(result.errors.join('\n')).toMatch(/FdbkitFailure.*libfdb_c/)
  })
})
