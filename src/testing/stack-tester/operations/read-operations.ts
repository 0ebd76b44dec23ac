import { keySelector, StreamingMode, strInc, tuple } from '../../../index.ts'
import type { Database, KeySelector, RangeReadOptions, Transaction } from '../../../index.ts'
import { bytesOf, integerOf, StackTesterError } from '../machine/items.ts'
import type { Operations, Step } from '../machine/step.ts'

const NO_KEY = Buffer.alloc(0)
const MODES = new Set<number>(Object.values(StreamingMode))

/** Reads, each of the current transaction, a snapshot of it, the database or a tenant. */
export const readOperations: Operations = {
  async GET(step) {
    const key = bytesOf(await step.pop())
    step.pushPending(step.target.get(key))
  },
  async GET_KEY(step) {
    const selector = await popSelector(step)
    const prefix = bytesOf(await step.pop())
    const found = (await getKey(step.target, selector)) ?? NO_KEY
    step.push(clampToPrefix(found, prefix))
  },
  async GET_RANGE(step) {
    const begin = bytesOf(await step.pop())
    const end = bytesOf(await step.pop())
    await pushRange(step, begin, end, await popRangeOptions(step))
  },
  async GET_RANGE_STARTS_WITH(step) {
    const prefix = bytesOf(await step.pop())
    const options = await popRangeOptions(step)
    pushEntries(step, await step.target.getRangeAllStartsWith(prefix, options))
  },
  async GET_RANGE_SELECTOR(step) {
    const begin = await popSelector(step)
    const end = await popSelector(step)
    const options = await popRangeOptions(step)
    await pushRange(step, begin, end, options, bytesOf(await step.pop()))
  },
  async GET_ESTIMATED_RANGE_SIZE(step) {
    const begin = bytesOf(await step.pop())
    const end = bytesOf(await step.pop())
    await step.target.locality.getEstimatedSize(begin, end)
    step.pushText('GOT_ESTIMATED_RANGE_SIZE')
  },
  async GET_RANGE_SPLIT_POINTS(step) {
    const begin = bytesOf(await step.pop())
    const end = bytesOf(await step.pop())
    await step.target.locality.getSplitPoints(begin, end, integerOf(await step.pop()))
    step.pushText('GOT_RANGE_SPLIT_POINTS')
  },
}

async function popSelector(step: Step): Promise<KeySelector<Buffer>> {
  const key = bytesOf(await step.pop())
  const orEqual = integerOf(await step.pop()) !== 0
  return keySelector(key, orEqual, integerOf(await step.pop()))
}

async function popRangeOptions(step: Step): Promise<RangeReadOptions> {
  const limit = integerOf(await step.pop())
  const reverse = integerOf(await step.pop()) !== 0
  const mode = integerOf(await step.pop())
  if (!MODES.has(mode)) throw new StackTesterError(`no streaming mode has the code ${mode}`)
  return { limit, reverse, streamingMode: mode as StreamingMode }
}

async function getKey(
  target: Database | Transaction,
  selector: KeySelector<Buffer>,
): Promise<Buffer | undefined> {
  return await target.getKey(selector)
}

/** Keys outside of the prefix depend on what else the database holds, so they become its ends. */
function clampToPrefix(key: Buffer, prefix: Buffer): Buffer {
  if (key.subarray(0, prefix.length).equals(prefix)) return key
  return key.compare(prefix) < 0 ? prefix : strInc(prefix)
}

async function pushRange(
  step: Step,
  begin: Buffer | KeySelector<Buffer>,
  end: Buffer | KeySelector<Buffer>,
  options: RangeReadOptions,
  prefix: Buffer = NO_KEY,
): Promise<void> {
  const entries = await step.target.getRangeAll(begin, end, options)
  pushEntries(
    step,
    entries.filter(([key]) => key.subarray(0, prefix.length).equals(prefix)),
  )
}

function pushEntries(step: Step, entries: readonly (readonly [Buffer, Buffer])[]): void {
  step.push(tuple.pack(entries.flat()))
}
