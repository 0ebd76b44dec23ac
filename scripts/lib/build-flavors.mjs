// How the native parts are built: where, by which compilers, with which flags.
import { spawnSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { SetupError, findCompilers } from './compiler.mjs'
import { includeFolders, sanitizers } from './native-targets.mjs'
import { buildFolder } from './paths.mjs'
import { ownPlatform } from './platforms.mjs'

const darwin = process.platform === 'darwin'

const flagsWith = ({ debug = [], more = [] } = {}) => [
  '-O2',
  // A seed gives the same run on every processor: none multiplies and adds in one rounding.
  '-ffp-contract=off',
  ...debug,
  '-fPIC',
  '-fvisibility=hidden',
  '-pthread',
  '-Wall',
  '-Wextra',
  ...more,
  ...includeFolders.map((folder) => `-I${folder}`),
]

/** No symbol tables: libraries export what they export, and stacks are of no use to who installs them. */
const stripped = darwin ? ['-Wl,-S', '-Wl,-x'] : ['-s']

/** The C++ library comes along and stays hidden: another one may be in the process. */
const selfContained = darwin
  ? ['-mmacosx-version-min=13.3']
  : ['-static-libstdc++', '-Wl,--exclude-libs,ALL', '-Wl,--gc-sections']

const werrorFlags = (werror) => ((werror ?? process.env.FDBKIT_WERROR === '1') ? ['-Werror'] : [])

/** For work in the checkout: with debug information, and what was compiled is kept. */
export function checkoutFlavor({ werror } = {}) {
  return withLibcxx({
    output: buildFolder,
    objects: join(buildFolder, 'obj'),
    compilers: findCompilers(),
    flags: flagsWith({ debug: ['-g'], more: werrorFlags(werror) }),
    linkFlags: [],
  })
}

/** libc++ comes along and stays hidden: who loads this has a copy of its own. */
const libcxxLinkFlags = [
  ...['-stdlib=libc++', '-nostdlib++', '-Wl,-Bstatic', '-lc++', '-lc++abi', '-Wl,-Bdynamic'],
  ...['-Wl,--exclude-libs,ALL', '-Wl,--gc-sections'],
]

/** The two files of libc++, each by the path that clang finds it at. */
const isLibcxxThere = () =>
  ['libc++.a', 'libc++abi.a'].every((name) => {
    const args = ['-stdlib=libc++', `-print-file-name=${name}`]
    const { stdout } = spawnSync('clang++', args, { encoding: 'utf8' })
    return isAbsolute(stdout?.trim() ?? '')
  })

/** The same for what needs libc++, as `libcxx`; undefined where clang or its static libc++ is not there. */
function withLibcxx(flavor) {
  if (darwin || !isLibcxxThere()) return { ...flavor, libcxx: undefined }
  const { output, objects, flags, linkFlags } = flavor
  const libcxx = {
    output,
    objects: join(objects, 'libcxx'),
    compilers: { cxx: 'clang++', cc: 'clang' },
    flags: [...flags, '-stdlib=libc++'],
    linkFlags: [...linkFlags.filter((flag) => !selfContained.includes(flag)), ...libcxxLinkFlags],
  }
  return { ...flavor, libcxx }
}

/** Sanitizers make compilers warn of what is not there, so that warnings are no errors. */
export function sanitizedFlavor(name) {
  const { folder, flags } = sanitizers[name]
  const output = join(buildFolder, folder)
  return {
    ...checkoutFlavor({ werror: false }),
    output,
    objects: join(output, 'obj'),
    flags: flagsWith({ debug: ['-g'], more: flags }),
    libcxx: undefined,
  }
}

/** For libFuzzer, which comes with clang. */
export function fuzzFlavor() {
  const output = join(buildFolder, 'fuzz')
  // The ring calls whichever client library there is by types of its own, which clang would have be the same ones.
  const found = [...sanitizers.address.flags, '-fno-sanitize=function']
  return {
    output,
    objects: join(output, 'obj'),
    compilers: findClang(),
    flags: flagsWith({
      debug: ['-g'],
      more: ['-fsanitize=fuzzer-no-link', ...found, '-DFDBKIT_LIBFUZZER'],
    }),
    linkFlags: ['-fsanitize=fuzzer'],
  }
}

/** The newest clang that has libFuzzer beside it: the package of the compiler alone has not. */
function findClang() {
  const empty = 'extern "C" int LLVMFuzzerTestOneInput(const char*, unsigned long) { return 0; }'
  const args = ['-fsanitize=fuzzer,address', '-x', 'c++', '-', '-o', '/dev/null']
  const versions = ['', '-19', '-18', '-17', '-16', '-15', '-14']
  const version = versions.find(
    (each) => spawnSync(`clang++${each}`, args, { input: empty }).status === 0,
  )
  if (version === undefined) {
    throw new SetupError(
      'fuzzing needs clang with libFuzzer: on Debian apt-get install clang-14 libclang-rt-14-dev',
    )
  }
  return { cxx: `clang++${version}`, cc: `clang${version}` }
}

/** For a prebuilt package. On its own machine from the checkout's objects, whose debug information is not linked. */
export function prebuiltFlavor(platform) {
  const output = join(buildFolder, 'platforms', platform.name)
  const linkFlags = [...stripped, ...selfContained]
  if (platform === ownPlatform() && !darwin) {
    return withLibcxx({ ...checkoutFlavor(), output, linkFlags })
  }
  const { cxx, cc, flags } = platform.cross
  const extra = darwin ? [...flags, ...selfContained] : flags
  return {
    output,
    objects: join(buildFolder, 'obj', platform.name),
    compilers: crossCompilers(platform, cxx, cc),
    flags: flagsWith({ more: extra }),
    linkFlags: [...linkFlags, ...flags],
  }
}

/** For this machine, in an installed package: what was compiled lies elsewhere, and goes. */
export function installedFlavor(output) {
  return withLibcxx({
    output,
    objects: mkdtempSync(join(tmpdir(), 'fdbkit-build-')),
    compilers: findCompilers(),
    flags: flagsWith(),
    linkFlags: stripped,
  })
}

function crossCompilers(platform, cxx, cc) {
  try {
    return findCompilers({ cxx: [cxx], cc: [cc] })
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    throw new SetupError(
      `no compiler for ${platform.name}: install ${cxx} (on Debian: apt-get install g++-${cxx.replace('-g++', '')})`,
    )
  }
}
