// \xff/metadataVersion: the one system key that everybody reads and bumps without an option, in a tenant too.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { FDBError, MutationType } from '../../src/index.ts'
import type { Database, Tenant, Transaction } from '../../src/index.ts'
import { Draw } from '../differential/draw.ts'
import { SEED_COUNT } from '../support/seeds.ts'
import { openBackend } from './open-backend.ts'

const KEY = Buffer.from('\xff/metadataVersion', 'latin1')
/** Ten bytes for the stamp, and its place: the only operand there is. */
const FILLED_IN = Buffer.alloc(14)

const db = openBackend()
const name = `metadata version ${process.pid}`
let tenant: Tenant
beforeAll(async () => {
  await db.tenants.create(name)
  tenant = db.tenants.open(name)
})
afterAll(async () => {
  tenant.close()
  await db.tenants.delete(name)
  db.close()
})

const bump = (tn: Transaction): void =>
  tn.atomicOp(MutationType.SetVersionstampedValue, KEY, FILLED_IN)

const code = async (work: PromiseLike<unknown>): Promise<number> => {
  try {
    await work
    return 0
  } catch (error) {
    if (error instanceof FDBError) return error.code
    throw error
  }
}

/** A transaction, and what should be true of it. */
interface Slot {
  readonly tn: Transaction
  /** How many bumps its reads see; undefined: it has no read version yet. */
  sees: number | undefined
  readonly direct: boolean
  readonly system: boolean
  bumped: boolean
  conflicts: boolean
  /** What a call without an answer left behind: every later one fails with it. */
  left: number
  /** Of a read: the commit fails with it. */
  failed: number
}

/** The stamps of the bumps, in their order, and four transactions at a time. */
class Model {
  readonly #draw: Draw
  readonly #stamps: (string | undefined)[] = []
  readonly #slots: Slot[] = []

  constructor(seed: number) {
    this.#draw = new Draw(seed)
  }

  async run(): Promise<void> {
    await db.doTransaction(async (tn) => tn.clear(KEY), { access_system_keys: true })
    this.#stamps.push(undefined)
    for (let i = 0; i < 4; i++) this.#slots.push(this.#begin())
    for (let step = 0; step < 80; step++) {
      const at = this.#draw.integer(0, 3)
      const ended = await this.#step(this.#slots[at]!)
      if (!ended) continue
      this.#slots[at]!.tn.close()
      this.#slots[at] = this.#begin()
    }
    for (const { tn } of this.#slots) tn.close()
  }

  #begin(): Slot {
    const draw = this.#draw
    const inTenant = draw.oneIn(3)
    const whose: Database = inTenant ? tenant : db
    const tn = whose.createTransaction()
    const [direct, system] = [draw.oneIn(4), !inTenant && draw.oneIn(4)]
    if (direct) tn.setOption('read_your_writes_disable')
    if (system) tn.setOption('access_system_keys')
    return {
      tn,
      direct,
      system,
      sees: undefined,
      bumped: false,
      conflicts: false,
      left: 0,
      failed: 0,
    }
  }

  /** True when the transaction is over. */
  async #step(slot: Slot): Promise<boolean> {
    const { tn } = slot
    switch (
      this.#draw.weighted({ get: 6, version: 2, bump: 4, set: 1, add: 1, conflict: 3, commit: 6 })
    ) {
      case 'get':
        await this.#get(slot)
        return false
      case 'version':
        expect(await code(tn.getReadVersion())).toBe(slot.left)
        if (slot.left === 0) slot.sees ??= this.#stamps.length - 1
        return false
      case 'bump':
        bump(tn)
        if (slot.left === 0) slot.bumped = true
        return false
      case 'set':
        tn.set(KEY, FILLED_IN)
        slot.left ||= 2000
        return false
      case 'add':
        tn.atomicOp(
          this.#draw.pick([MutationType.Add, MutationType.SetVersionstampedKey]),
          KEY,
          FILLED_IN,
        )
        slot.left ||= 2000
        return false
      case 'conflict':
        if (slot.bumped) return false
        tn.conflicts.addReadKey(KEY)
        if (slot.left === 0) slot.conflicts = true
        return false
      case 'commit':
        await this.#commit(slot)
        return true
    }
  }

  async #get(slot: Slot): Promise<void> {
    const snapshot = this.#draw.oneIn(3)
    const value = (snapshot ? slot.tn.snapshot() : slot.tn).get(KEY)
    if (slot.left !== 0) {
      expect(await code(value)).toBe(slot.left)
    } else if (slot.bumped && !slot.direct) {
      expect(await code(value)).toBe(1036)
      slot.failed ||= 1036
      slot.sees ??= this.#stamps.length - 1
    } else {
      slot.sees ??= this.#stamps.length - 1
      expect((await value)?.toString('hex')).toBe(this.#stamps[slot.sees])
      if (!snapshot) slot.conflicts = true
    }
  }

  async #commit(slot: Slot): Promise<void> {
    const stamp = slot.tn.versionstamps.ofCommit().promise
    stamp.catch(() => undefined)
    const committed = await code(slot.tn.commit())
    const seen = slot.sees ?? this.#stamps.length - 1
    const late = slot.bumped && slot.conflicts && seen < this.#stamps.length - 1
    expect(committed).toBe(slot.left || slot.failed || (late ? 1020 : 0))
    if (committed === 0 && slot.bumped) this.#stamps.push((await stamp).toString('hex'))
  }
}

describe('the metadata version', () => {
  test('is what the last bump of anybody made it', async () => {
    for (let seed = 1; seed <= SEED_COUNT; seed++) {
      try {
        await new Model(seed).run()
      } catch (error) {
        throw new Error(`seed ${seed}`, { cause: error })
      }
    }
  })

  test('is cleared by those who may write system keys', async () => {
    await db.doTransaction(async (tn) => bump(tn))
    await expect(db.doTransaction(async (tn) => tn.clear(KEY))).rejects.toMatchObject({
      code: 2004,
    })
    await db.doTransaction(async (tn) => tn.clear(KEY), { access_system_keys: true })
    expect(await tenant.get(KEY)).toBeUndefined()
  })

  test('is read in a tenant that is not there', async () => {
    await db.doTransaction(async (tn) => bump(tn))
    using nowhere = db.tenants.open(`${name} nowhere`)
    using tn = nowhere.createTransaction()
    expect(await tn.get(KEY)).toEqual(await db.get(KEY))
    await tn.commit()
    expect(await code(tn.get('a'))).not.toBe(0)
  })

  test('is watched from a tenant and from outside', async () => {
    const whose: Database[] = [db, tenant]
    for (const watcher of whose) {
      for (const writer of whose) {
        const watch = await watcher.getAndWatch(KEY, { keepAlive: true })
        await writer.doTransaction(async (tn) => bump(tn))
        expect(await watch.promise).toBe(true)
      }
    }
  })

  test('is the only system key that needs no option', async () => {
    for (const key of ['\xff/metadataVersio', '\xff/metadataVersion\0', '\xff/metadataVersionn']) {
      const other = Buffer.from(key, 'latin1')
      await expect(db.get(other)).rejects.toMatchObject({ code: 2004 })
      await expect(
        db.doTransaction(async (tn) =>
          tn.atomicOp(MutationType.SetVersionstampedValue, other, FILLED_IN),
        ),
      ).rejects.toMatchObject({ code: 2004 })
    }
  })
})
