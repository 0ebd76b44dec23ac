/** The version of this package, as package.json has it: copies of it in one process tell each other by it. */
export const VERSION = '0.1.0'
