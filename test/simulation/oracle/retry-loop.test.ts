import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { describeOn } from '../run-workload.ts'
import { EVERYTHING, findingsUntil } from './run-everything.ts'

const root = join(import.meta.dirname, '../../..')
/** In the package, whose other parts it uses. */
const folder = join(root, 'build/faulty-client')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const CAUGHT = 'const error = context.lateCall ?? thrown;'
const COMMIT = 'await this.#waitFor(this.#handle.commit(context.hasWritten));'
const DONE = 'return { result };'

/** A line of the retry loop that becomes another one, and what the oracle says then. */
const FAULTS = [
  {
    name: 'takes a conflict for success',
    line: CAUGHT,
    becomes: `${CAUGHT} if (thrown.code === 1020) return { result };`,
    says: 'told that it is done, and the commit failed with 1020',
  },
  {
    name: 'takes an unknown outcome for success',
    line: CAUGHT,
    becomes: `${CAUGHT} if (thrown.code === 1021) return { result };`,
    says: 'told that it is done, and the commit failed with 1021',
  },
  {
    name: 'says that nothing is applied when nobody knows',
    line: CAUGHT,
    becomes: `${CAUGHT} if (thrown.code === 1021) throw new FDBError(1020);`,
    says: 'told that nothing is applied (FDBError: ',
  },
  {
    name: 'waits for no answer',
    line: COMMIT,
    becomes:
      'void this.#handle.commit(context.hasWritten); this.#handle.destroy = () => undefined;',
    // What is not answered yet when the test ends.
    faults: { slowMessage: 0.3 },
    says: 'told that it is done, and the commit was not answered',
  },
  {
    name: 'runs the function again after it was committed',
    line: DONE,
    becomes: `if (attempt.number > 1 || skipCommit) ${DONE}
        this.#handle.reset();
        this.#attempt = { ...attempt, number: 2 };
        this.#context = context.renewed(this.#handle);
        return undefined;`,
    says: 'a function ran again after its commit was acknowledged',
  },
  {
    name: 'forgets the commit',
    line: 'if (skipCommit !== true)',
    becomes: 'if (attempt.number > 1)',
    says: 'told that it is done, and nothing was committed',
  },
]

describeOn('engine')('a retry loop that', () => {
  it.each(FAULTS)(
    '$name is found',
    async ({ name, line, becomes, says, faults }) => {
      const copy = join(folder, name.replaceAll(' ', '-'))
      mkdirSync(copy, { recursive: true })
      cpSync(join(root, 'dist'), join(copy, 'dist'), { recursive: true })
      const core = join(copy, 'dist/joined/core.js')
      const text = readFileSync(core, 'utf8')
      expect(text.split(line).length).toBe(2)
      writeFileSync(
        core,
        text.replace(line, () => becomes),
      )
      const environment = { FDBKIT_SIM_MAIN: join(copy, 'dist/simulation/main.js') }
      const seeds = { first: 1, last: 30, environment, faults }
      expect(await findingsUntil(says, EVERYTHING, seeds)).toContain(says)
    },
    300_000,
  )
})
