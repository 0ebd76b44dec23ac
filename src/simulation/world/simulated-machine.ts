/** What a workload sees of the machine and of its process: the same everywhere. */
import { createRequire } from 'node:module'
import { NotSimulatedError } from './not-simulated.ts'
import type { SimulatedClock } from '../bridge/simulated-clock.ts'

const require = createRequire(import.meta.url)

const GIGABYTE = 2 ** 30
const CPU = {
  model: 'simulated',
  speed: 1000,
  times: { user: 0, nice: 0, sys: 0, idle: 0, irq: 0 },
}

/** Settings of the machine's user are no part of a simulation: the options of the test file are. */
export function installSimulatedMachine(clock: SimulatedClock): void {
  const uptime = (): number => clock.milliseconds / 1000
  fix(process, {
    pid: 1,
    ppid: 0,
    title: 'workload',
    argv: ['node', 'workload'],
    execArgv: [],
    execPath: 'node',
    env: { TZ: 'UTC' },
    cwd: () => '/',
    umask: () => 0o22,
    getuid: () => 0,
    geteuid: () => 0,
    getgid: () => 0,
    getegid: () => 0,
    getgroups: () => [0],
    uptime,
    exit: () => {
      throw new NotSimulatedError('process.exit', 'throw an error instead, or give false')
    },
  })
  fix(require('node:os') as object, {
    availableParallelism: () => 1,
    cpus: () => [CPU],
    freemem: () => GIGABYTE,
    totalmem: () => GIGABYTE,
    getPriority: () => 0,
    homedir: () => '/',
    hostname: () => 'simulated',
    loadavg: () => [0, 0, 0],
    machine: () => 'simulated',
    networkInterfaces: () => ({}),
    release: () => '0',
    tmpdir: () => '/tmp',
    uptime,
    userInfo: () => ({ uid: 0, gid: 0, username: 'simulated', homedir: '/', shell: null }),
    version: () => 'simulated',
  })
}

function fix(object: object, values: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(values)) {
    Object.defineProperty(object, name, {
      value,
      configurable: true,
      writable: true,
      enumerable: true,
    })
  }
}
