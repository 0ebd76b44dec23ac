/** The numbers of commands, flags and payload kinds. As in native-callbacks/ring/commands/codes.h. */
export const Code = {
  openDatabase: 1,
  openTenant: 2,
  openTransaction: 3,
  openTenantTransaction: 4,
  destroy: 5,
  setDatabaseOption: 6,
  busyness: 7,
  set: 10,
  clear: 11,
  clearRange: 12,
  atomicOp: 13,
  setReadVersion: 14,
  reset: 15,
  cancelTransaction: 16,
  addConflictRange: 17,
  setTransactionOption: 18,
  committedVersion: 19,
  arm: 30,
  release: 31,
  cancel: 32,
  get: 40,
  getKey: 41,
  getRange: 42,
  getMappedRange: 43,
  getReadVersion: 44,
  commit: 45,
  getVersionstamp: 46,
  onError: 47,
  watch: 48,
  getApproximateSize: 49,
  getTotalCost: 50,
  getTagThrottledDuration: 51,
  getEstimatedRangeSizeBytes: 52,
  getRangeSplitPoints: 53,
  getAddressesForKey: 54,
  getMany: 56,
  getClientStatus: 60,
  getServerProtocol: 61,
  rebootWorker: 62,
  forceRecoveryWithDataLoss: 63,
  createSnapshot: 64,
  getTenantId: 65,
  saveEmbedded: 66,
  loadEmbedded: 67,
  purgeBlobGranules: 70,
  waitForPurge: 71,
  blobbifyRange: 72,
  blobbifyRangeBlocking: 73,
  unblobbifyRange: 74,
  listBlobbifiedRanges: 75,
  verifyBlobRange: 76,
  flushBlobRange: 77,
  getBlobGranuleRanges: 78,
  summarizeBlobGranules: 79,
  readBlobGranules: 80,
} as const

/** Flags lie above the eight bits of the code. */
export const Flag = {
  arm: 1 << 8,
  snapshot: 2 << 8,
  reverse: 4 << 8,
  beginOrEqual: 8 << 8,
  endOrEqual: 16 << 8,
  connectionString: 32 << 8,
} as const

const operations = new Map<number, string>(
  Object.entries(Code).map(([operation, code]) => [code, operation]),
)

/** The name of a command, with or without flags: what the call is named in the API. */
export function operationOf(command: number): string | undefined {
  return operations.get(command & 0xff)
}
