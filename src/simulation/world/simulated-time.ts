/** Every clock of the workload process shows simulated time. */
import type { SimulatedClock } from '../bridge/simulated-clock.ts'

/** Where the simulation's calendar begins: 2020-01-01. Simulated time counts from zero. */
const EPOCH = 1_577_836_800_000

export function installSimulatedTime(clock: SimulatedClock): void {
  const now = (): number => EPOCH + Math.floor(clock.milliseconds)
  installDate(now)
  installDateFormats(now)
  installClocks(clock)
}

function installDate(now: () => number): void {
  const Real = Date
  const Simulated = function (this: unknown, ...args: unknown[]): unknown {
    if (new.target === undefined) return new Real(now()).toString()
    return Reflect.construct(Real, args.length === 0 ? [now()] : args, new.target)
  }
  Object.defineProperties(Simulated, {
    name: { value: 'Date', configurable: true },
    length: { value: 7, configurable: true },
    prototype: { value: Real.prototype },
    now: { value: now, writable: true, configurable: true },
    parse: { value: Real.parse.bind(Real), writable: true, configurable: true },
    UTC: { value: Real.UTC.bind(Real), writable: true, configurable: true },
  })
  const visible = { value: Simulated, writable: true, configurable: true }
  Object.defineProperty(Real.prototype, 'constructor', visible)
  Object.defineProperty(globalThis, 'Date', visible)
}

/** A format without a date takes the machine's. */
function installDateFormats(now: () => number): void {
  const { prototype } = Intl.DateTimeFormat
  const { get: format } = realOf(prototype, 'format') as { get: FormatGetter }
  const formatToParts = realOf(prototype, 'formatToParts').value as ToParts
  Object.defineProperty(prototype, 'format', {
    configurable: true,
    get(this: Intl.DateTimeFormat) {
      const formatOne = format.call(this)
      return (date: Date | number = now()) => formatOne(date)
    },
  })
  prototype.formatToParts = function (date: Date | number = now()) {
    return formatToParts.call(this, date)
  }
}

type FormatGetter = (this: Intl.DateTimeFormat) => (date: Date | number) => string
type ToParts = (this: Intl.DateTimeFormat, date: Date | number) => Intl.DateTimeFormatPart[]

function realOf(object: object, name: string): PropertyDescriptor {
  return Object.getOwnPropertyDescriptor(object, name) as PropertyDescriptor
}

function installClocks(clock: SimulatedClock): void {
  const nanoseconds = (): bigint => BigInt(Math.round(clock.milliseconds * 1e6))
  const hrtime = (before?: [number, number]): [number, number] => {
    const time = nanoseconds() - (before ? BigInt(before[0]) * 10n ** 9n + BigInt(before[1]) : 0n)
    return [Number(time / 10n ** 9n), Number(time % 10n ** 9n)]
  }
  const milliseconds = (): number => clock.milliseconds
  process.hrtime = Object.assign(hrtime, { bigint: nanoseconds })
  for (const [name, value] of [
    ['now', milliseconds],
    ['timeOrigin', EPOCH],
  ] as const) {
    Object.defineProperty(performance, name, { value, configurable: true, writable: true })
  }
}
