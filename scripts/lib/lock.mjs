// One set-up at a time in a checkout: a lock file that names the process which holds it.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { buildFolder } from './paths.mjs'

const lockFile = join(buildFolder, '.lock')

function holderIsAlive() {
  try {
    const pid = Number(readFileSync(lockFile, 'utf8'))
    if (!Number.isInteger(pid) || pid <= 0) return false
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

async function acquire() {
  mkdirSync(buildFolder, { recursive: true })
  for (;;) {
    try {
      writeFileSync(lockFile, String(process.pid), { flag: 'wx' })
      return
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
    }
    // A process that was killed leaves its lock behind.
    if (!holderIsAlive()) rmSync(lockFile, { force: true })
    else await delay(50)
  }
}

export async function withLock(work) {
  await acquire()
  try {
    return await work()
  } finally {
    rmSync(lockFile, { force: true })
  }
}
