/* The opaque handles and scalar types of the FoundationDB C API. */
#ifndef FDB_C_TYPES_H
#define FDB_C_TYPES_H

#ifdef __cplusplus
extern "C" {
#endif

typedef struct FDB_future FDBFuture;
typedef struct FDB_result FDBResult;
typedef struct FDB_cluster FDBCluster;
typedef struct FDB_database FDBDatabase;
typedef struct FDB_tenant FDBTenant;
typedef struct FDB_transaction FDBTransaction;

typedef int fdb_error_t;
typedef int fdb_bool_t;

/* A caller may pass any int for one of these enums. In C++ only one with a type of its own holds
 * them all. */
#ifdef __cplusplus
#define FDB_ANY_INT : int
#else
#define FDB_ANY_INT
#endif

#ifdef __cplusplus
}
#endif

#endif
