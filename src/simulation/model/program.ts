/** The program of a simulation: what each client does, drawn from one number. */
import { seededRandom } from '../../native/environment/deterministic-environment.ts'
import { draw, smaller, type ArgumentGenerator, type Drawn } from './arbitrary.ts'
import type { Edits } from './edits.ts'

/** A command with its arguments. */
export interface Step {
  readonly client: number
  /** 0, 1, 2, ... of its client, also when others are left out. */
  readonly index: number
  readonly name: string
  readonly args: unknown
  /** Simulated seconds before it. */
  readonly pause: number
}

export interface ProgramShape {
  readonly clients: number
  readonly commands: number
  readonly pause: number
}

/** Of each command its generator; undefined: it has no arguments. */
export type Generators = ReadonlyMap<string, ArgumentGenerator<unknown> | undefined>

export interface Program {
  readonly steps: readonly Step[]
  /** Arguments that were to be smaller, and have no such smaller ones. */
  readonly exhausted: readonly string[]
}

export function drawProgram(
  seed: string,
  { clients, commands, pause }: ProgramShape,
  generators: Generators,
  edits: Edits | undefined,
): Program {
  const names = [...generators.keys()]
  const steps: Step[] = []
  const exhausted: string[] = []
  for (let client = 0; client < clients; client++) {
    const kept = edits?.keep === undefined ? undefined : new Set(edits.keep[client] ?? [])
    for (let index = 0; index < commands; index++) {
      if (kept?.has(index) === false) continue
      // Each step has a stream of its own: what is left out changes no other.
      const unit = seededRandom(hashOf(`${seed}/${client}/${index}`))
      const name = names[Math.floor(unit() * names.length)] as string
      const seconds = unit() * (edits?.noPauses === true ? 0 : pause)
      const generator = generators.get(name)
      const path = edits?.smaller?.[`${client}/${index}`] ?? []
      const drawn =
        generator === undefined ? undefined : follow(generator, draw(generator, unit), path)
      if (drawn === 'exhausted') exhausted.push(`${client}/${index}`)
      const args = drawn === 'exhausted' ? undefined : drawn?.value
      steps.push({ client, index, name, args, pause: seconds })
    }
  }
  return { steps, exhausted }
}

function follow(
  generator: ArgumentGenerator<unknown>,
  first: Drawn<unknown>,
  path: readonly number[],
): Drawn<unknown> | 'exhausted' {
  let drawn: Drawn<unknown> = first
  for (const steps of path) {
    const next = smaller(generator, drawn, steps)
    if (next === undefined) return 'exhausted'
    drawn = next
  }
  return drawn
}

/** FNV-1a. */
function hashOf(text: string): number {
  let hash = 0xcbf29ce484222325n
  for (const byte of Buffer.from(text)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n)
  }
  return Number(hash >> 11n)
}
