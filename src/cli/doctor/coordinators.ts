import { connect } from 'node:net'
import type { Coordinator } from './cluster-file.ts'
import { ok, wrong } from './finding.ts'
import type { Finding } from './finding.ts'

const CHECK = 'coordinators'
/** What the system says of a host name that nobody knows. */
const UNKNOWN_HOST = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_NODATA', 'EAI_NONAME'])

/** Asks every coordinator for a connection. A majority of them must be up for the database to work. */
export async function checkCoordinators(
  coordinators: readonly Coordinator[],
  timeoutMs: number,
): Promise<Finding> {
  return judge(coordinators, await Promise.all(coordinators.map((each) => whyNot(each, timeoutMs))))
}

/** What there is to say, when each of these has this problem, or none. */
export function judge(
  coordinators: readonly Coordinator[],
  problems: readonly (string | undefined)[],
): Finding {
  const silent = coordinators.flatMap(({ text }, i) =>
    problems[i] === undefined ? [] : [`${text} (${problems[i]})`],
  )
  const reached = coordinators.length - silent.length
  const found = `${reached} of ${coordinators.length} accept connections`
  const data = { coordinators: coordinators.map(({ text }) => text), silent }
  if (silent.length === 0) return ok(CHECK, found, data)
  const needed = Math.floor(coordinators.length / 2) + 1
  const isUnknown = problems.every((problem) => problem === undefined || UNKNOWN_HOST.has(problem))
  const remedy =
    reached >= needed
      ? 'The database works without them until more are lost. Start them, or name others with `fdbcli --exec "coordinators auto"`'
      : isUnknown
        ? `The database needs ${needed} of them. Their host names are not known here: see that they are right, and that this machine's DNS knows them`
        : `The database needs ${needed} of them. Start the servers (fdbserver, systemctl status foundationdb) and see that no firewall is in the way`
  const advice = `${remedy}: ${silent.join(', ')}`
  return wrong(CHECK, found, advice, data)
}

/** Undefined when the address takes a connection. */
function whyNot({ host, port }: Coordinator, timeoutMs: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port })
    const settle = (problem: string | undefined): void => {
      socket.destroy()
      resolve(problem)
    }
    socket.setTimeout(timeoutMs, () => settle(`silent for ${timeoutMs / 1000} s`))
    socket.once('connect', () => settle(undefined))
    socket.once('error', (error: NodeJS.ErrnoException) => settle(error.code ?? error.message))
  })
}
