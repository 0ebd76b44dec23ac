/** Tables by columns: a million rows are a few arrays of numbers, which JSON writes and reads fast. */

/** Each text once, by number. */
export class Texts {
  readonly all: string[] = []
  readonly #numbers = new Map<string, number>()

  of(text: string): number {
    let number = this.#numbers.get(text)
    if (number === undefined) {
      number = this.all.push(text) - 1
      this.#numbers.set(text, number)
    }
    return number
  }
}

export class LaneColumns {
  readonly kind: number[] = []
  readonly id: number[] = []
  readonly name: number[] = []
  readonly begin: number[] = []
  readonly end: number[] = []
  readonly note: number[] = []
  /** How many rows of bars it has. */
  readonly rows: number[] = []

  /** Its number. */
  add(kind: number, id: number, name: number, begin: number, end: number, note: number): number {
    this.kind.push(kind)
    this.id.push(id)
    this.name.push(name)
    this.begin.push(begin)
    this.end.push(end)
    this.note.push(note)
    return this.rows.push(1) - 1
  }

  growTo(lane: number, row: number): void {
    if ((this.rows[lane] as number) <= row) this.rows[lane] = row + 1
  }
}

/** Of a lane they come together. */
export class BarColumns {
  readonly lane: number[] = []
  readonly kind: number[] = []
  readonly begin: number[] = []
  readonly end: number[] = []
  readonly row: number[] = []
  readonly text: number[] = []

  add(lane: number, kind: number, begin: number, end: number, row: number, text: number): void {
    this.lane.push(lane)
    this.kind.push(kind)
    this.begin.push(begin)
    this.end.push(end)
    this.row.push(row)
    this.text.push(text)
  }
}
