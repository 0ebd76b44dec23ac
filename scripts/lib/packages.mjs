// Makes the packages that are published: fdbkit, and one of native parts for each platform. docs/packaging.md says why.
import { cpSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { spawnSync } from 'node:child_process'
import { prebuiltFlavor } from './build-flavors.mjs'
import { SetupError } from './compiler.mjs'
import { requireGlibc } from './glibc.mjs'
import { buildFlavor } from './native-build.mjs'
import { executables, libraries, needsLibcxx } from './native-targets.mjs'
import { buildFolder, filesBelow, root } from './paths.mjs'
import { NEWEST_GLIBC, packageName, platforms } from './platforms.mjs'

export const packagesFolder = join(buildFolder, 'packages')

const manifest = () => JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

/** Fields that mean something in the repository only. */
const OF_THE_REPOSITORY = ['scripts', 'devDependencies', 'private']

/** What is published is not the repository's manifest: it names the prebuilt packages, which the repository has no use for. */
function publishedManifest() {
  const all = manifest()
  const kept = Object.entries(all).filter(([field]) => !OF_THE_REPOSITORY.includes(field))
  const prebuilt = platforms.map((platform) => [packageName(platform), all.version])
  return {
    ...Object.fromEntries(kept),
    exports: publishedExports(all.exports),
    optionalDependencies: Object.fromEntries(prebuilt),
  }
}

const COMMONJS = 'dist/commonjs'

/**
 * `require` of an ES module is as good as `import` where Node can do it, but TypeScript's `node16` refuses it: it asks
 * the declarations what they are of. So those are there a second time, as those of CommonJS; the code is there once.
 */
function publishedExports(exports) {
  const both = Object.entries(exports).map(([entry, target]) => {
    if (typeof target === 'string') return [entry, target]
    const types = target.types.replace('./dist', `./${COMMONJS}`)
    return [entry, { import: target, require: { ...target, types } }]
  })
  return Object.fromEntries(both)
}

function stageCommonJs(folder) {
  const dist = join(folder, 'dist')
  for (const path of filesBelow(dist, ['.d.ts'])) {
    const copy = join(folder, COMMONJS, relative(dist, path))
    mkdirSync(dirname(copy), { recursive: true })
    cpSync(path, copy)
  }
  write(join(folder, COMMONJS), 'package.json', { type: 'commonjs' })
}

/** The README with links that lead somewhere outside of the repository, too. */
function publishedReadme() {
  const source = manifest().homepage.replace(/#.*$/, '')
  const text = readFileSync(join(root, 'README.md'), 'utf8')
  return text.replace(/\]\((?!https?:|#)([^)]+)\)/g, `](${source}/blob/main/$1)`)
}

function write(folder, name, content) {
  const text = typeof content === 'string' ? content : `${JSON.stringify(content, null, 2)}\n`
  writeFileSync(join(folder, name), text)
}

function emptied(name) {
  const folder = join(packagesFolder, name)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  return folder
}

function stageMain() {
  const folder = emptied('fdbkit')
  const published = publishedManifest()
  const files = published.files.filter((file) => !file.startsWith('!'))
  for (const file of [...files, 'LICENSE']) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    cpSync(join(root, file), join(folder, file), { recursive: true })
  }
  stageCommonJs(folder)
  write(folder, 'package.json', published)
  write(folder, 'README.md', publishedReadme())
  return folder
}

export function platformManifest(platform) {
  const { version, license, repository, homepage, bugs } = manifest()
  return {
    name: packageName(platform),
    version,
    description: `The native parts of fdbkit for ${platform.name}.`,
    license,
    repository,
    homepage,
    bugs,
    os: [platform.os],
    cpu: [platform.cpu],
    ...(platform.os === 'linux' ? { libc: ['glibc'] } : {}),
    files: [...libraries, ...executables].map(({ output }) => output),
    // Yarn keeps packages in archives, which no loader looks into.
    preferUnplugged: true,
  }
}

async function stagePlatform(platform, { glibc, log }) {
  const flavor = prebuiltFlavor(platform)
  await buildFlavor(flavor, { log: (line) => log(`${platform.name}: ${line}`) })
  const folder = emptied(platform.name)
  for (const target of [...libraries, ...executables]) {
    const { output } = target
    if (needsLibcxx(target) && flavor.libcxx === undefined) {
      log(
        `${platform.name}: without ${output}, since clang with libc++ builds for this machine only`,
      )
      continue
    }
    const built = join(flavor.output, output)
    if (platform.os === 'linux') requireGlibc(built, glibc)
    cpSync(built, join(folder, output))
  }
  cpSync(join(root, 'LICENSE'), join(folder, 'LICENSE'))
  write(folder, 'package.json', platformManifest(platform))
  write(
    folder,
    'README.md',
    `The native parts of \`fdbkit\` for ${platform.name}; it depends on them.\n`,
  )
  return folder
}

function pack(folder) {
  const args = ['pack', '--ignore-scripts', '--json', '--pack-destination', packagesFolder]
  const { error, status, stdout, stderr } = spawnSync('npm', args, {
    cwd: folder,
    encoding: 'utf8',
  })
  if (error !== undefined || status !== 0) {
    throw new SetupError(`npm pack failed in ${folder}: ${error?.message ?? stderr}`)
  }
  const [{ name, filename, unpackedSize, files }] = Object.values(JSON.parse(stdout))
  const path = join(packagesFolder, filename)
  return { name, path, packed: statSync(path).size, unpacked: unpackedSize, files: files.length }
}

/**
 * Packs fdbkit and the platforms: an object of name, path, sizes and files for each, fdbkit first. `dist` must be built.
 * `glibc` is the newest that the parts may need.
 */
export async function packAll(chosen, { glibc = NEWEST_GLIBC, log = () => {} } = {}) {
  const packed = [pack(stageMain())]
  for (const platform of chosen) packed.push(pack(await stagePlatform(platform, { glibc, log })))
  return packed
}
