/** How a scope of a database runs one operation as a transaction of its own. */
export interface OneShots<Tn> {
  /** Reads only: there is nothing to commit. */
  read<T>(body: (tn: Tn) => PromiseLike<T>): Promise<T>
  /** Writes only, and so needs no `await`. */
  write(body: (tn: Tn) => void): Promise<void>
}
