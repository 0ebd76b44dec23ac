/** Does nothing but tell that it was here: what a simulation costs by itself. */
import { defineWorkload } from 'fdbkit/simulation'

export default defineWorkload({
  start(_db, ctx) {
    ctx.trace('info', 'NoopStarted', { Client: ctx.clientId, Clients: ctx.clientCount })
  },
})
