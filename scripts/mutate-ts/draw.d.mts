export interface Place {
  readonly line: number
  readonly column: number
}
export interface Drawable {
  readonly file: string
  readonly location: { readonly start: Place; readonly end: Place }
  readonly operator: string
  readonly is: string
}
export type Wish = { readonly seed: number; readonly count: number } | { readonly keys: string[] }
export function keyOf(mutant: Drawable): string
export function chosen<T extends Drawable>(mutants: readonly T[], wish: Wish): T[]
