import { tuple, type TupleItem } from '../../index.ts'

/** What the demo writes first, to know its own data again. */
export const OWNER = 'fdbkit demo'

/**
 * Where the demo keeps what, all below the tuple of its prefix:
 *
 *     ('owner')                              = 'fdbkit demo'
 *     ('loaded', batch)                      = ''                   this batch is in
 *     ('city', id)                           = (name, country, lat, lng)
 *     ('by country', country, name, id)      = ''                   index
 *     ('by place', geohash, id)              = (name, lat, lng)     index, with what a search needs
 *     ('count', country)                     = cities, 64-bit little-endian
 *     ('log', versionstamp)                  = what happened
 */
export class Keyspace {
  readonly prefix: Buffer

  constructor(name: string) {
    this.prefix = tuple.pack([name])
  }

  key(...items: TupleItem[]): Buffer {
    return tuple.packPrefixed(this.prefix, items)
  }

  /** The items behind the prefix. */
  items(key: Buffer): ReturnType<typeof tuple.unpack> {
    return tuple.unpackFrom(key, this.prefix.length)
  }

  /** All keys whose tuple begins with these items and goes on. */
  range(...items: TupleItem[]): { begin: Buffer; end: Buffer } {
    const key = this.key(...items)
    return {
      begin: Buffer.concat([key, Buffer.of(0x00)]),
      end: Buffer.concat([key, Buffer.of(0xff)]),
    }
  }
}
