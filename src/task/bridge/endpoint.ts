/** What both sides of a bridge are: a producer of one ring, a consumer of the other, and how to wait for each. */
import { checkNumber } from '../../native/values/arguments.ts'
import { PENDING } from '../../future/wakers/waker.ts'
import { pressureChannel, PressureGauge, type Pressure } from '../../future/port/pressure.ts'
import type { Wait } from '../waits/wait.ts'
import { BridgeWait } from './bridge-wait.ts'
import { Doorbell } from './doorbell.ts'
import type { BridgeWay } from './errors.ts'
import { type Consumer, type Producer, checkMost } from './shared-ring.ts'

export class Endpoint<Out, In> {
  readonly producer: Producer<Out>
  readonly consumer: Consumer<In>
  readonly #room: Doorbell
  readonly #messages: Doorbell
  readonly #sent: PressureGauge
  readonly #received: PressureGauge

  /** @param ways whose pressure it tells: that of its producer, and that of its consumer. */
  constructor(producer: Producer<Out>, consumer: Consumer<In>, ways: readonly BridgeWay[] = []) {
    this.producer = producer
    this.consumer = consumer
    this.#sent = new PressureGauge(ways[0])
    this.#received = new PressureGauge(ways[1])
    this.#room = new Doorbell(() => producer.beginWait())
    this.#messages = new Doorbell(() => consumer.beginWait())
  }

  /** Sends now; false when there is no room. Whoever listens is told when that changes the pressure. */
  trySend(value: Out): boolean {
    const sent = this.producer.tryPush(value)
    if (pressureChannel.hasSubscribers) this.#sent.update(this.producer.utilization)
    return sent
  }

  send(value: Out): Wait<void> {
    return new BridgeWait(this.#room, () => (this.trySend(value) ? undefined : PENDING))
  }

  receive(): Wait<In> {
    return new BridgeWait(this.#messages, () => {
      const next = this.consumer.tryPop()
      return next === undefined ? PENDING : next.value
    })
  }

  receiveMany(max: number): Wait<In[]> {
    checkMost(max)
    return new BridgeWait(this.#messages, () => {
      const batch: In[] = []
      if (this.consumer.drainInto(batch, max) > 0) return batch
      this.consumer.assertMore()
      return PENDING
    })
  }

  /** Blocks the thread until there is a message. Undefined: the time is up. */
  receiveBlocking(milliseconds: number): { readonly value: In } | undefined {
    checkNumber('milliseconds', milliseconds)
    const { consumer } = this
    const attempt = (): { readonly value: In } | undefined => consumer.tryPop()
    return attempt() ?? Doorbell.block(() => consumer.beginWait(), milliseconds, attempt)
  }

  /** Blocks the thread until there is room. False: the time is up, nothing was sent. */
  sendBlocking(value: Out, milliseconds: number): boolean {
    checkNumber('milliseconds', milliseconds)
    const { producer } = this
    const attempt = (): true | undefined => this.trySend(value) || undefined
    const sent = attempt() ?? Doorbell.block(() => producer.beginWait(), milliseconds, attempt)
    return sent === true
  }

  get sentPressure(): Pressure {
    return this.#sent.update(this.producer.utilization)
  }

  get receivedPressure(): Pressure {
    return this.#received.update(this.consumer.utilization)
  }

  close(): void {
    this.producer.close()
    this.consumer.close()
  }
}
