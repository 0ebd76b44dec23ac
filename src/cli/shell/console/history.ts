/** The lines that were typed, kept in a file between sessions. */
import { appendFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'

/** More lines than this are not kept. */
export const HISTORY_LINES = 1000
/** A line above this is not kept: it holds data, and the file is read whole. */
const MAX_LINE = 10_000

/**
 * Where the lines are kept: the file that `FDBKIT_HISTORY` names, nowhere when that is empty, and otherwise
 * `fdbkit/shell-history` in `XDG_STATE_HOME`, which is `~/.local/state` unless set.
 */
export function historyFile(env: NodeJS.ProcessEnv): string | undefined {
  const named = env['FDBKIT_HISTORY']
  if (named !== undefined) return named === '' ? undefined : named
  const state = env['XDG_STATE_HOME']
  const base = state?.startsWith('/') === true ? state : join(homedir(), '.local', 'state')
  return join(base, 'fdbkit', 'shell-history')
}

/**
 * The history of one file. Sessions that run at one time each add their lines at its end. Only this user may read it.
 */
export class History {
  readonly #path: string

  constructor(path: string) {
    this.#path = path
  }

  /**
   * The newest line first, as readline wants them; none when there is no file yet. A file that has grown too
   * long is cut.
   */
  read(): string[] {
    let content: string
    try {
      content = readFileSync(this.#path, 'utf8')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
      throw error
    }
    const lines = content.split('\n').filter((line) => line !== '')
    const kept = lines.slice(-HISTORY_LINES)
    if (lines.length > 2 * HISTORY_LINES) this.#replace(kept)
    return kept.reverse()
  }

  #replace(lines: readonly string[]): void {
    const temporary = `${this.#path}.${process.pid}`
    writeFileSync(temporary, lines.map((line) => `${line}\n`).join(''), { mode: 0o600 })
    renameSync(temporary, this.#path)
  }

  /** Keeps a line, unless it begins with a space, which is for what nobody else is to see. */
  add(line: string): void {
    if (line.trim() === '' || line.startsWith(' ') || line.length > MAX_LINE) return
    mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 })
    appendFileSync(this.#path, `${line}\n`, { mode: 0o600 })
  }
}
