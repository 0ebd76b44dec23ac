// The disk of the server is full, and has room again: docs/faults.md.
import { rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'vitest'
import { DONE, TIMED_OUT } from './support/client.ts'
import { expectWhole, loadOn, ownCluster } from './support/own-cluster.ts'
import { newDisk } from './support/scratch.ts'

const MEBIBYTE = 2 ** 20
/** The server lets nothing be committed when less than 100 MB are left. */
const DISK = 1000

/** Files of that system are not read and written past the kernel's memory. */
const ON_TMPFS = { arguments: ['--knob_disable_posix_kernel_aio=1'] }

/** Who may mount nothing has no disk to fill: then the test is left out, with a line. */
function diskOf(context: TestContext): string {
  const why = 'fdbkit: no file system can be mounted here, so no disk is full'
  const disk = newDisk(DISK)
  if (disk === undefined) console.error(why)
  return disk ?? context.skip(why)
}

/** Takes all but so many bytes, or, beside a server that writes, what there is. */
function fill(folder: string, leave: number): string {
  const ballast = join(folder, 'ballast')
  const { bavail, bsize } = statfsSync(folder)
  try {
    writeFileSync(ballast, Buffer.alloc(bavail * bsize - leave, 1))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
  }
  return ballast
}

test('a disk with too little room stops commits, until it has room again', async (context) => {
  const disk = diskOf(context)
  const cluster = await ownCluster({ ...ON_TMPFS, data: join(disk, 'data') })
  const client = await loadOn(cluster.clusterFile)
  const ballast = fill(disk, 20 * MEBIBYTE)
  await client.see(TIMED_OUT, 40)
  rmSync(ballast)
  await client.see(DONE)
  await expectWhole(client, cluster.clusterFile)
})

test('a disk without any room, also for a server that begins, has all again with room', async (context) => {
  const disk = diskOf(context)
  const cluster = await ownCluster({ ...ON_TMPFS, data: join(disk, 'data') })
  const client = await loadOn(cluster.clusterFile)
  const ballast = fill(disk, 0)
  await client.see(TIMED_OUT, 40)
  // It can't write even what it must to begin.
  await cluster.say('KILL')
  await cluster.say('start')
  await client.see(TIMED_OUT, 40)
  rmSync(ballast)
  await cluster.say('KILL')
  await cluster.say('start')
  await client.see(DONE)
  await expectWhole(client, cluster.clusterFile)
})
