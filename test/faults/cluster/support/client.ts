/** A client of a test, in a process of its own: the network of a process is set up once. */
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Records } from '../../load/recorder.ts'
import { HANG_LIMIT } from '../../../support/hang-limit.ts'
import type { ClientSetup, Message, Request, SentLedger, Weight } from './protocol.ts'

/** What `see` calls a call that was done. */
export const DONE = 0
export const TIMED_OUT = 1031

const program = join(import.meta.dirname, 'client-process.ts')
const register = join(import.meta.dirname, '../../../support/typescript/register.mjs')
const TIMEOUT = 2000
let started = 0

export class Client {
  readonly #process: ChildProcess
  readonly #counts = new Map<number, number>()
  readonly #answers = new Map<Request, unknown>()
  readonly #hearers = new Set<() => void>()
  #failure: Error | undefined

  /** It ends with the test, at the latest. */
  constructor(setup: Pick<ClientSetup, 'clusterFile'> & Partial<ClientSetup>) {
    const number = ++started
    const all: ClientSetup = { name: `client${number}`, seed: number, timeout: TIMEOUT, ...setup }
    this.#process = fork(program, [JSON.stringify(all)], {
      execArgv: ['--expose-gc', '--import', register],
      env: { ...process.env, FDBKIT_ENGINE: '' },
    })
    this.#process.on('message', (message: Message) => this.#hear(message))
    this.#process.on('exit', (code, signal) => this.#fail(`its process ended: ${code ?? signal}`))
    onTestFinished(() => void this.#process.kill('SIGKILL'))
  }

  #hear(message: Message): void {
    if (message.type === 'failed') return this.#fail(message.why)
    if (message.type === 'answer') this.#answers.set(message.of, message.value)
    else this.#counts.set(message.code, this.count(message.code) + 1)
    for (const hearer of this.#hearers) hearer()
  }

  #fail(why: string): void {
    this.#failure ??= new Error(`the client: ${why}`)
    for (const hearer of this.#hearers) hearer()
  }

  /** How many calls have ended with the code so far. */
  count(code: number): number {
    return this.#counts.get(code) ?? 0
  }

  /** All codes, for people. */
  get counts(): Readonly<Record<number, number>> {
    return Object.fromEntries(this.#counts)
  }

  /** Waits until so many more calls have ended with the code. */
  async see(code: number, more = 20): Promise<void> {
    const due = this.count(code) + more
    await this.#until(() => this.count(code) >= due, `${more} calls that end with ${code}`)
  }

  async populate(): Promise<void> {
    await this.#ask('populate')
  }

  async load(): Promise<void> {
    await this.#ask('load')
  }

  /** Ends the load; all of its calls have settled then. */
  async stop(): Promise<Records> {
    return (await this.#ask('stop')) as Records
  }

  async audit(): Promise<SentLedger> {
    return (await this.#ask('audit')) as SentLedger
  }

  async weigh(): Promise<Weight> {
    return (await this.#ask('weigh')) as Weight
  }

  /** Closes the database, whatever is under way, and gives what the process ended with. */
  async end(): Promise<number | string | null> {
    const ended = once(this.#process, 'exit', { signal: AbortSignal.timeout(HANG_LIMIT / 2) })
    this.#process.send('end' satisfies Request)
    const [code, signal] = (await ended) as [number | null, string | null]
    return code ?? signal
  }

  async #ask(request: Request): Promise<unknown> {
    this.#answers.delete(request)
    this.#process.send(request)
    await this.#until(() => this.#answers.has(request), `an answer to ${request}`)
    return this.#answers.get(request)
  }

  async #until(isSo: () => boolean, what: string): Promise<void> {
    let hearer = (): void => undefined
    let timer: NodeJS.Timeout | undefined
    try {
      await new Promise<void>((resolve, reject) => {
        hearer = () => {
          if (this.#failure !== undefined) reject(this.#failure)
          else if (isSo()) resolve()
        }
        const seen = (): string => `${what}; seen: ${JSON.stringify(this.counts)}`
        timer = setTimeout(() => reject(new Error(`waited in vain for ${seen()}`)), HANG_LIMIT / 2)
        this.#hearers.add(hearer)
        hearer()
      })
    } finally {
      clearTimeout(timer)
      this.#hearers.delete(hearer)
    }
  }
}
