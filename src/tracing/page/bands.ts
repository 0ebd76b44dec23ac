/** Faults of a simulation that last for a while: what is behind all lanes meanwhile. */
import type { Mark } from '../recording/trace.ts'

export interface Band {
  /** In milliseconds. */
  readonly begin: number
  readonly end: number
  /** As the script knows them: its place among {@link KINDS}. */
  readonly kind: number
  readonly text: string
}

const KINDS = ['recovery', 'clogged', 'paused'] as const

type Kind = (typeof KINDS)[number]

/** What an event tells by its name: its length in seconds, and whom it meets. */
interface Lasting {
  readonly kind: Kind
  readonly word?: string
  readonly seconds: string
  readonly whom: (field: (name: string) => string | undefined) => string | undefined
}

const ofClient = { seconds: 'Seconds', whom: clientOf }

/** Of the embedded simulator, then of fdbserver. */
const LASTING: ReadonlyMap<string, Lasting> = new Map<string, Lasting>([
  ['FdbkitRecovery', { kind: 'recovery', ...ofClient }],
  ['FdbkitClogged', { kind: 'clogged', ...ofClient }],
  ['FdbkitPaused', { kind: 'paused', ...ofClient }],
  ['FdbkitFrozen', { kind: 'paused', word: 'cluster frozen', ...ofClient }],
  ['FdbkitStalled', { kind: 'paused', word: 'no commits', ...ofClient }],
  [
    'CloggingPair',
    { kind: 'clogged', seconds: 'Seconds', whom: (field) => `${field('From')} to ${field('To')}` },
  ],
  ['ClogInterface', { kind: 'clogged', seconds: 'Delay', whom: (field) => field('IP') }],
  [
    'SimulatedMachineShutdown',
    { kind: 'paused', word: 'down', seconds: 'RebootTime', whom: (field) => field('MachineIPs') },
  ],
])

/** Of fdbserver: a recovery goes through states, from the first one to that in which commits are taken again. */
const RECOVERING = 'MasterRecoveryState'
const [FIRST_STATE, ACCEPTING_COMMITS] = ['0', '11']

/** @param marks in the order of their times. */
export function bandsOf(marks: readonly Mark[]): Band[] {
  const bands = [...marks.flatMap(lastingOf), ...recoveriesOf(marks)]
  return bands.sort((a, b) => a.begin - b.begin)
}

function lastingOf({ name, time, text }: Mark): Band[] {
  const lasting = LASTING.get(name)
  if (lasting === undefined) return []
  const field = (name: string): string | undefined => fieldOf(text, name)
  const seconds = Number(field(lasting.seconds) ?? NaN)
  const whom = lasting.whom(field)
  return seconds > 0 ? [bandOf(lasting, time, seconds, whom)] : []
}

/** One that begins again before it is over is one; one that is not over ends with the trace. */
function recoveriesOf(marks: readonly Mark[]): Band[] {
  const bands: Band[] = []
  let begin: number | undefined
  const end = (time: number): void => {
    if (begin !== undefined && time > begin) {
      bands.push(bandOf({ kind: 'recovery' }, begin, (time - begin) / 1000, undefined))
    }
    begin = undefined
  }
  for (const { name, time, text } of marks) {
    if (name !== RECOVERING) continue
    const state = fieldOf(text, 'StatusCode')
    if (state === FIRST_STATE) begin ??= time
    else if (state === ACCEPTING_COMMITS) end(time)
  }
  end(marks.at(-1)?.time ?? 0)
  return bands
}

function bandOf(
  { kind, word = kind }: Pick<Lasting, 'kind' | 'word'>,
  begin: number,
  seconds: number,
  whom: string | undefined,
): Band {
  const text = `${word}${whom === undefined ? '' : `, ${whom}`}, ${Number(seconds.toFixed(6))} s`
  return { begin, end: begin + seconds * 1000, kind: KINDS.indexOf(kind), text }
}

function clientOf(field: (name: string) => string | undefined): string | undefined {
  const client = field('Client')
  return client === undefined ? undefined : `client ${client}`
}

const fieldOf = (text: string, name: string): string | undefined =>
  new RegExp(`(?:^| )${name}=([^ ]*)`).exec(text)?.[1]
