import type { Draw } from '../../differential/draw.ts'
import { Access } from './generate-access.ts'
import { NAMES, writeDirectories } from './generate-directories.ts'
import { drawBytes } from './generate-items.ts'
import { writeTuples } from './generate-tuples.ts'
import { ProgramWriter } from './program-writer.ts'
import { bytesOf, MAIN } from './program.ts'
import type { Programs } from './program.ts'

export type Kind = 'alone' | 'conflicts' | 'tuples' | 'directories' | 'threads'
export const KINDS: readonly Kind[] = ['alone', 'conflicts', 'tuples', 'directories', 'threads']
const STACK_LOG = bytesOf('log/')

/** Programs that fit their kind: the same seed gives the same ones. */
export function generatePrograms(kind: Kind, draw: Draw): Programs {
  const main = new ProgramWriter()
  const programs = new Map([[MAIN, main.instructions]])
  main.call('NEW_TRANSACTION', [], 0)
  if (kind === 'tuples') writeTuples(main, draw, 40)
  else if (kind === 'directories') writeDirectories(main, draw)
  else if (kind === 'threads') writeThreads(main, draw, programs)
  else new Access(main, draw, kind === 'conflicts').write(60)
  main.logTo(STACK_LOG)
  return programs
}

/** Threads that look at their own keys only, and one that the main machine waits for. */
function writeThreads(
  main: ProgramWriter,
  draw: Draw,
  programs: Map<string, ProgramWriter['instructions']>,
): void {
  const count = draw.integer(1, 4)
  for (let n = 0; n < count; n++) {
    const prefix = `thread${n}`
    const own = (name: string): Buffer => bytesOf(`t/${n}/${name}`)
    const thread = new ProgramWriter()
    programs.set(prefix, thread.instructions)
    main.call('SET_DATABASE', [bytesOf(`busy/${n}`), Buffer.alloc(0)], 1)
    main.instructions.push(['WAIT_FUTURE'])
    main.call('START_THREAD', [bytesOf(prefix)], 0)
    thread.call('NEW_TRANSACTION', [], 0)
    for (let i = 0; i < 10; i++) {
      thread.call('SET', [own(draw.pick(NAMES)), drawBytes(draw, 6)], 0)
      thread.call('GET_RANGE_STARTS_WITH', [own(''), 0, draw.integer(0, 1), -1], 1)
      if (draw.oneIn(2)) continue
      thread.call('COMMIT', [], 1)
      thread.call('WAIT_FUTURE', [], 0)
      thread.call('RESET', [], 0)
      thread.call('CLEAR_DATABASE', [own(draw.pick(NAMES))], 1)
      thread.call('WAIT_FUTURE', [], 0)
    }
    thread.logTo(bytesOf(`log${n}/`))
    thread.call('CLEAR_DATABASE', [bytesOf(`busy/${n}`)], 1)
  }
  main.call('WAIT_EMPTY', [bytesOf('busy/')], 1)
  writeTuples(main, draw, 5)
}
