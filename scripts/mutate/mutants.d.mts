export interface Mutant {
  readonly operator: string
  readonly at: number
  readonly line: number
  readonly before: string
  readonly after: string
}
export function mutantsOf(text: string): Mutant[]
export function mutated(text: string, mutant: Mutant): string
export function changedLines(text: string, mutant: Mutant): { was: string; is: string }
export function shuffled<Item>(items: readonly Item[], seed: number): Item[]
