/// <reference types="node" preserve="true" />
/**
 * The names and shapes of the npm package `foundationdb`, on this package's client: a program moves by
 * changing what it imports. What is the same in the main API is the main API's own.
 *
 * @example
 * import fdb from 'fdbkit/compat' // or: import * as fdb
 * fdb.setAPIVersion(630)
 * const db = fdb.open()
 *
 * @module
 */
export * from './exports.ts'
/** All of it as one object. */
export * as default from './exports.ts'
