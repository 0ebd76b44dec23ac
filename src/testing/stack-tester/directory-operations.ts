import type { Operations } from './step.ts'

export class DirectoryState {}
export const directoryOperations: Operations = {}
