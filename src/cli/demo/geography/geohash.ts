// Geohash: a point on the earth as a text whose prefixes are ever larger cells around it. Five bits a
// character, longitude and latitude in turn, so a range read of a prefix reads one cell.

export interface Point {
  /** Degrees north, -90 to 90. */
  readonly lat: number
  /** Degrees east, -180 to 180. */
  readonly lng: number
}

/** Degrees; `west` may be greater than `east` when the box crosses the date line. */
export interface Box {
  readonly south: number
  readonly north: number
  readonly west: number
  readonly east: number
}

const ALPHABET = '0123456789bcdefghjkmnpqrstuvwxyz'
const BITS = 5

/** Characters of a stored geohash: a cell of about five metres. */
export const FULL_PRECISION = 9

interface Grid {
  readonly columns: number
  readonly rows: number
}

function grid(precision: number): Grid {
  const bits = precision * BITS
  return { columns: 2 ** Math.ceil(bits / 2), rows: 2 ** Math.floor(bits / 2) }
}

function clampIndex(fraction: number, count: number): number {
  return Math.min(count - 1, Math.max(0, Math.floor(fraction * count)))
}

const columnOf = (lng: number, { columns }: Grid) => clampIndex((lng + 180) / 360, columns)
const rowOf = (lat: number, { rows }: Grid) => clampIndex((lat + 90) / 180, rows)

function bitOf(value: number, bit: number): number {
  return Math.floor(value / 2 ** bit) % 2
}

function cellName(column: number, row: number, precision: number): string {
  let columnBit = Math.ceil((precision * BITS) / 2)
  let rowBit = Math.floor((precision * BITS) / 2)
  let name = ''
  let letter = 0
  for (let bit = 0; bit < precision * BITS; bit++) {
    letter = letter * 2 + (bit % 2 === 0 ? bitOf(column, --columnBit) : bitOf(row, --rowBit))
    if (bit % BITS === BITS - 1) {
      name += ALPHABET.charAt(letter)
      letter = 0
    }
  }
  return name
}

/** The cell of `precision` characters that holds the point. */
export function encodeGeohash({ lat, lng }: Point, precision = FULL_PRECISION): string {
  const cells = grid(precision)
  return cellName(columnOf(lng, cells), rowOf(lat, cells), precision)
}

function columnsBetween(box: Box, cells: Grid): number[] {
  const first = columnOf(box.west, cells)
  const last = columnOf(box.east, cells)
  const wraps = box.west > box.east
  const count = wraps ? cells.columns - first + last + 1 : last - first + 1
  return Array.from(
    { length: Math.min(count, cells.columns) },
    (_, i) => (first + i) % cells.columns,
  )
}

function cellCount(box: Box, cells: Grid): number {
  const span = box.west > box.east ? box.east - box.west + 360 : box.east - box.west
  const columns = Math.min(cells.columns, Math.floor((span / 360) * cells.columns) + 2)
  return columns * (rowOf(box.north, cells) - rowOf(box.south, cells) + 1)
}

/**
 * The finest cells, of one precision, that cover the box and are no more than `limit`; the empty
 * prefix, which is the whole earth, when even the coarsest are more.
 */
export function coveringCells(box: Box, limit: number): string[] {
  let precision = FULL_PRECISION
  while (precision > 0 && cellCount(box, grid(precision)) > limit) precision--
  const cells = grid(precision)
  const south = rowOf(box.south, cells)
  const rows = Array.from({ length: rowOf(box.north, cells) - south + 1 }, (_, i) => south + i)
  return columnsBetween(box, cells).flatMap((column) =>
    rows.map((row) => cellName(column, row, precision)),
  )
}
