// What a database without a name holds is given back with it. In a process of its own, whose memory is its own.
import { expect, test } from 'vitest'
import { dist, runModule } from './run-module.ts'

const ROUNDS = 300
const VALUE_BYTES = 100_000
const VALUES = 10

test('databases without a name are freed when they are closed', async () => {
  const { stdout } = await runModule(`
    import { openEmbedded } from '${dist}/index.js'
    const value = Buffer.alloc(${VALUE_BYTES})
    const round = async () => {
      const db = openEmbedded()
      await db.doTransaction((tn) => {
        for (let i = 0; i < ${VALUES}; i++) tn.set(String(i), value)
      })
      db.close()
    }
    for (let i = 0; i < ${ROUNDS} / 10; i++) await round()
    const before = process.memoryUsage.rss()
    for (let i = 0; i < ${ROUNDS}; i++) await round()
    console.log(process.memoryUsage.rss() - before)
  `)
  const written = ROUNDS * VALUES * VALUE_BYTES
  expect(Number(stdout)).toBeLessThan(written / 4)
})

test('the data of a name outlasts its databases', async () => {
  const { stdout } = await runModule(`
    import { openEmbedded } from '${dist}/index.js'
    for (const name of ['kept', undefined]) {
      const first = openEmbedded({ name })
      await first.set('key', 'value')
      first.close()
      const second = openEmbedded({ name })
      console.log(String(await second.get('key')))
      second.close()
    }
  `)
  expect(stdout).toBe('value\nundefined\n')
})
