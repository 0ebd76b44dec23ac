// The platforms that native parts are built for ahead, each a package that npm installs only there. A new one is a row
// here, and a name in `PREBUILT` of src/native/library/native-home.ts.

/** The newest glibc whose symbols the parts may need: that of RHEL 9 and Ubuntu 22.04. */
export const NEWEST_GLIBC = '2.34'

export const platforms = [
  {
    name: 'linux-x64',
    os: 'linux',
    cpu: 'x64',
    cross: { cxx: 'x86_64-linux-gnu-g++', cc: 'x86_64-linux-gnu-gcc', flags: [] },
  },
  {
    name: 'linux-arm64',
    os: 'linux',
    cpu: 'arm64',
    cross: { cxx: 'aarch64-linux-gnu-g++', cc: 'aarch64-linux-gnu-gcc', flags: [] },
  },
  {
    name: 'darwin-arm64',
    os: 'darwin',
    cpu: 'arm64',
    cross: { cxx: 'clang++', cc: 'clang', flags: ['-arch', 'arm64'] },
  },
  {
    name: 'darwin-x64',
    os: 'darwin',
    cpu: 'x64',
    cross: { cxx: 'clang++', cc: 'clang', flags: ['-arch', 'x86_64'] },
  },
]

export const packageName = ({ name }) => `@fdbkit/${name}`

/** The one that this machine is; undefined where nothing is prebuilt. */
export function ownPlatform() {
  return platforms.find(({ os, cpu }) => os === process.platform && cpu === process.arch)
}

/** Those that this machine's compilers build: of its own system, whatever the processor. */
export const platformsBuiltHere = platforms.filter(({ os }) => os === process.platform)
