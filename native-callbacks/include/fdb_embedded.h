#ifndef FDBKIT_FDB_EMBEDDED_H
#define FDBKIT_FDB_EMBEDDED_H

/* What the embedded engine exports beside the C API, for tests. No other client library has it: a
 * program that may run on both looks the symbols up. */

#include "fdb_c.h"

#ifdef __cplusplus
extern "C" {
#endif

/* All that is in the database, whatever the scope of the caller, as one run of bytes:
 * fdb_future_get_key. Behind the commits that were called before. 2101: it is 2 GiB or more. */
FDB_EXPORT FDBFuture* fdb_embedded_save(FDBDatabase* database);

/* Makes the database what it was when the bytes were saved, here or by another process, as one
 * commit: transactions that have read before conflict with it. 2000: these bytes are none of
 * fdb_embedded_save, and nothing was changed. */
FDB_EXPORT FDBFuture* fdb_embedded_load(FDBDatabase* database, const uint8_t* bytes, int length);

/* From now on the calls of this handle, of its tenants and transactions meet faults, drawn from the
 * seed. Each number is how many of a thousand chances fire; all 0 ends it. 2006: one is not from 0
 * to 1000. */
FDB_EXPORT fdb_error_t fdb_embedded_set_faults(FDBDatabase* database, uint64_t seed, int conflicts,
                                               int unknown_commits, int slow_reads, int too_old,
                                               int overload);

#ifdef __cplusplus
}
#endif

#endif
