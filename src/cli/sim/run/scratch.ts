/**
 * Folders of simulations, in the system's folder for such. A process takes its own away when it ends. One that was killed
 * can't: the next that simulates does it, since the name of a folder says whose it is.
 */
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const PREFIX = 'fdbkit-sim-'
/** Of equal length for all, since the folder is among what a simulator is started with. */
const NAME = /^fdbkit-sim-(\w{7})-(\w{5})-(\w{7})-\w{6}$/

const own = new Set<string>()

/** A new, empty folder, which goes with this process if `removeScratch` doesn't take it away before. */
export function scratchFolder(): string {
  if (own.size === 0) {
    process.once('exit', removeAll)
    removeForgotten()
  }
  const folder = mkdtempSync(join(tmpdir(), `${PREFIX}${owner(process.pid)}-`))
  own.add(folder)
  return folder
}

export function removeScratch(folder: string): void {
  rmSync(folder, { recursive: true, force: true })
  own.delete(folder)
  if (own.size === 0) process.off('exit', removeAll)
}

function removeAll(): void {
  for (const folder of own) rmSync(folder, { recursive: true, force: true })
}

/** Those of processes that are gone, of this machine and container; what can't be removed is left. */
function removeForgotten(): void {
  const place = placeOfIds()
  for (const name of readdirSync(tmpdir())) {
    const [, where, id, begun] = NAME.exec(name) ?? []
    if (where !== place || id === undefined || begun === undefined) continue
    if (owner(Number.parseInt(id, 36)) === `${where}-${id}-${begun}`) continue
    try {
      rmSync(join(tmpdir(), name), { recursive: true, force: true })
    } catch {
      continue
    }
  }
}

/** What tells a process from each before and after it that has the same id. */
function owner(pid: number): string {
  return [placeOfIds(), padded(pid, 5), padded(beginningOf(pid), 7)].join('-')
}

/** Which ids of processes are meant: a container has its own. */
function placeOfIds(): string {
  try {
    return padded(Number(/\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? 0), 7)
  } catch {
    return padded(0, 7)
  }
}

/** When it began, in ticks of the machine; 0: there is no such process. */
function beginningOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // Behind the name, which may have any character in it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return Number(fields[19] ?? 0)
  } catch {
    return 0
  }
}

const padded = (number: number, length: number): string =>
  number.toString(36).padStart(length, '0').slice(-length)
