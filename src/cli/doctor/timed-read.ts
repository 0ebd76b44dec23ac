import { performance } from 'node:perf_hooks'
import { Database, FDBError, root } from '../../index.ts'
import type { DatabaseContext } from '../../client/connection/database-context.ts'
import { messageOf } from '../ground/errors.ts'
import { ok, wrong } from './finding.ts'
import type { Finding } from './finding.ts'

const CHECK = 'read'
const TIMED_OUT = 1031
/** The first digits of the protocol say which release it is. */
const RELEASE_DIGITS = 10
const PROTOCOL_DIGITS = 16
/** The others are flags of the connection. */
const PROTOCOL_BITS = 0x0fff_ffff_ffff_ffffn

/** What there is to say about a read that gets no answer. */
export interface ReadSettings {
  readonly timeoutMs: number
  /** Protocol of the client library, in hexadecimal. */
  readonly protocol: string
  /** For the advice. */
  readonly clusterFile: string | undefined
  /** A coordinator's address asks for TLS. */
  readonly tls: boolean
}

/** Reads one key, twice: the first read also connects. */
export async function checkRead(
  context: DatabaseContext,
  settings: ReadSettings,
): Promise<Finding> {
  const db = new Database(context, root)
  try {
    const first = await timedRead(db, settings.timeoutMs)
    const second = await timedRead(db, settings.timeoutMs)
    const found = `${second.toFixed(1)} ms; the first, with the connection, ${first.toFixed(1)} ms`
    return ok(CHECK, found, { firstMs: first, secondMs: second })
  } catch (error) {
    if (!(error instanceof FDBError)) throw error
    if (error.code !== TIMED_OUT) {
      return wrong(
        CHECK,
        messageOf(error),
        '`fdbcli --exec status` shows the state of the cluster.',
        { code: error.code },
      )
    }
    return silence(await serverProtocol(context), settings)
  }
}

async function timedRead(db: Database, timeoutMs: number): Promise<number> {
  const start = performance.now()
  await db.doTransaction(async (tn) => tn.snapshot().get('fdbkit doctor'), { timeout: timeoutMs })
  return performance.now() - start
}

/** What the coordinators speak, if they say it without being waited for long. */
async function serverProtocol(context: DatabaseContext): Promise<string | undefined> {
  const answer = context.handle.getServerProtocol()
  const timer = setTimeout(() => answer.cancel(), 1000)
  try {
    return ((await answer) & PROTOCOL_BITS).toString(16)
  } catch (error) {
    if (error instanceof FDBError) return undefined
    throw error
  } finally {
    clearTimeout(timer)
  }
}

/** Why there may be no answer; `server` is the protocol of the coordinators, if they told it. */
export function silence(server: string | undefined, settings: ReadSettings): Finding {
  const { timeoutMs, protocol } = settings
  const found = `no answer within ${timeoutMs / 1000} s`
  const data = { timeoutMs, ...(server === undefined ? {} : { serverProtocol: server }) }
  const releaseOf = (digits: string): string =>
    digits.padStart(PROTOCOL_DIGITS, '0').slice(0, RELEASE_DIGITS)
  if (server !== undefined && releaseOf(server) !== releaseOf(protocol)) {
    const advice = `The servers speak protocol ${server} and the client library ${protocol}: install the client library of the servers' release.`
    return wrong(CHECK, found, advice, data)
  }
  const advice = server === undefined ? noServer(settings) : noDatabase(settings)
  return wrong(CHECK, found, `${advice} (--timeout waits longer)`, data)
}

/** Something took the connection, or nothing did, and no server spoke. */
function noServer({ tls }: ReadSettings): string {
  const encryption = tls
    ? 'The cluster file asks for TLS (:tls): this process needs the certificates too, in FDB_TLS_CERTIFICATE_FILE, FDB_TLS_KEY_FILE and FDB_TLS_CA_FILE'
    : 'If the servers use TLS, each address ends in :tls'
  return `No coordinator answers as a FoundationDB server: see that the servers run and that the cluster file is theirs. ${encryption}.`
}

/** The servers run, and give no database. */
function noDatabase({ clusterFile }: ReadSettings): string {
  const status = clusterFile === undefined ? 'fdbcli' : `fdbcli -C ${clusterFile}`
  return (
    'The coordinators answer, and the database does not. See first that the part before the @ is the same in the ' +
    `servers' cluster file: with another one they give no database. Then \`${status} --exec status\` says what is wrong with it. ` +
    `Servers that never had a database get a new one by \`${status} --exec "configure new single memory"\`.`
  )
}
