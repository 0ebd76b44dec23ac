// Preloaded into a run of the peer's suite: where its tests ask for the peer's library, `../lib` or a
// module of it, they get the module of that name of fdbkit/compat. Fails the run when that did not happen.
const { existsSync } = require('node:fs')
const Module = require('node:module')
const { basename, dirname, join, sep } = require('node:path')

const peer = dirname(require.resolve('foundationdb/package.json'))
const suite = join(peer, 'dist', 'test') + sep
const compat = join(__dirname, '..', '..', 'dist', 'compat')
const resolve = Module._resolveFilename
let redirected = 0

Module._resolveFilename = function (request, parent, ...rest) {
  if (!parent?.filename?.startsWith(suite) || !/^\.\.\/lib(\/|$)/.test(request)) {
    return resolve.call(this, request, parent, ...rest)
  }
  redirected++
  const name = request === '../lib' ? 'index' : basename(request)
  const places = [compat, join(compat, 'bytes')].map((folder) => join(folder, `${name}.js`))
  return places.find((path) => existsSync(path)) ?? places[0]
}

process.on('exit', () => {
  const loaded = Object.keys(require.cache).filter((path) =>
    path.startsWith(join(peer, 'dist', 'lib')),
  )
  if (redirected > 0 && loaded.length === 0) return
  console.error(`the peer's own library was loaded: ${loaded.join(', ')}`)
  process.exitCode = 98
})
