import { expect, test } from 'vitest'
import { eventually, testDatabase } from 'fdbkit/testing'
import { Room, type Message } from '../chat.ts'

/** Follows a room into a list. */
function listen(room: Room) {
  const heard: Message[] = []
  const stop = new AbortController()
  const ended = (async () => {
    for await (const message of room.follow(stop.signal)) heard.push(message)
  })()
  return { heard, stop: () => (stop.abort(), ended) }
}

test('who comes later hears what was said, and both hear what is said', async () => {
  await using db = testDatabase()
  const room = new Room(db, 'lobby')
  const first = listen(room)
  await room.say('ada', 'hello')
  const second = listen(room)
  await room.say('ben', 'hi')
  const all = [
    { from: 'ada', text: 'hello' },
    { from: 'ben', text: 'hi' },
  ]
  await eventually(() => expect([first.heard, second.heard]).toEqual([all, all]))
  await first.stop()
  await second.stop()
})

test('rooms are apart', async () => {
  await using db = testDatabase()
  const lobby = listen(new Room(db, 'lobby'))
  await new Room(db, 'kitchen').say('ada', 'soup')
  await new Room(db, 'lobby').say('ben', 'hi')
  await eventually(() => expect(lobby.heard).toEqual([{ from: 'ben', text: 'hi' }]))
  await lobby.stop()
})

test('all hear the same in the same order, while reads are slow and too old', async () => {
  await using db = testDatabase({ faults: { slowReads: 0.3, tooOld: 0.1, conflicts: 0.2 } })
  const room = new Room(db, 'lobby')
  const listeners = [listen(room), listen(room)]
  const said = Array.from({ length: 20 }, (_, n) => room.say('ada', `${n}`))
  await Promise.all(said)
  await eventually(() => expect(listeners.map(({ heard }) => heard.length)).toEqual([20, 20]), {
    within: 60_000,
  })
  for (const { stop } of listeners) await stop()
  expect(listeners[0]!.heard).toEqual(listeners[1]!.heard)
  expect(new Set(listeners[0]!.heard.map(({ text }) => text)).size).toBe(20)
})
