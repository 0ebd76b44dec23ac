// node scripts/docs.mjs [--entry FILE]... [FOLDER...]: checks the doc comments of everything that is public and
// builds the site, guide and API together, into build/docs. With folders, only prints what is wrong in them. Public is what the entry
// points of package.json export, or the files that are given. The rules are in docs/contributing.md.
import { readFileSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import {
  Application,
  LogLevel,
  Logger,
  ReflectionKind,
  TSConfigReader,
  TypeDocReader,
} from 'typedoc'
import { root } from './lib/paths.mjs'
import { outlineProblems, readOutline, sitePages } from './site/outline.mjs'
import { useSiteTheme } from './site/theme.mjs'

const site = join(root, 'build', 'docs')

/** What public types mention, and programs have no use for. */
const HIDDEN = [
  'src/client/attempt/transaction-function.ts:Given',
  'src/future/handles/future-wait.ts:WaitedFor',
  'src/future/port/port.ts:SlotOwner',
  'src/future/wakers/own-wait.ts:Sharable',
  'src/task/core/belongings.ts:Owned',
  'src/task/core/belongings.ts:Owner',
]

/** From the sources of the package's entry points to their names, so that a new one can't be forgotten. */
function packageEntries() {
  const { name, exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const found = new Map()
  for (const [entry, target] of Object.entries(exports)) {
    const path = /"\.\/dist\/([^"]+)\.d\.ts"/.exec(JSON.stringify(target))?.[1]
    if (path !== undefined) found.set(join(root, 'src', `${path}.ts`), entry.replace('.', name))
  }
  return found
}

/** Keeps what TypeDoc warns of, to be sorted and counted. */
class Problems extends Logger {
  lines = []

  log(message, level) {
    // The members of a type that is written out in a signature are described by the signature.
    if (message.includes('.__type.')) return
    if (level >= LogLevel.Warn)
      this.lines.push(message.replace(/fdbkit\/(src|test)\//g, '$1/').trim())
  }
}

const isError = (reflection) =>
  reflection?.extendedTypes?.some((type) => /Error$/.test(type.name)) === true

/** What the language gives a fixed meaning: nobody needs to read about it. */
function isConventional({ name, parent }) {
  return name === '[toStringTag]' || (name === 'name' && isError(parent))
}

const NEEDS_EXAMPLE = ReflectionKind.Class | ReflectionKind.Function | ReflectionKind.Variable

function hasExample(reflection) {
  const comments = [reflection.comment, ...(reflection.signatures ?? []).map((s) => s.comment)]
  return comments.some((comment) => comment?.getTag('@example') !== undefined)
}

function checkExamples(project, logger) {
  for (const reflection of project.getReflectionsByKind(NEEDS_EXAMPLE)) {
    if (hasExample(reflection)) continue
    const [source] = reflection.sources ?? []
    const kind = ReflectionKind.singularString(reflection.kind)
    const name = reflection.getFriendlyFullName()
    logger.warn(`${name} (${kind}), defined in ${source?.fullFileName}, has no @example`)
  }
}

async function documentation(entries, intentionallyNotExported) {
  const options = { entryPoints: [...entries.keys()], intentionallyNotExported }
  const readers = [new TypeDocReader(), new TSConfigReader()]
  const application = await Application.bootstrap(options, readers)
  const problems = new Problems()
  application.logger = problems
  const project = await application.convert()
  if (project === undefined) return { application, problems }
  for (const module of project.getReflectionsByKind(ReflectionKind.Module)) {
    // As programs import it.
    module.name = entries.get(module.sources?.[0]?.fullFileName) ?? module.name
  }
  for (const reflection of Object.values(project.reflections)) {
    if (isConventional(reflection)) project.removeReflection(reflection)
    // The repository has no address yet, so the site names the places of the source and links to none.
    for (const source of reflection.sources ?? []) delete source.url
  }
  application.validate(project)
  checkExamples(project, problems)
  return { application, project, problems }
}

function print(lines, folders) {
  const shown = lines
    .map((line) => line.replaceAll(`${root}/`, ''))
    .filter((line) => folders.length === 0 || folders.some((folder) => line.includes(folder)))
    .sort((a, b) => fileOf(a).localeCompare(fileOf(b)))
  for (const line of shown) console.error(line)
  return shown.length
}

const fileOf = (line) => /(?:src|test)\/[\w./-]+/.exec(line)?.[0] ?? ''

process.chdir(root)
const { values, positionals: folders } = parseArgs({
  options: { entry: { type: 'string', multiple: true } },
  allowPositionals: true,
})
const given = values.entry?.map((file) => [file, file])
const { application, project, problems } =
  given === undefined
    ? await documentation(packageEntries(), HIDDEN)
    : await documentation(new Map(given), [])
const count = print(problems.lines, folders)
if (count > 0 || project === undefined) {
  console.error(`${count} problems in the documentation`)
  process.exit(1)
}
if (folders.length === 0 && values.entry === undefined) {
  await buildSite()
  if (print(problems.lines, []) > 0) process.exit(1)
  console.log(`the site is in ${site}: begin with ${join(site, 'index.html')}`)
}

async function buildSite() {
  const outline = readOutline()
  problems.lines.push(...outlineProblems(outline, sitePages()))
  if (problems.lines.length > 0) return
  useSiteTheme(application, project, outline, (page) =>
    relative(root, application.files.getReflectionPath(page) ?? ''),
  )
  rmSync(site, { recursive: true, force: true })
  await application.generateDocs(project, site)
}
