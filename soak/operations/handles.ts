/** Databases and tenants that come and go, with calls under way. */
import { FDBError } from 'fdbkit'
import { accountsOf, drawTransfer, transfer } from '../invariants.ts'
import { openAnother, openPlace } from '../ground.ts'
import { allEnded, outcomeOf, type Outcome } from '../violation.ts'
import type { Operation, Turn } from './operation.ts'

async function otherDatabase({ chance, ground }: Turn): Promise<Outcome> {
  const db = openAnother(ground.place)
  const calls = [
    db.set('other', 'value'),
    db.get('other'),
    db.getRangeAllStartsWith('other'),
    db.getAndWatch('other').then(({ promise }) => promise),
  ]
  const ended = allEnded(calls)
  await chance.moment()
  db.close()
  return ended
}

async function secondHandle({ chance, ground }: Turn): Promise<Outcome> {
  const db = openPlace(ground.place)
  const drawn = drawTransfer(chance)
  const ended = allEnded([
    accountsOf(db).doTransaction((tn) => transfer(tn, drawn)),
    accountsOf(db).getRangeAll(0, 1000),
  ])
  await chance.moment()
  db.close()
  return ended
}

async function tenantTransfer({ chance, ground }: Turn): Promise<Outcome> {
  if (ground.tenants.length === 0) return 'no tenants'
  using tenant = ground.db.tenants.open(chance.pick(ground.tenants))
  const drawn = drawTransfer(chance)
  await accountsOf(tenant).doTransaction((tn) => transfer(tn, drawn))
  return 'done'
}

async function closedTenant({ chance, ground }: Turn): Promise<Outcome> {
  if (ground.tenants.length === 0) return 'no tenants'
  const tenant = ground.db.tenants.open(chance.pick(ground.tenants))
  const drawn = drawTransfer(chance)
  const ended = allEnded([
    accountsOf(tenant).doTransaction((tn) => transfer(tn, drawn)),
    tenant.get('plain'),
  ])
  await chance.moment()
  tenant.close()
  return ended
}

const EXISTS = 2132
const NOT_FOUND = 2131

/** An attempt whose outcome was unknown was applied: the next one finds what it made, or took away. */
const applied =
  (code: number) =>
  (error: unknown): Outcome | undefined =>
    error instanceof FDBError && error.code === code ? 'done before' : undefined

async function tenantLife({ ground, number }: Turn): Promise<Outcome> {
  if (ground.tenants.length === 0) return 'no tenants'
  const name = `${ground.place.name}-of-${number}`
  await outcomeOf(ground.db.tenants.create(name), applied(EXISTS))
  {
    using tenant = ground.db.tenants.open(name)
    await tenant.set('key', name)
    await tenant.clearAll()
  }
  return outcomeOf(ground.db.tenants.delete(name), applied(NOT_FOUND))
}

export const handles: readonly Operation[] = [
  { name: 'other database', weight: 4, run: otherDatabase },
  { name: 'second handle', weight: 4, run: secondHandle },
  { name: 'tenant', weight: 6, run: tenantTransfer },
  { name: 'closed tenant', weight: 4, run: closedTenant },
  { name: 'life of a tenant', weight: 2, run: tenantLife },
]
