import { beforeAll, afterAll, expect, test } from 'vitest'
import { restore, snapshot, testDatabase, type TestDatabase } from 'fdbkit/testing'
import { Leaderboard } from '../leaderboard.ts'

// A season that was played: made once, and brought back before each test that needs it.
let db: TestDatabase
let season: Buffer
beforeAll(async () => {
  db = testDatabase()
  const board = new Leaderboard(db)
  for (let game = 0; game < 50; game++) await board.add(`player ${game % 10}`, game)
  season = await snapshot(db)
})
afterAll(() => db.close())

test('the best come first', async () => {
  await restore(db, season)
  const board = new Leaderboard(db)
  expect(await board.best(2)).toEqual([
    { player: 'player 9', points: 145 },
    { player: 'player 8', points: 140 },
  ])
  expect(await board.rankOf('player 8')).toBe(2)
  expect(await board.rankOf('nobody')).toBeUndefined()
})

test('a place is lost to who has more', async () => {
  await restore(db, season)
  const board = new Leaderboard(db)
  expect(await board.add('player 0', 1000)).toBe(1100)
  expect(await board.rankOf('player 0')).toBe(1)
  expect(await board.rankOf('player 9')).toBe(2)
})

test('no game is lost or counted twice, whatever the cluster does', async () => {
  await using own = testDatabase({ faults: 'everything' })
  const board = new Leaderboard(own)
  const players = ['ada', 'ben', 'cyd']
  const games = Array.from({ length: 30 }, (_, game) => board.add(players[game % 3]!, 1))
  await Promise.all(games)
  expect(await board.best(5)).toEqual(
    players.toReversed().map((player) => ({ player, points: 10 })),
  )
})
