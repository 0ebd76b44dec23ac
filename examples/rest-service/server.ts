/** Starts the service on a cluster: `FDB_CLUSTER_FILE`, or the engine with `FDBKIT_ENGINE=embedded`. */
import { open } from 'fdbkit'
import { buildService } from './service.ts'

const db = open()
const service = buildService(db, { logger: true })
service.addHook('onClose', async () => db.close())
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void service.close())
await service.listen({ port: Number(process.env['PORT'] ?? 3000) })
