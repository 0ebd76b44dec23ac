import { expect, test } from 'vitest'
import { testDatabase } from 'fdbkit/testing'
import { MOST_CLASSES, Scheduling } from '../scheduling.ts'

test('a seat is taken, and given back', async () => {
  await using db = testDatabase()
  const scheduling = new Scheduling(db)
  await scheduling.addClass('algebra', 1)
  await scheduling.signUp('ada', 'algebra')
  expect(await scheduling.available()).toEqual([])
  await expect(scheduling.signUp('ben', 'algebra')).rejects.toThrow('algebra is full')
  await scheduling.drop('ada', 'algebra')
  await scheduling.signUp('ben', 'algebra')
  expect(await scheduling.classesOf('ben')).toEqual(['algebra'])
})

test('a swap into a full class changes nothing', async () => {
  await using db = testDatabase()
  const scheduling = new Scheduling(db)
  await scheduling.addClass('algebra', 1)
  await scheduling.addClass('botany', 0)
  await scheduling.signUp('ada', 'algebra')
  await expect(scheduling.swap('ada', 'algebra', 'botany')).rejects.toThrow('botany is full')
  expect(await scheduling.classesOf('ada')).toEqual(['algebra'])
  expect(await scheduling.available()).toEqual([])
})

// The cluster does all that it may do, and the students all sign up at once.
test('no class has too many students, and no student too many classes', async () => {
  await using db = testDatabase({ faults: 'everything' })
  const scheduling = new Scheduling(db)
  const classes = Array.from({ length: 7 }, (_, n) => `class ${n}`)
  for (const className of classes) await scheduling.addClass(className, 4)
  const students = Array.from({ length: 6 }, (_, n) => `student ${n}`)
  const tries = students.flatMap((student) =>
    classes.map((className) => scheduling.signUp(student, className)),
  )
  await Promise.allSettled(tries)

  const attended = new Map<string, number>()
  for (const student of students) {
    const own = await scheduling.classesOf(student)
    expect(own.length).toBeLessThanOrEqual(MOST_CLASSES)
    for (const className of own) attended.set(className, (attended.get(className) ?? 0) + 1)
  }
  for (const [className, count] of attended) expect(count, className).toBeLessThanOrEqual(4)
  const full = classes.filter((className) => attended.get(className) === 4)
  expect(await scheduling.available()).toEqual(classes.filter((name) => !full.includes(name)))
})
