import { FDBError as MainError } from '../native/errors.ts'

/**
 * An error of the C API, with the arguments of its constructor in node-foundationdb's order. Every error
 * that the package throws for the C API is `instanceof` this class.
 */
export class FDBError extends MainError {
  constructor(description: string, code: number) {
    super(code, description)
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return Function.prototype[Symbol.hasInstance].call(MainError, value)
  }
}
