/** How full the ring is, in three steps: normal, throttled from 85 %, suspended from 95 %. */
import { channel } from 'node:diagnostics_channel'

/** How full a ring is: throttled from 85 %, suspended from 95 %. */
export type Pressure = 'normal' | 'throttled' | 'suspended'

export const THROTTLED_FROM = 0.85
export const SUSPENDED_FROM = 0.95

export interface PressureEvent {
  readonly from: Pressure
  readonly to: Pressure
  /** 0 to 1, and above while completions wait in the overflow list. */
  readonly utilization: number
  /** The name of the bridge; absent for the ring of a worker's completions. */
  readonly bridge?: string
  /** Which of the bridge's two ways. */
  readonly direction?: 'requests' | 'responses'
}

/** Which ring an event is about, when it is one of a bridge. */
export type PressureSource = Pick<PressureEvent, 'bridge' | 'direction'>

/** Every change of a ring's pressure, as a {@link PressureEvent}. */
export const pressureChannel = channel('fdbkit:pressure')

export function pressureOf(utilization: number): Pressure {
  if (utilization >= SUSPENDED_FROM) return 'suspended'
  return utilization >= THROTTLED_FROM ? 'throttled' : 'normal'
}

/** Keeps the step that a utilization is on, and tells of changes. */
export class PressureGauge {
  readonly #source: PressureSource | undefined
  #pressure: Pressure = 'normal'

  constructor(source?: PressureSource) {
    this.#source = source
  }

  get pressure(): Pressure {
    return this.#pressure
  }

  update(utilization: number): Pressure {
    const to = pressureOf(utilization)
    const from = this.#pressure
    if (to === from) return to
    this.#pressure = to
    if (pressureChannel.hasSubscribers) {
      const event: PressureEvent = { from, to, utilization, ...this.#source }
      pressureChannel.publish(event)
    }
    return to
  }
}
