import { connect } from 'node:net'
import type { Coordinator } from './cluster-file.ts'
import { ok, wrong } from './finding.ts'
import type { Finding } from './finding.ts'

const CHECK = 'coordinators'

/** Asks every coordinator for a connection. A majority of them must be up for the database to work. */
export async function checkCoordinators(
  coordinators: readonly Coordinator[],
  timeoutMs: number,
): Promise<Finding> {
  const problems = await Promise.all(coordinators.map((each) => whyNot(each, timeoutMs)))
  const silent = coordinators.flatMap(({ text }, i) =>
    problems[i] === undefined ? [] : [`${text} (${problems[i]})`],
  )
  const reached = coordinators.length - silent.length
  const found = `${reached} of ${coordinators.length} accept connections`
  const data = { coordinators: coordinators.map(({ text }) => text), silent }
  if (silent.length === 0) return ok(CHECK, found, data)
  const needed = Math.floor(coordinators.length / 2) + 1
  const advice =
    (reached < needed
      ? `The database needs ${needed} of them. Start the servers (fdbserver, systemctl status foundationdb) and see that no firewall is in the way`
      : 'The database works without them until more are lost. Start them, or name others with `fdbcli --exec "coordinators auto"`') +
    ': ' +
    silent.join(', ')
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
