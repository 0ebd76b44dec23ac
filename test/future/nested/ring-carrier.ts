import type { Ring } from '../../../src/future/ring/ring.ts'
import type { RingSizes } from '../../../src/future/ring/ring-memory.ts'
import type { Draw } from '../../differential/draw.ts'
import type { Carrier } from './carried-bed.ts'

/** Rings of few slots and entries, with areas that hardly hold a result: most of what completes overflows. */
export function drawSizes(draw: Draw): Partial<RingSizes> {
  return {
    slots: draw.integer(60, 400),
    entries: draw.pick([1, 2, 4, 16, 64]),
    dataBytes: draw.pick([64, 256, 1024, 4096, 65_536]),
    commandBytes: draw.pick([64, 256, 4096, 65_536]),
  }
}

/** `also` comes with each turn. */
export function carrierOf(ring: Ring, also: () => void = () => undefined): Carrier {
  return {
    flush: () => void ring.flush(),
    close: () => ring.close(),
    async turn() {
      also()
      await new Promise((resolve) => setImmediate(resolve))
    },
  }
}
