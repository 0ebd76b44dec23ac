/**
 * No argument, where the types of Node.js are known. Without them `Buffer` is unknown to the compiler, which then takes all
 * that has to do with bytes for `any`, which is text too, and says nothing: so it asks for an argument that nobody has.
 */
export type NodeTypes = { bytes: Buffer } extends { bytes: string }
  ? [
      types_of_node_are_missing: 'fdbkit needs the types of Node.js: npm install --save-dev @types/node',
    ]
  : []
