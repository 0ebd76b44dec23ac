import type { NativeValue } from '../keys/bytes.ts'
import type { Transaction } from '../transaction/transaction.ts'
import type { StampedValue } from '../transaction/transaction-versionstamps.ts'
import type { OneShots } from './one-shots.ts'
import { kind } from '../../native/values/kinds.ts'

/**
 * Versionstamps in transactions of their own: 10 bytes that the commit fills in, unique in the database and in the order
 * of the commits. `db.versionstamps`.
 *
 * @example await db.versionstamps.setSuffixedKey('log/', 'entry')
 */
export class DatabaseVersionstamps<KeyIn, KeyOut, ValIn, ValOut> {
  readonly #run: OneShots<Transaction<KeyIn, KeyOut, ValIn, ValOut>>

  /** @internal Use `db.versionstamps`. */
  constructor(run: OneShots<Transaction<KeyIn, KeyOut, ValIn, ValOut>>) {
    this.#run = run
  }

  /**
   * One transaction with one `versionstamps.setKey`.
   *
   * @example
   * const events = db.withKeyEncoding(encoders.tuple)
   * await events.versionstamps.setKey(['log', tuple.unboundVersionstamp()], 'entry')
   */
  setKey(key: KeyIn, value: ValIn, bakeAfterCommit?: boolean): Promise<void> {
    return this.#run.write((tn) => tn.versionstamps.setKey(key, value, bakeAfterCommit))
  }

  /**
   * One transaction with one `versionstamps.setSuffixedKey`.
   *
   * @example await db.versionstamps.setSuffixedKey('log/', 'entry')
   */
  setSuffixedKey(key: KeyIn, value: ValIn, suffix?: NativeValue): Promise<void> {
    return this.#run.write((tn) => tn.versionstamps.setSuffixedKey(key, value, suffix))
  }

  /**
   * One transaction with one `versionstamps.setValue`.
   *
   * @example
   * const stamped = db.withValueEncoding(encoders.tuple)
   * await stamped.versionstamps.setValue('last', [tuple.unboundVersionstamp(), 'entry'])
   */
  setValue(key: KeyIn, value: ValIn, bakeAfterCommit?: boolean): Promise<void> {
    return this.#run.write((tn) => tn.versionstamps.setValue(key, value, bakeAfterCommit))
  }

  /**
   * One transaction with one `versionstamps.setPrefixedValue`.
   *
   * @example await db.versionstamps.setPrefixedValue('last', 'entry')
   */
  setPrefixedValue(key: KeyIn, value?: ValIn, prefix?: NativeValue): Promise<void> {
    return this.#run.write((tn) => tn.versionstamps.setPrefixedValue(key, value, prefix))
  }

  /**
   * One transaction with one `versionstamps.getPrefixedValue`.
   *
   * @example const { stamp, value } = (await db.versionstamps.getPrefixedValue('last')) ?? {}
   */
  getPrefixedValue(key: KeyIn): Promise<StampedValue<ValOut> | null> {
    return this.#run.read((tn) => tn.versionstamps.getPrefixedValue(key))
  }
}

kind(DatabaseVersionstamps, 'DatabaseVersionstamps')
