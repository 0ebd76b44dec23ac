import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { RealCluster, findServerPrograms } from '../../src/testing/backends/real-cluster.ts'

// Stand-ins for the two programs: what is tested here is the life of the processes around them.
let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'fdbkit-stand-in-'))
  const script = (name: string, body: string) =>
    writeFileSync(join(folder, name), `#!/bin/sh\n${body}\n`, { mode: 0o755 })
  // -p ADDRESS -C FILE -d DATA -L LOGS
  script('fdbserver', 'echo $$ > "$(dirname "$4")/pid"; exec sleep 1000')
  script('fdbcli', 'echo "Database created; The database is available."')
  writeFileSync(join(folder, 'not-a-program'), '')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const standIns = () => ({ fdbserver: join(folder, 'fdbserver'), fdbcli: join(folder, 'fdbcli') })

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (_gone) {
    return false
  }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve))
}

function readPid(clusterFolder: string): number {
  const path = join(clusterFolder, 'pid')
  return existsSync(path) ? Number(readFileSync(path, 'utf8')) : 0
}

describe('findServerPrograms', () => {
  test('looks on the PATH', () => {
    expect(findServerPrograms({ PATH: `/nowhere:${folder}` })).toEqual(standIns())
    expect(findServerPrograms({ PATH: '/nowhere' })).toBeUndefined()
    expect(findServerPrograms({})).toBeUndefined()
  })

  test('takes FDBKIT_FDBSERVER as a program or a folder, before the PATH', () => {
    const program = { FDBKIT_FDBSERVER: join(folder, 'fdbserver'), PATH: '/nowhere' }
    expect(findServerPrograms(program)).toEqual(standIns())
    expect(findServerPrograms({ FDBKIT_FDBSERVER: folder })).toEqual(standIns())
    const wrong = { FDBKIT_FDBSERVER: join(folder, 'not-a-program'), PATH: folder }
    expect(findServerPrograms(wrong)).toBeUndefined()
  })
})

describe('RealCluster', () => {
  test('is gone after stop, with its folder', async () => {
    const cluster = await RealCluster.start(standIns())
    const clusterFolder = dirname(cluster.clusterFile)
    expect(readFileSync(cluster.clusterFile, 'utf8')).toMatch(/^test:test@127\.0\.0\.1:\d+\n$/)
    await until(() => readPid(clusterFolder) > 0)
    const server = readPid(clusterFolder)
    expect(isAlive(server)).toBe(true)
    await cluster.stop()
    expect(isAlive(server)).toBe(false)
    expect(existsSync(clusterFolder)).toBe(false)
    await cluster.stop()
  })

  test('kills, freezes and thaws its server, and starts it again', async () => {
    const cluster = await RealCluster.start(standIns())
    const clusterFolder = dirname(cluster.clusterFile)
    await until(() => readPid(clusterFolder) > 0)
    const first = readPid(clusterFolder)
    const state = () => /^State:\s+(\w)/m.exec(readFileSync(`/proc/${first}/status`, 'utf8'))?.[1]
    await cluster.say('STOP')
    if (process.platform === 'linux') await until(() => state() === 'T')
    await cluster.say('CONT')
    if (process.platform === 'linux') await until(() => state() !== 'T')
    await cluster.say('KILL')
    expect(isAlive(first)).toBe(false)
    await cluster.say('start')
    // Its file is empty for a moment.
    await until(() => ![0, first].includes(readPid(clusterFolder)))
    const second = readPid(clusterFolder)
    expect(isAlive(second)).toBe(true)
    await expect(cluster.say('KILL', 1)).rejects.toThrow('there is no server 1')
    await cluster.stop()
    expect(isAlive(second)).toBe(false)
    expect(existsSync(clusterFolder)).toBe(false)
  })

  test('refuses a word after it was stopped', async () => {
    const cluster = await RealCluster.start(standIns())
    await cluster.stop()
    await expect(cluster.say('STOP')).rejects.toThrow('so STOP was not done')
  })

  test.runIf(process.platform === 'linux')('refuses a word whose guard was killed', async () => {
    const cluster = await RealCluster.start(standIns())
    const clusterFolder = dirname(cluster.clusterFile)
    await until(() => readPid(clusterFolder) > 0)
    const server = readPid(clusterFolder)
    const guard = Number(
      /^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${server}/status`, 'utf8'))?.[1],
    )
    process.kill(guard, 'SIGSTOP')
    const said = cluster.say('CONT')
    process.kill(guard, 'SIGKILL')
    await expect(said).rejects.toThrow('so CONT was not done')
    process.kill(server, 'SIGKILL')
    rmSync(clusterFolder, { recursive: true })
    await cluster.stop()
  })

  test('is gone when the process that started it is killed', async () => {
    // Node 20 runs no TypeScript, so the child gets the module as JavaScript.
    const source = readFileSync(
      join(import.meta.dirname, '..', '..', 'src', 'testing', 'backends', 'real-cluster.ts'),
      'utf8',
    )
    const { outputText } = ts.transpileModule(source, {
      compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
    })
    writeFileSync(join(folder, 'real-cluster.mjs'), outputText)
    const program = join(folder, 'holder.mjs')
    writeFileSync(
      program,
      `import { RealCluster } from './real-cluster.mjs'
       const cluster = await RealCluster.start(${JSON.stringify(standIns())})
       console.log(cluster.clusterFile)
       setInterval(() => {}, 1000)`,
    )
    const holder = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [line] = (await once(holder.stdout, 'data')) as [Buffer]
    const clusterFolder = dirname(line.toString().trim())
    await until(() => readPid(clusterFolder) > 0)
    const server = readPid(clusterFolder)
    expect(isAlive(server)).toBe(true)
    holder.kill('SIGKILL')
    await until(() => !existsSync(clusterFolder))
    expect(isAlive(server)).toBe(false)
  })

  test('says what fdbcli said when it cannot be configured', async () => {
    const fdbcli = join(folder, 'failing-fdbcli')
    writeFileSync(fdbcli, '#!/bin/sh\necho "no such luck"\n', { mode: 0o755 })
    await expect(RealCluster.start({ ...standIns(), fdbcli })).rejects.toThrow('no such luck')
  })
})
