/** What fdbserver takes for a seed. */
export const HIGHEST_SEED = 2 ** 32 - 1
