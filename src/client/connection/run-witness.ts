/**
 * Who looks on when a database runs a transaction, or makes a call as one: a simulation, which compares what the caller is
 * told with what became of the commits. `begin` makes the transaction before it returns, unless it waits in line.
 */
export type RunWitness = <T>(begin: () => Promise<T>) => Promise<T>
