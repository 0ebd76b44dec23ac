// What a run says: a table by part, by operator and by test, and each survivor.

const COUNTED = ['killed', 'timed out', 'survived']

function table(results, title, keyOf) {
  const rows = new Map()
  for (const result of results) {
    const key = keyOf(result)
    const row = rows.get(key) ?? Object.fromEntries(COUNTED.map((name) => [name, 0]))
    row[result.outcome]++
    rows.set(key, row)
  }
  const line = (cells) => `| ${cells.join(' | ')} |`
  return [
    line([title, ...COUNTED]),
    line(['---', ...COUNTED.map(() => '--:')]),
    ...[...rows].sort().map(([key, row]) => line([key, ...COUNTED.map((name) => row[name])])),
  ].join('\n')
}

export const placeOf = ({ file, line }) => `${file}:${line}`

export function reportOf(results, seed) {
  const counted = results.filter(({ outcome }) => COUNTED.includes(outcome))
  const survivors = counted.filter(({ outcome }) => outcome === 'survived')
  const others = results.length - counted.length
  return [
    table(counted, 'part', ({ part }) => part),
    table(counted, 'operator', ({ operator }) => operator),
    `${counted.length} mutants of seed ${seed}: ${counted.length - survivors.length} killed, ${survivors.length} survived (${others} did not compile)`,
    ...survivors.map((each) => `${placeOf(each)} (${each.operator})\n- ${each.was}\n+ ${each.is}`),
  ].join('\n\n')
}
