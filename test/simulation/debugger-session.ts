/** Speaks to Node's inspector, as a debugger does. */
import { WebSocket } from 'ws'

interface Message {
  readonly id?: number
  readonly method?: string
  readonly params?: Record<string, unknown>
  readonly result?: Record<string, unknown>
  readonly error?: { readonly message: string }
}

interface ParsedScript {
  readonly scriptId: string
  readonly url: string
  readonly executionContextId: number
}

export interface Paused {
  readonly callFrames: readonly {
    readonly callFrameId: string
    readonly location: { readonly scriptId: string }
  }[]
}

export class DebuggerSession {
  readonly #socket: WebSocket
  readonly #answers = new Map<number, (message: Message) => void>()
  readonly #pauses: Paused[] = []
  #pauseWanted: ((paused: Paused) => void) | undefined
  #resumeWanted: (() => void) | undefined
  /** Rejects when the program has gone: then nobody answers any more. */
  readonly #gone: Promise<never>
  readonly #scripts = new Map<string, string>()
  /** The execution contexts that a script was parsed in. */
  readonly #contexts = new Map<string, Set<number>>()
  #next = 1

  private constructor(socket: WebSocket) {
    this.#socket = socket
    socket.on('message', (data: Buffer) => this.#take(JSON.parse(data.toString()) as Message))
    this.#gone = new Promise((_resolve, reject) => {
      socket.on('close', (code) => reject(new Error(`the debugger's connection ended: ${code}`)))
    })
    this.#gone.catch(() => undefined)
  }

  static connect(url: string): Promise<DebuggerSession> {
    const socket = new WebSocket(url)
    const session = new DebuggerSession(socket)
    return new Promise((resolve, reject) => {
      socket.on('open', () => resolve(session))
      socket.on('error', reject)
    })
  }

  async send(method: string, params: object = {}): Promise<Record<string, unknown>> {
    const id = this.#next++
    const answer = new Promise<Message>((resolve) => this.#answers.set(id, resolve))
    this.#socket.send(JSON.stringify({ id, method, params }))
    const { result, error } = await this.#unlessGone(answer)
    if (error !== undefined) throw new Error(`${method}: ${error.message}`)
    return result ?? {}
  }

  /** The next pause that nobody has taken yet. */
  paused(): Promise<Paused> {
    const before = this.#pauses.shift()
    if (before !== undefined) return Promise.resolve(before)
    return this.#unlessGone(new Promise<Paused>((resolve) => (this.#pauseWanted = resolve)))
  }

  /**
   * Pauses a program that runs. V8 forgets the wish when it meets no code that it may stop in just then, so it is said
   * again until the program stands.
   */
  async pause(): Promise<Paused> {
    const paused = this.paused()
    let stands = false
    paused.then(
      () => (stands = true),
      () => (stands = true),
    )
    do {
      await this.send('Debugger.pause')
      await new Promise((resolve) => setImmediate(resolve))
    } while (!stands)
    return paused
  }

  /** Lets the program go on to its end, which may come before its answer: what is left of a wish to pause stops it no more. */
  async goOn(): Promise<void> {
    await this.send('Debugger.setSkipAllPauses', { skip: true })
    await this.resume().catch(() => undefined)
  }

  /** Lets the program go on, and waits until it does: a pause asked for before would be ignored. */
  async resume(): Promise<void> {
    const resumed = new Promise<void>((resolve) => (this.#resumeWanted = resolve))
    await this.send('Debugger.resume')
    await this.#unlessGone(resumed)
  }

  /** The script that the program stands in. */
  scriptOf(paused: Paused): string | undefined {
    return this.#scripts.get(paused.callFrames[0]?.location.scriptId ?? '')
  }

  /** What an expression gives where the program stands. */
  async evaluate(paused: Paused, expression: string): Promise<unknown> {
    const callFrameId = paused.callFrames[0]?.callFrameId
    const { result } = await this.send('Debugger.evaluateOnCallFrame', {
      callFrameId,
      expression,
      returnByValue: true,
    })
    return (result as { value?: unknown }).value
  }

  /**
   * What an expression gives in each realm that the script belongs to, wherever the program stands: that may be in code of
   * the package, whose global object is another one.
   */
  async evaluateBeside(script: RegExp, expression: string): Promise<unknown[]> {
    const found = [...this.#contexts].filter(([url]) => script.test(url))
    const values: unknown[] = []
    for (const contextId of new Set(found.flatMap(([, ids]) => [...ids]))) {
      const asked = { expression, contextId, returnByValue: true }
      const { result } = await this.send('Runtime.evaluate', asked)
      values.push((result as { value?: unknown }).value)
    }
    return values
  }

  close(): void {
    this.#socket.close()
  }

  #unlessGone<T>(wait: Promise<T>): Promise<T> {
    return Promise.race([wait, this.#gone])
  }

  #take(message: Message): void {
    if (message.id !== undefined) {
      this.#answers.get(message.id)?.(message)
      this.#answers.delete(message.id)
    } else if (message.method === 'Debugger.paused') {
      const paused = message.params as unknown as Paused
      if (this.#pauseWanted === undefined) this.#pauses.push(paused)
      else this.#pauseWanted(paused)
      this.#pauseWanted = undefined
    } else if (message.method === 'Debugger.resumed') {
      this.#resumeWanted?.()
    } else if (message.method === 'Debugger.scriptParsed') {
      const { scriptId, url, executionContextId } = message.params as unknown as ParsedScript
      this.#scripts.set(scriptId, url)
      this.#contexts.set(url, (this.#contexts.get(url) ?? new Set()).add(executionContextId))
    }
  }
}
