export interface Part {
  readonly layer: string
  readonly sources: string[]
  readonly tests: string[]
}
export function byLayer(paths: readonly string[]): Part[]
export const everything: string[]
