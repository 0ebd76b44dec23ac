/** What the commands of simulations take, checked before anything is done. */
import { InvalidArgumentError } from 'commander'
import { parseTraceEvents } from '../../simulation/process/settings.ts'
import { HIGHEST_SEED } from '../sim/seeds/highest-seed.ts'
import { parseSmallProgram, type SmallProgram } from '../sim/shrink/small-program.ts'

export function integer(text: string): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && value <= HIGHEST_SEED) return value
  throw new InvalidArgumentError(`It must be a whole number from 0 to ${HIGHEST_SEED}.`)
}

function upTo(highest: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (/^\d+$/.test(text) && value > 0 && value <= highest) return value
    throw new InvalidArgumentError(`It must be a whole number from 1 to ${highest}.`)
  }
}

export const jobs = upTo(256)
/** A week: a timer of Node holds less than four. */
export const timeout = upTo(7 * 24 * 3600)

export function range(text: string): { first: number; last?: number } {
  const parts = /^(\d+)\.\.(\d*)$/.exec(text)
  if (parts === null) throw new InvalidArgumentError('It must be two seeds, as 1..100.')
  const first = integer(parts[1] as string)
  if (parts[2] === '') return { first }
  const last = integer(parts[2] as string)
  if (last >= first) return { first, last }
  throw new InvalidArgumentError('The first seed must not be above the last.')
}

const UNITS: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600 }

/** Seconds; a number alone is some already. */
export function duration(text: string): number {
  const [, number = '', unit = ''] = /^(\d+)([smh]?)$/.exec(text) ?? []
  if (number !== '') return timeout(String(Number(number) * (UNITS[unit] as number)))
  throw new InvalidArgumentError('It must be a time, as 90s, 10m or 2h.')
}

export function names(text: string): readonly string[] {
  const all = text.split(',')
  if (all.every((name) => /^\w+$/.test(name))) return all
  throw new InvalidArgumentError('It must be names with commas between them.')
}

/** 0: any port that is free. */
export function port(text: string): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && value < 65536) return value
  throw new InvalidArgumentError('It must be a port, from 0 to 65535.')
}

export function traceEvents(text: string): readonly string[] {
  try {
    return parseTraceEvents(text)
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message)
  }
}

export function program(text: string): SmallProgram {
  try {
    return parseSmallProgram(text)
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message)
  }
}

export function onOff(text: string): boolean {
  if (text === 'on' || text === 'off') return text === 'on'
  throw new InvalidArgumentError('It must be on or off.')
}

export function exportName(text: string): string {
  if (/^[A-Za-z_$][\w$]*$/.test(text)) return text
  throw new InvalidArgumentError('It must be the name of an export.')
}
