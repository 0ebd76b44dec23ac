import type { NativeValue } from '../client/bytes.ts'
import type { DatabaseContext } from '../client/database-context.ts'
import { Database as Main } from '../client/database.ts'
import type { RunOptions } from '../client/database.ts'
import type { Attempt } from '../client/retry-loop.ts'
import type { GetSubspace, Subspace } from '../client/subspace.ts'
import type { TransactionContext } from '../client/transaction-context.ts'
import type { Transformer } from '../client/transformer.ts'
import type { TransactionOptions } from '../native/generated/transaction-options.ts'
import { Transaction } from './transaction.ts'

/** What has another type here than in the main API. */
type Changed =
  | 'at'
  | 'createTransaction'
  | 'doOneshot'
  | 'doTn'
  | 'doTransaction'
  | 'getRoot'
  | 'withKeyEncoding'
  | 'withValueEncoding'

/** What subclasses see of the main database. */
interface Inside {
  /** @internal */
  readonly context: DatabaseContext
}

type Base = new <KeyIn, KeyOut, ValIn, ValOut>(
  context: DatabaseContext,
  subspace: Subspace<KeyIn, KeyOut, ValIn, ValOut>,
) => Omit<Main<KeyIn, KeyOut, ValIn, ValOut>, Changed> & Inside

const MainDatabase = Main as unknown as Base

/** `db.at`, with its types. */
interface At<KeyIn, KeyOut, ValIn, ValOut> {
  <CKI, CKO, CVI, CVO>(scope: GetSubspace<CKI, CKO, CVI, CVO>): Database<CKI, CKO, CVI, CVO>
  (prefix: KeyIn | null): Database<KeyIn, KeyOut, ValIn, ValOut>
  <CKI, CKO>(prefix: KeyIn | null, keyXf: Transformer<CKI, CKO>): Database<CKI, CKO, ValIn, ValOut>
  <CVI, CVO>(
    prefix: KeyIn | null,
    keyXf: undefined,
    valueXf: Transformer<CVI, CVO>,
  ): Database<KeyIn, KeyOut, CVI, CVO>
  <CKI, CKO, CVI, CVO>(
    prefix: KeyIn | null,
    keyXf: Transformer<CKI, CKO>,
    valueXf: Transformer<CVI, CVO>,
  ): Database<CKI, CKO, CVI, CVO>
}

type Run<KeyIn, KeyOut, ValIn, ValOut> = <T>(
  body: (tn: Transaction<KeyIn, KeyOut, ValIn, ValOut>, attempt: Attempt) => PromiseLike<T> | T,
  options?: RunOptions,
) => Promise<T>

/** The main database with the names and types of node-foundationdb's. */
export class Database<
  KeyIn = NativeValue,
  KeyOut = Buffer,
  ValIn = NativeValue,
  ValOut = Buffer,
> extends MainDatabase<KeyIn, KeyOut, ValIn, ValOut> {
  declare at: At<KeyIn, KeyOut, ValIn, ValOut>
  declare getRoot: () => Database
  declare withKeyEncoding: {
    (): Database<NativeValue, Buffer, ValIn, ValOut>
    <CKI, CKO>(keyXf: Transformer<CKI, CKO>): Database<CKI, CKO, ValIn, ValOut>
  }
  declare withValueEncoding: {
    (): Database<KeyIn, KeyOut, NativeValue, Buffer>
    <CVI, CVO>(valueXf: Transformer<CVI, CVO>): Database<KeyIn, KeyOut, CVI, CVO>
  }
  declare doTransaction: Run<KeyIn, KeyOut, ValIn, ValOut>
  declare doTn: Run<KeyIn, KeyOut, ValIn, ValOut>
  declare doOneshot: (
    body: (tn: Transaction<KeyIn, KeyOut, ValIn, ValOut>) => void,
    options?: RunOptions,
  ) => Promise<void>
  declare createTransaction: (
    options?: TransactionOptions,
  ) => Transaction<KeyIn, KeyOut, ValIn, ValOut>

  /** What every scope of the main database is made by. */
  protected scope<CKI, CKO, CVI, CVO>(
    subspace: Subspace<CKI, CKO, CVI, CVO>,
  ): Database<CKI, CKO, CVI, CVO> {
    return new Database(this.context, subspace)
  }

  /** What every transaction of the main database is made by. */
  protected transactionIn(context: TransactionContext): Transaction<KeyIn, KeyOut, ValIn, ValOut> {
    return new Transaction(context, this.getSubspace())
  }

  /** The part of the key space that keys are relative to, with the encodings. */
  get subspace(): Subspace<KeyIn, KeyOut, ValIn, ValOut> {
    return this.getSubspace()
  }

  /** The main API's `createTransaction`. */
  rawCreateTransaction(options?: TransactionOptions): Transaction<KeyIn, KeyOut, ValIn, ValOut> {
    return this.createTransaction(options)
  }
}
