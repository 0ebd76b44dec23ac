// A worker that serves the platforms' packages as a registry does, for package managers that take an optional dependency from
// nowhere else. Those of other platforms have a manifest only: nobody fetches them here.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { parentPort, workerData } from 'node:worker_threads'

/** Each package: its manifest, and the packed file where there is one. */
const { packages } = workerData

const server = createServer((request, response) => {
  const path = decodeURIComponent(request.url.slice(1))
  const found = packages.find(({ manifest: { name } }) => path === name || path === `${name}.tgz`)
  if (found === undefined) return response.writeHead(404).end('{}')
  const bytes = found.tarball === undefined ? Buffer.alloc(0) : readFileSync(found.tarball)
  if (path.endsWith('.tgz')) return response.end(bytes)
  const { name, version } = found.manifest
  const hash = (kind, encoding) => createHash(kind).update(bytes).digest(encoding)
  const dist = {
    tarball: `http://localhost:${server.address().port}/${name}.tgz`,
    integrity: `sha512-${hash('sha512', 'base64')}`,
    shasum: hash('sha1', 'hex'),
  }
  response.setHeader('content-type', 'application/json')
  response.end(
    JSON.stringify({
      name,
      'dist-tags': { latest: version },
      versions: { [version]: { ...found.manifest, dist } },
      time: { [version]: '2020-01-01T00:00:00.000Z' },
    }),
  )
})
server.listen(0, 'localhost', () => parentPort.postMessage(server.address().port))
