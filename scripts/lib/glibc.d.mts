export function glibcOrder(version: string): number
export function newestGlibc(file: string): string
export function requireGlibc(file: string, limit: string): string
