/**
 * Milliseconds after which something hangs: a test, a process, a wait. Nothing here measures how fast a machine is,
 * and a busy one takes twenty times as long as a quiet one.
 */
export const HANG_LIMIT = 600_000
