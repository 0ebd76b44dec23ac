/** What several commands take, checked before anything is done. */
import { InvalidArgumentError } from 'commander'
import { checkClusterFile } from '../doctor/cluster-file.ts'
import { UsageError } from '../ground/errors.ts'

const MOST_SECONDS = 3600

/** A number of seconds, as an option. */
export function seconds(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value) || value <= 0 || value > MOST_SECONDS) {
    throw new InvalidArgumentError(`It must be a number of seconds, at most ${MOST_SECONDS}.`)
  }
  return value
}

/** At least one: zero would mean no limit. */
export const toMilliseconds = (value: number): number => Math.max(1, Math.round(value * 1000))

export function positiveInteger(text: string): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < 1) {
    throw new InvalidArgumentError('It must be a whole number from 1.')
  }
  return value
}

export function nonEmpty(text: string): string {
  if (text === '') throw new InvalidArgumentError('It must not be empty.')
  return text
}

/**
 * The cluster file to open: the one that is named, or the first of those where the client looks.
 *
 * @throws UsageError when there is none, or when it holds no connection string.
 */
export function clusterFileOf(named: string | undefined): string {
  const { path, finding } = checkClusterFile(named)
  if (path !== undefined) return path
  throw new UsageError(`cluster file: ${finding.found}. ${finding.advice ?? ''}`.trim())
}
