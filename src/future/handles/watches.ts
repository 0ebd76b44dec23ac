import type { FdbFuture } from './fdb-future.ts'

/** The watches of a database that are pending. They outlive their transactions, and end with the database. */
export class Watches {
  readonly #pending = new Set<FdbFuture<void>>()

  add(watch: FdbFuture<void>): void {
    this.#pending.add(watch)
    watch.whenEnded(() => this.#pending.delete(watch))
  }

  /** Who waits for one gets 1101. */
  cancelAll(): void {
    for (const watch of this.#pending) watch.stop()
  }
}
