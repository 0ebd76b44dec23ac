/** A finding of the oracle for people: what is wrong, and the two transactions that disagree. */
import type { TraceEvent } from './trace-events.ts'

export function printFinding(event: TraceEvent): string {
  const hazard = event['Type'] === 'FdbkitOracleHazard' ? 'may be meant: ' : ''
  const lines = [`${hazard}${event['What'] ?? ''}`]
  const add = (name: string, text: string | undefined, place?: string): void => {
    if (text === undefined) return
    const at = place === undefined || place === '' ? '' : `\n    at ${place}`
    lines.push(`  ${name} ${text}${at}`)
  }
  add('transaction', event['Transaction'], event['Place'])
  add('read:', event['Read'], event['ReadPlace'])
  add('it gave', event['Gave'])
  add('it should be', event['Expected'])
  add('the other is transaction', event['OtherTransaction'], event['OtherPlace'])
  return lines.join('\n')
}
