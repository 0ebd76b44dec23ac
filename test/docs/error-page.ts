/** docs/production/error-codes.md, made of the table of errors that the client itself has. */
import { adviceFor } from '../../src/native/errors/error-advice.ts'
import { errorNames } from '../../src/native/errors/error-names.ts'
import { isMaybeCommitted, isRetryable } from '../../src/native/errors/errors.ts'

/** Codes that no call of a usual program ends with: whose they are, and what to do about one all the same. */
interface Area {
  readonly title: string
  readonly text: string
  /** From and to, both included. */
  readonly codes: readonly (readonly [from: number, to: number])[]
}

const AREAS: readonly Area[] = [
  {
    title: 'No errors',
    text: 'Success, and what ends a stream inside of the client. A program does not get them.',
    codes: [[0, 1]],
  },
  {
    title: 'Servers among themselves',
    text:
      'The cluster recovers, moves data or lacks a server, and tries again by itself. When a program gets one, its call failed: look at ' +
      '`fdbcli --exec status` and the trace files, and try again when the cluster is well.',
    codes: [
      [1001, 1087],
      [1103, 1105],
      [1200, 1248],
    ],
  },
  {
    title: 'The machine and its files',
    text: 'Of a server or tool, mostly: disk, memory, files. Its trace files name the file or call.',
    codes: [
      [1502, 1512],
      [1516, 1517],
      [1520, 1522],
      [1529, 1529],
    ],
  },
  {
    title: 'Object storage',
    text: 'Of backups and blob granules, which talk to it by HTTP: check address, name, key and rights in their URL.',
    codes: [
      [1518, 1519],
      [1523, 1528],
      [1530, 1533],
    ],
  },
  {
    title: 'Calls of tools and of the library itself',
    text: 'Of knobs, checkpoints, throttling and distributed client libraries, which `fdbcli` and other tools set: correct what was given to them.',
    codes: [
      [2003, 2003],
      [2019, 2049],
      [2111, 2122],
    ],
  },
  {
    title: 'Tenants and metaclusters',
    text: 'Of management, by `fdbcli` or special keys: the group, quota or cluster that was named does not allow it.',
    codes: [
      [2135, 2143],
      [2160, 2175],
    ],
  },
  {
    title: 'Tuples and directories of other clients',
    text: 'fdbkit has its own: a `TupleError`, or a `DirectoryError` with a `reason`.',
    codes: [[2250, 2269]],
  },
  {
    title: 'Backup and restore',
    text: 'Of `fdbbackup`, `fdbrestore` and their agents: see what the tool prints, and check the URL and the state of the backup.',
    codes: [[2300, 2389]],
  },
  {
    title: 'JSON of a status',
    text: 'A document of the cluster that can’t be read: use tools of the release of the cluster.',
    codes: [[2400, 2402]],
  },
  {
    title: 'Snapshots of disks',
    text: 'A step of a snapshot failed, on the servers: their trace files say why. Try it again when the cluster is well.',
    codes: [[2500, 2508]],
  },
  {
    title: 'Encryption, tokens and keys',
    text: 'Of encryption at rest, and of authorization by tokens: check the key service, the token, and the public keys of the servers.',
    codes: [
      [2700, 2712],
      [6002, 6005],
      [7000, 7000],
    ],
  },
]

const codes = Object.keys(errorNames).map(Number)
const nameOf = (code: number): string => errorNames[code] ?? ''
/** A text of its own says more than that FoundationDB answered it. */
const isAdvised = (code: number): boolean =>
  adviceFor(code, nameOf(code)) !== adviceFor(-1, nameOf(code))

/** The only area that has the code. */
function areaOf(code: number): Area {
  const found = AREAS.filter(({ codes }) => codes.some(([from, to]) => from <= code && code <= to))
  const [area] = found
  if (area === undefined || found.length > 1)
    throw new Error(`${code} ${nameOf(code)} is in ${found.length} areas: give it advice, or one`)
  return area
}

function retried(code: number): string {
  if (isMaybeCommitted(code)) return 'yes; it may have been applied'
  return isRetryable(code) ? 'yes' : 'no'
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/** Advice is "what it means; what to do". */
function adviceRow(code: number): string {
  const [meaning = '', ...todo] = adviceFor(code, nameOf(code)).split('; ')
  return `| ${code} | \`${nameOf(code)}\` | ${retried(code)} | ${meaning} | ${capital(todo.join('; '))} |`
}

function areaSection(area: Area): string {
  const own = codes.filter((code) => !isAdvised(code) && areaOf(code) === area)
  const rows = own.map((code) => `| ${code} | \`${nameOf(code)}\` |`)
  return [`## ${area.title}`, '', area.text, '', '| code | name |', '| ---: | --- |', ...rows].join(
    '\n',
  )
}

const HEAD = `# Every error code

You got an error with a number. An \`FDBError\` has it as \`code\`, its name as \`codeName\`, and a message that says what to do.

\`\`\`ts
try {
  await db.set('k', Buffer.alloc(200_000))
} catch (error) {
  if (error instanceof FDBError) console.log(error.code, error.codeName, error.retryable) // 2103 value_too_large false
}
\`\`\`

"Retried" says whether \`doTransaction\`, and calls like \`db.set\`, try again by themselves. You get such a code only when their
\`timeout\` or \`retryLimit\` was used up, or in a transaction of your own, where \`onError\` decides. "May have been applied":
[when nobody knows](../guide/transactions.md#when-nobody-knows). A commit that ended by a code that is not retried may have been applied as well,
when it had been sent: \`maybeCommitted\` of the error says so.

This page is made from the client's own table: all codes of release 7.4. Errors without a number are in
[troubleshooting](troubleshooting.md#errors-without-a-number).

## What a program meets`

/** The whole page. */
export function errorPage(): string {
  const table = [
    '| code | name | retried | what it means | what to do |',
    '| ---: | --- | --- | --- | --- |',
    ...codes.filter(isAdvised).map(adviceRow),
  ].join('\n')
  return `${[HEAD, table, ...AREAS.map(areaSection)].join('\n\n')}\n`
}
