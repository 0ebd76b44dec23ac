/** What a client is to connect to, as far as it can be known before it does. */
import { existsSync, readFileSync } from 'node:fs'

/** As `open` is told; neither: the cluster file where the client library looks for one. */
export interface Connection {
  readonly clusterFile?: string
  readonly connectionString?: string
}

const SYSTEM_FILES = ['/etc/foundationdb/fdb.cluster', '/usr/local/etc/foundationdb/fdb.cluster']

/** An address ends with `:tls`. False for what can't be read: the client library says so. */
export function speaksTls(
  { clusterFile, connectionString }: Connection,
  environment: NodeJS.ProcessEnv,
): boolean {
  return /:tls\b/.test(connectionString ?? textOf(clusterFile ?? usualFile(environment)))
}

function usualFile(environment: NodeJS.ProcessEnv): string | undefined {
  const named = environment['FDB_CLUSTER_FILE'] ?? ''
  return named !== '' ? named : ['fdb.cluster', ...SYSTEM_FILES].find((path) => existsSync(path))
}

function textOf(path: string | undefined): string {
  try {
    return path === undefined ? '' : readFileSync(path, 'utf8')
  } catch (_unreadable) {
    return ''
  }
}
