export function rangesOf(diff: string): string[]
export function changedSince(base: string): string[] | undefined
