/** Notes, kept as JSON: write, read, list, change, delete. */
import { encoders, open } from 'fdbkit'

interface Note {
  text: string
  done: boolean
}

const db = open()
const notes = db.at('notes/', encoders.string, encoders.json<Note>())

await notes.set('milk', { text: 'buy milk', done: false })
await notes.set('bread', { text: 'bake bread', done: false })

// Read and write in one transaction: nobody changes the note in between.
await notes.doTransaction(async (tn) => {
  const milk = await tn.get('milk')
  if (milk !== undefined) tn.set('milk', { ...milk, done: true })
})

for await (const [name, { text, done }] of notes.getRange('')) {
  console.log(`${name}: ${text}${done ? ', done' : ''}`)
}

await notes.clear('milk')
console.log(await notes.get('milk'))
db.close()

// Prints:
// bread: bake bread
// milk: buy milk, done
// undefined
