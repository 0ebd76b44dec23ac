/**
 * No argument, where the types of Node.js are known. Without them `Buffer` is unknown to the compiler, which then takes all
 * that has to do with bytes for `any` and says nothing: so it asks for an argument that nobody has.
 */
export type NodeTypes = 0 extends 1 & Buffer
  ? [missing: 'fdbkit needs the types of Node.js: npm install --save-dev @types/node']
  : []
