import type { Drawable } from './draw.mjs'

export function outcomeOf(status: string): string
export function scoreOf(results: readonly { readonly outcome: string }[]): number | undefined
export function textAt(text: string, location: Drawable['location']): string
