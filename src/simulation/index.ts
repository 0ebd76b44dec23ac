/// <reference types="node" preserve="true" />
/**
 * Simulation workloads: classes and objects that fdbserver's simulator, or the embedded engine, runs from a seed. See
 * docs/simulation.md.
 *
 * @example
 * import { defineWorkload } from 'fdbkit/simulation'
 * export default defineWorkload({
 *   async start(db, ctx) {
 *     await db.set(`client ${ctx.clientId}`, 'was here')
 *   },
 * })
 *
 * @module
 */
export { defineWorkload, Workload } from './author/workload.ts'
export { defineModelWorkload } from './model/define-model-workload.ts'
export type { ModelCommand, ModelStep, ModelWorkload } from './model/model-definition.ts'
export type { ArgumentGenerator, Drawn } from './model/arbitrary.ts'
export type {
  OptionDefault,
  OptionDefaults,
  OptionValueOf,
  OptionValues,
} from './author/option-values.ts'
export type { MetricValue, Check, Phase, WorkloadDefinition } from './author/workload.ts'
export type { TraceDetails, TraceSeverity, WorkloadContext } from './author/workload-context.ts'
export type { Database } from '../client/database/database.ts'
export type { Transaction } from '../client/transaction/transaction.ts'
export { encoders } from '../client/keys/encoders.ts'
export { MutationType } from '../native/generated/mutation-type.ts'
export { FDBError } from '../native/errors/errors.ts'
