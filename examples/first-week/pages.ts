/** A long list, page by page: the cursor is text that a browser can send back. */
import { encoders, open } from 'fdbkit'

const db = open()
const cities = db.at('cities/', encoders.string, encoders.string)

const names = ['Bern', 'Cairo', 'Delhi', 'Essen', 'Fes', 'Ghent', 'Haifa']
await cities.doTransaction(async (tn) => {
  for (const name of names) tn.set(name, '')
})

/** What a server would answer to `GET /cities?after=...`. */
async function page(after: string | undefined): Promise<string | undefined> {
  const { entries, cursor } = await cities.page({ limit: 3, after })
  console.log(entries.map(([name]) => name).join(', '))
  return cursor
}

let after = await page(undefined)
while (after !== undefined) after = await page(after)
db.close()

// Prints:
// Bern, Cairo, Delhi
// Essen, Fes, Ghent
// Haifa
