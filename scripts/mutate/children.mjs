// Programs with limits: of time, and of the memory that each process may have. Each has a group of its own, which ends
// with it, and all end with this process.
import { spawn } from 'node:child_process'

const groups = new Set()

function end(group) {
  try {
    process.kill(-group, 'SIGKILL')
  } catch (error) {
    if (error.code !== 'ESRCH') throw error
  }
}

process.once('exit', () => [...groups].forEach(end))
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
]) {
  process.once(signal, () => process.exit(code))
}

/** What a process may have, in KiB. Data and not addresses: Node and WebAssembly reserve many that they never use. */
const MEMORY = 4 << 20
const MOST_OUTPUT = 1 << 20

/** Resolves to {code, output}; code is `timeout` when the time was over, else the signal or the status. */
export function run(command, args, { cwd, env, seconds }) {
  return new Promise((resolve, reject) => {
    const limited = ['-c', `ulimit -d ${MEMORY}; ulimit -c 0; exec "$0" "$@"`, command, ...args]
    const child = spawn('sh', limited, {
      cwd,
      env: { ...process.env, ...env },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    child.on('error', reject)
    if (child.pid === undefined) return
    groups.add(child.pid)
    let output = ''
    let late = false
    const keep = (chunk) => (output = (output + chunk).slice(-MOST_OUTPUT))
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    const timer = setTimeout(() => {
      late = true
      end(child.pid)
    }, seconds * 1000)
    // Grandchildren may hold the pipes: they end with the first one.
    child.on('exit', () => end(child.pid))
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      groups.delete(child.pid)
      resolve({ code: late ? 'timeout' : (signal ?? code), output })
    })
  })
}
