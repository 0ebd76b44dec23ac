/** The seeds of a list like `1..60,75`, in its order. */
export function seedsOf(text: string): number[] {
  return text.split(',').flatMap((part) => {
    const match = /^(\d+)(?:\.\.(\d+))?$/.exec(part)
    if (match === null) throw new TypeError(`--seeds takes A..B or a list of them, not ${text}`)
    const [first, last] = [Number(match[1]), Number(match[2] ?? match[1])]
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i)
  })
}
