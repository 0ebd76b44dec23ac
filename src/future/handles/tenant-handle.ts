/** Owns an `FDBTenant*`. Made by {@link DatabaseHandle.openTenant}. */
import { printable } from '../../native/values/printable.ts'
import { Code } from '../port/commands.ts'
import { wordsOf } from '../port/copy-bytes.ts'
import { readInt64 } from '../port/payload.ts'
import type { Port } from '../port/port.ts'
import { checkMade } from './answers.ts'
import { checkBytes } from '../port/checks.ts'
import type { FdbFuture } from './fdb-future.ts'
import { UnderWay } from './under-way.ts'
import { ParentHandle, type ParentKind } from './parent-handle.ts'

const TENANT: ParentKind = {
  name: 'tenant',
  type: 'FDBTenant',
  opener: Code.openTenantTransaction,
}

export class TenantHandle extends ParentHandle {
  /** `database`: its object; `whole`: what that has under way. Throws FDBError. */
  static open(port: Port, database: number, whole: UnderWay, name: Uint8Array): TenantHandle {
    const length = checkBytes('name', name)
    const object = port.takeObject()
    const at = port.command(Code.openTenant, object, 4, wordsOf(length))
    port.writer.word(at + 2, database)
    port.writer.word(at + 3, length)
    port.writer.bytes(at + 4, name, length)
    checkMade(port, object, 'openTenant', () => `tenant ${printable(name)}`)
    return new TenantHandle(port, object, new UnderWay(TENANT.name, whole))
  }

  private constructor(port: Port, object: number, underWay: UnderWay) {
    super(TENANT, port, object, underWay)
  }

  getId(): FdbFuture<bigint> {
    this.assertOpen()
    this.port.requireFunction('fdb_tenant_get_id')
    return this.submit(readInt64, Code.getTenantId, 3, 0)
  }
}
