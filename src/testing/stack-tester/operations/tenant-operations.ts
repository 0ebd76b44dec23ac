import { FDBError, tuple } from '../../../index.ts'
import { bytesOf, wideIntegerOf } from '../machine/items.ts'
import type { Operations } from '../machine/step.ts'

const RANGE_LIMITS_INVALID = 2012

/** Tenants: their management, and the one that transactions are made from. */
export const tenantOperations: Operations = {
  async TENANT_CREATE(step) {
    const created = step.machine.db.tenants.create(bytesOf(await step.pop()))
    step.stack.pushPending(step.index, created)
  },
  async TENANT_DELETE(step) {
    const deleted = step.machine.db.tenants.delete(bytesOf(await step.pop()))
    step.stack.pushPending(step.index, deleted)
  },
  async TENANT_SET_ACTIVE(step) {
    await step.machine.activateTenant(bytesOf(await step.pop())).getId()
    step.pushText('SET_ACTIVE_TENANT')
  },
  TENANT_CLEAR_ACTIVE: (step) => step.machine.clearTenant(),
  async TENANT_LIST(step) {
    const begin = bytesOf(await step.pop())
    const end = bytesOf(await step.pop())
    const limit = limitOf(wideIntegerOf(await step.pop()))
    const tenants = await step.machine.db.tenants.list({ begin, end, limit })
    step.push(tuple.pack(tenants.map(({ name }) => name)))
  },
  async TENANT_GET_ID(step) {
    const { tenant } = step.machine
    if (tenant === undefined) return step.pushText('NO_ACTIVE_TENANT')
    await tenant.value.getId()
    step.pushText('GOT_TENANT_ID')
  },
}

/** The C API takes 32 bits of the limit; a negative one is an error of its own. */
function limitOf(wide: bigint): number {
  const limit = Number(BigInt.asIntN(32, wide))
  if (limit < 0) throw new FDBError(RANGE_LIMITS_INVALID)
  return limit
}
