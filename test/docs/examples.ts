/** The examples of the documentation: those of doc comments, and the `ts` blocks of the pages. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../../src/native/library/engine-path.ts'

/** An entry point of the package: what is imported, and its source. */
export interface Entry {
  readonly specifier: string
  readonly source: string
}

export interface Example {
  /** Relative to the repository. */
  readonly file: string
  /** Of its first line in that file; from 1. */
  readonly line: number
  readonly code: string
  /** Whose names and whose `db` it has. */
  readonly entry: string
}

interface Manifest {
  readonly exports: Readonly<Record<string, string | { readonly types?: string }>>
}

/** Every entry point of package.json that has types. */
export function entries(): Entry[] {
  const text = readFileSync(join(packageRoot(), 'package.json'), 'utf8')
  const found: Entry[] = []
  for (const [path, target] of Object.entries((JSON.parse(text) as Manifest).exports)) {
    const types = /\.\/dist\/([^"]+)\.d\.ts"/.exec(JSON.stringify(target))?.[1]
    if (types === undefined) continue
    const source = join(packageRoot(), 'src', `${types}.ts`)
    found.push({ specifier: path.replace(/^\./, 'fdbkit'), source })
  }
  return found
}

export function allExamples(): Example[] {
  return [
    ...filesBelow('src', '.ts').flatMap((file) => examplesOfComments(file, read(file))),
    ...pages().flatMap((file) => examplesOfPage(file, read(file))),
  ]
}

/** The pages at the top of the repository, and those of docs, relative to the repository. */
export function pages(): string[] {
  const top = readdirSync(packageRoot()).filter((file) => file.endsWith('.md'))
  return [...top.sort(), ...filesBelow('docs', '.md')]
}

function filesBelow(folder: string, ending: string): string[] {
  const files = readdirSync(join(packageRoot(), folder), { recursive: true, encoding: 'utf8' })
  const found = files.filter((file) => file.endsWith(ending))
  return found.sort().map((file) => join(folder, file))
}

function read(file: string): string {
  return readFileSync(join(packageRoot(), file), 'utf8')
}

/** The entry point that a folder of `src`, or a page of `docs`, belongs to. */
function entryOf(file: string): string {
  const name = /^(?:src|docs)\/(\w+)[/.]/.exec(file)?.[1] ?? ''
  const specifier = `fdbkit/${name}`
  return entries().some((entry) => entry.specifier === specifier) ? specifier : 'fdbkit'
}

/** What stands behind `@example` in the comments of a source, up to the next tag. */
export function examplesOfComments(file: string, text: string): Example[] {
  const found: Example[] = []
  const entry = entryOf(file)
  for (const comment of text.matchAll(/^[ \t]*\/\*\*[\s\S]*?\*\//gm)) {
    const firstLine = text.slice(0, comment.index).split('\n').length
    let code: string[] | undefined
    let begin = 0
    const finish = (): void => {
      if (code !== undefined) found.push({ file, line: begin, code: code.join('\n'), entry })
      code = undefined
    }
    const body = comment[0].replace(/\s*\*\/$/, '')
    for (const [index, raw] of body.split('\n').entries()) {
      const line = raw.replace(/^\s*\/?\*+ ?/, '')
      const tag = /^@(\w+)[ ]?(.*)$/.exec(line)
      if (tag !== null) {
        finish()
        if (tag[1] !== 'example') continue
        const behind = tag[2] ?? ''
        code = behind === '' ? [] : [behind]
        begin = firstLine + index + (behind === '' ? 1 : 0)
      } else {
        code?.push(line)
      }
    }
    finish()
  }
  return found
}

/** The blocks of a page that are fenced as `ts`. */
export function examplesOfPage(file: string, text: string): Example[] {
  return [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map((block) => ({
    file,
    line: text.slice(0, block.index).split('\n').length + 1,
    code: block[1] ?? '',
    entry: entryOf(file),
  }))
}
