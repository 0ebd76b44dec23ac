/** Links between the pages lead somewhere, and what the pages name in code is there. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, it } from 'vitest'
import { packageRoot } from '../../src/native/library/engine-path.ts'
import { entries, pages } from './examples.ts'

const text = (page: string): string => readFileSync(join(packageRoot(), page), 'utf8')

/** Without what is fenced: a block of code has no links. */
function prose(page: string): string {
  return text(page).replace(/^```[\s\S]*?^```$/gm, '')
}

/** The anchor that a page viewer gives a heading. */
function anchorOf(heading: string): string {
  return heading
    .replace(/[`*]/g, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .trim()
    .replaceAll(' ', '-')
}

function anchorsOf(page: string): Set<string> {
  return new Set([...prose(page).matchAll(/^#+ (.+)$/gm)].map((line) => anchorOf(line[1] ?? '')))
}

/** The links of a page that lead nowhere. */
function broken(page: string, links: readonly string[]): string[] {
  return links.filter((link) => {
    if (/^[a-z]+:/.test(link)) return false
    const [path = '', anchor] = link.split('#')
    const target = path === '' ? page : normalize(join(dirname(page), path))
    if (!existsSync(join(packageRoot(), target))) return true
    return anchor !== undefined && target.endsWith('.md') && !anchorsOf(target).has(anchor)
  })
}

function linksOf(page: string): string[] {
  return [...prose(page).matchAll(/\]\(([^)\s]+)\)/g)].map((link) => link[1] ?? '')
}

describe('links', () => {
  it.each(pages())('of %s lead somewhere', (page) => {
    expect(broken(page, linksOf(page))).toEqual([])
  })

  it('that lead nowhere are found', () => {
    const links = [
      'docs/nothing.md',
      'docs/engine.md#nothing',
      '#nothing',
      'docs/engine.md',
      '#install',
    ]
    expect(broken('README.md', links)).toEqual(links.slice(0, 3))
  })

  it('lead from the README to the contents, and from there to every page', () => {
    const goals = (page: string): string[] =>
      linksOf(page).map((link) => normalize(join(dirname(page), link.split('#')[0] ?? '')))
    expect(goals('README.md')).toContain('docs/index.md')
    const reached = new Set([...goals('docs/index.md'), 'docs/index.md'])
    expect(pages().filter((page) => !reached.has(page))).toEqual([])
  })
})

/** Files and folders of the repository that a page names: `src/task/spawning/runtime.ts`, `test/cli`. */
function namedPaths(page: string): string[] {
  const named = [
    ...prose(page).matchAll(
      /`((?:src|test|scripts|docs|bench|workloads|native-callbacks)\/[^`\s]*)`/g,
    ),
  ]
  return named.map((path) => path[1] ?? '').filter((path) => !/[*<{|]/.test(path))
}

/** `build:native` of `npm run build:native`. */
function namedScripts(page: string): string[] {
  return [...text(page).matchAll(/npm run (?:-s )?([a-z][\w:-]*)/g)].map((name) => name[1] ?? '')
}

/** `FDBKIT_LONG`, and the like. */
function namedVariables(page: string): Set<string> {
  return new Set([...text(page).matchAll(/\bFDBKIT_[A-Z_]+\b/g)].map(([name]) => name))
}

/** Every source that could read a variable, as one text. */
function sources(): string {
  const folders = ['src', 'scripts', 'test', 'bench', 'native-callbacks', '.ci']
  const files = folders.flatMap((folder) =>
    readdirSync(join(packageRoot(), folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.(ts|mjs|cc|h)$|^run$/.test(file))
      .map((file) => join(folder, file)),
  )
  return files.map(text).join('\n')
}

describe('names', () => {
  it('of variables of the environment are those that something reads', () => {
    const all = sources()
    const named = new Set(pages().flatMap((page) => [...namedVariables(page)]))
    expect(named.size).toBeGreaterThan(5)
    expect([...named].filter((name) => !new RegExp(`\\b${name}\\b`).test(all))).toEqual([])
  })

  it.each(pages())('of files in %s are those of files', (page) => {
    const missing = namedPaths(page).filter((path) => !existsSync(join(packageRoot(), path)))
    expect(missing).toEqual([])
  })

  it.each(pages())('of scripts in %s are those of package.json', (page) => {
    const { scripts } = JSON.parse(text('package.json')) as { scripts: Record<string, string> }
    expect(namedScripts(page).filter((name) => !Object.hasOwn(scripts, name))).toEqual([])
  })
})

describe('the README', () => {
  it('names every entry point', () => {
    const named = [...text('README.md').matchAll(/^\| `(fdbkit[^`]*)` \|/gm)].map((row) => row[1])
    expect(named.sort()).toEqual(
      entries()
        .map(({ specifier }) => specifier)
        .sort(),
    )
  })
})
