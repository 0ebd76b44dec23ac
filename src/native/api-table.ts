export function requireFunction(_name: string): void {
  /* the table follows */
}
