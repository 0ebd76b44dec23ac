import { FDBError as MainError } from '../native/errors/errors.ts'

/**
 * An error of the C API, with the arguments of its constructor in node-foundationdb's order. Every error
 * that the package throws for the C API is `instanceof` this class.
 *
 * @example
 * const error = new FDBError('Transaction not committed due to conflict', 1020)
 * console.log(error.code, error instanceof FDBError) // 1020 true
 */
export class FDBError extends MainError {
  constructor(description: string, code: number) {
    super(code, description)
  }

  /** True for the errors of the main API, too. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof MainError
  }
}
