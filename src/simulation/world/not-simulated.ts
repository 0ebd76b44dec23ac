/** A call whose result would come from the machine, not from the simulation. */
export class NotSimulatedError extends Error {
  override readonly name = 'NotSimulatedError'

  constructor(call: string, advice: string) {
    super(`${call} can't be simulated: ${advice}`)
  }
}
