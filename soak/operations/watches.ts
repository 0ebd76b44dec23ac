/** Watches: those that fire, are cancelled or aborted, and those that nobody waits for any more. */
import type { Outcome } from '../violation.ts'
import type { Operation, Turn } from './operation.ts'

const toldAs = (changed: boolean): Outcome => (changed ? 'fired' : 'given up')

async function fires({ chance, ground, number }: Turn): Promise<Outcome> {
  const key = ground.watchedKey(number)
  const watch = await ground.db.getAndWatch(key)
  const told = watch.promise
  await chance.moment()
  await ground.db.set(key, `fired by ${number}`)
  return toldAs(await told)
}

async function isEnded({ chance, ground, number }: Turn): Promise<Outcome> {
  const controller = new AbortController()
  const watch = await ground.db.getAndWatch(ground.watchedKey(number))
  const told = watch.promise
  await chance.moment()
  chance.pick([() => watch.cancel(), () => watch[Symbol.dispose]()])()
  controller.abort()
  return toldAs(await told)
}

async function isAborted({ chance, ground, number }: Turn): Promise<Outcome> {
  const controller = new AbortController()
  const reason = new Error('the soak aborts the watch')
  const { signal } = controller
  const setting = ground.db.getAndWatch(ground.watchedKey(number), { signal })
  // Aborted before it is set, its reason is thrown; after that it is given up.
  const told = setting.then(
    async (watch) => toldAs(await watch.promise),
    (error: unknown) => {
      if (error !== reason) throw error
      return 'aborted'
    },
  )
  await chance.moment()
  controller.abort(reason)
  return told
}

/** The next change of its key ends it, at the latest that at the end of the interval. */
async function isForgotten({ ground, number }: Turn): Promise<Outcome> {
  await ground.db.getAndWatch(ground.watchedKey(number))
  return 'forgotten'
}

export const watches: readonly Operation[] = [
  { name: 'watch that fires', weight: 6, run: fires },
  { name: 'watch that is ended', weight: 6, run: isEnded },
  { name: 'watch that is aborted', weight: 6, run: isAborted },
  { name: 'watch that is forgotten', weight: 3, run: isForgotten },
]
