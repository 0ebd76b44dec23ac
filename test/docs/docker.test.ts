// No test builds an image. So what docs/production/docker.md says is compared with the repository's own docker-compose.yml,
// which continuous integration runs, and with what the package asks for.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { packageRoot } from '../../src/native/library/engine-path.ts'

const read = (...path: string[]): string => readFileSync(join(packageRoot(), ...path), 'utf8')
const page = read('docs', 'production', 'docker.md')
const compose = read('docker-compose.yml')
const manifest = JSON.parse(read('package.json')) as { engines: { node: string } }

/** The content of the only block of a kind. */
function block(kind: string): string {
  const found = [...page.matchAll(new RegExp('```' + kind + '\\n([^]*?)```', 'g'))]
  expect(found).toHaveLength(1)
  return found[0]?.[1] ?? ''
}

/** The lines of a service, without comments. */
function service(file: string, name: string): string[] {
  const lines = file.split('\n').filter((line) => !line.trimStart().startsWith('#'))
  const start = lines.indexOf(`  ${name}:`)
  const rest = lines.slice(start + 1)
  const end = rest.findIndex((line) => /^ {0,2}\S/.test(line))
  return rest.slice(0, end).filter((line) => line !== '')
}

const dockerfile = block('dockerfile')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => line.split(' '))

test('the cluster to develop with is that of the repository', () => {
  const own = service(compose, 'fdb')
  expect(own.length).toBeGreaterThan(5)
  expect(service(block('yaml'), 'fdb')).toEqual(own)
})

test('the client library is of the same release, and from where the repository takes it', () => {
  const library = /image: (\S+)[^]*?'(\/usr\S+libfdb_c\.so)'/.exec(
    service(compose, 'library').join('\n'),
  )
  const [, image, path] = library ?? []
  expect(image).toMatch(/^foundationdb\/foundationdb:/)
  expect(dockerfile).toContainEqual(['COPY', `--from=${image}`, path, path])
})

test('the image has a Node and a C library that the package runs on', () => {
  const [, node, system] = /^node:(\d+)-(\w+)/.exec(dockerfile[0]?.[1] ?? '') ?? []
  expect(Number(node)).toBeGreaterThanOrEqual(Number(/\d+/.exec(manifest.engines.node)?.[0]))
  // Debian 12, for whose glibc the parts are built.
  expect(system).toBe('bookworm')
})

test('what is copied from the host is in every project, and the host’s packages are not', () => {
  const copied = dockerfile.filter(([word, first]) => word === 'COPY' && !first?.startsWith('--'))
  const sources = copied.flatMap((line) => line.slice(1, -1))
  expect(sources).toEqual(['package.json', 'package-lock.json', '.'])
  expect(page).toContain('`node_modules` in `.dockerignore`')
})
