/** A setting that all processes follow: a watch tells when it has changed. */
import { encoders, open } from 'fdbkit'

const db = open()
const settings = db.at('settings/', encoders.string, encoders.json<{ colour: string }>())

await settings.set('page', { colour: 'red' })

async function follow(changes: number): Promise<void> {
  for (let i = 0; i <= changes; i++) {
    // The value, and a promise for the next change: nothing falls in between.
    const watch = await settings.getAndWatch('page')
    console.log(watch.value?.colour)
    if (i === changes) watch.cancel()
    else await Promise.all([watch.promise, change(i)])
  }
}

/** Another process would do this. */
async function change(i: number): Promise<void> {
  await settings.set('page', { colour: ['green', 'blue'][i] ?? 'grey' })
}

await follow(2)
db.close()

// Prints:
// red
// green
// blue
