// What is built from native-callbacks and bench. A new native part is a new row here. What has libc++ for its
// `standardLibrary` is built where that and clang are there, and else is not.

const shared = process.platform === 'darwin' ? '.dylib' : '.so'

export const libraries = [
  {
    name: 'engine',
    sources: ['native-callbacks/engine'],
    output: `engine/libfdb_c${shared}`,
    exports: 'native-callbacks/engine/exports.map',
  },
  { name: 'ring', sources: ['native-callbacks/ring'], output: `ring/libfdbkit_ring${shared}` },
  // fdbserver's simulator loads it; it shares the ring's commands. Futexes and memfd: Linux only.
  ...(process.platform === 'linux'
    ? [
        {
          name: 'plugin',
          sources: ['native-callbacks/plugin', 'native-callbacks/ring'],
          output: 'plugin/libfdbkit_workload.so',
          exports: 'native-callbacks/plugin/exports.map',
        },
        // The same for servers that were built with libc++: their interface in C++ is that library's.
        {
          name: 'plugin-libcxx',
          sources: ['native-callbacks/plugin', 'native-callbacks/ring'],
          output: 'plugin/libcxx/libfdbkit_workload.so',
          exports: 'native-callbacks/plugin/exports.map',
          standardLibrary: 'libc++',
        },
      ]
    : []),
]

export const needsLibcxx = ({ standardLibrary }) => standardLibrary === 'libc++'

/** Programs of many sources that are always built: what libraries loaded by them call is exported. */
export const executables =
  process.platform === 'linux'
    ? [
        {
          name: 'host',
          sources: ['native-callbacks/host', 'native-callbacks/engine'],
          output: 'host/fdbkit-simulator',
          exports: 'fdb_*',
        },
      ]
    : []

/** Inner parts that programs of tests and benchmarks are linked with. */
export const innerParts = ['native-callbacks/engine', 'native-callbacks/host']

/** Built for tests only, and linked to nothing: what is loaded at run time. */
export const testLibraries = [
  { name: 'fake', sources: ['native-callbacks/fake'], output: `fake/libfdb_c${shared}` },
  // A workload without Node, to compare one in TypeScript with.
  ...(process.platform === 'linux'
    ? [
        {
          name: 'twin',
          sources: ['native-callbacks/twin', 'native-callbacks/ring'],
          output: 'twin/libfdbkit_workload.so',
          exports: 'native-callbacks/plugin/exports.map',
        },
        // Workloads without Node that try what the embedded simulator must stand.
        {
          name: 'probe',
          sources: ['native-callbacks/probe', 'native-callbacks/ring'],
          output: 'probe/libfdbkit_workload.so',
          exports: 'native-callbacks/plugin/exports.map',
        },
        // Loads workloads by the C++ interface, with either standard library.
        ...['libstdc++', 'libc++'].map((standardLibrary) => ({
          name: `cpp-server ${standardLibrary}`,
          sources: ['native-callbacks/cpp-server'],
          output: `cpp-server/${standardLibrary}/libfdbkit_cpp_server.so`,
          exports: 'native-callbacks/cpp-server/exports.map',
          standardLibrary,
        })),
      ]
    : []),
]

/**
 * Each source file below a program folder is one program, linked against the engine and the ring.
 * One whose name begins with `alone` has the inner parts only: it simulates in its own process.
 */
export const programs = [
  { name: 'test', folder: 'native-callbacks/test', output: 'test', alone: 'host/' },
  { name: 'bench', folder: 'bench', output: 'bench' },
]

/** What a program is called: the path of its source or object inside of the program folder, without endings. */
export const programName = (path) => path.replace(/\.cc?(\.o)?$/, '')

export const includeFolders = ['native-callbacks', 'native-callbacks/include']

/** A program that libFuzzer drives, of what it tries as objects: a library would hide from it which code was reached. */
export const fuzzTarget = (name) => ({
  name: `fuzz ${name}`,
  sources: [
    'native-callbacks/engine',
    'native-callbacks/ring',
    'native-callbacks/host/spec',
    `native-callbacks/test/fuzz/${name}.cc`,
  ],
  output: name,
  exports: 'fdb_*',
})

export const sanitizers = {
  address: {
    folder: 'asan',
    flags: [
      '-fsanitize=address,undefined',
      '-fno-sanitize-recover=undefined',
      '-fno-omit-frame-pointer',
    ],
  },
  thread: { folder: 'tsan', flags: ['-fsanitize=thread', '-fno-omit-frame-pointer'] },
}
