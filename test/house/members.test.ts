// A user who types `db.` or `tn.` gets a list that fits on a screen, in groups.
import { join } from 'node:path'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '..', '..')
const MOST = 46

interface Members {
  readonly names: string[]
  readonly facets: string[]
  readonly ungrouped: string[]
}

/** The public members of a class, overloads once; internal ones are not listed. */
function membersOf(file: string, name: string): Members {
  const path = join(root, file)
  const source = ts.createSourceFile(path, ts.sys.readFile(path)!, ts.ScriptTarget.Latest, true)
  const found = source.statements.find(
    (statement): statement is ts.ClassDeclaration =>
      ts.isClassDeclaration(statement) && statement.name?.text === name,
  )!
  expect(found.heritageClauses?.some(isExtends) ?? false, `${name} has no base class`).toBe(false)
  const groups = new Map<string, string | undefined>()
  for (const member of found.members) {
    if (member.name === undefined || ts.isPrivateIdentifier(member.name)) continue
    // An editor offers no symbols behind a dot.
    if (ts.isComputedPropertyName(member.name) || isHidden(member)) continue
    const text = member.name.getText(source)
    groups.set(text, groups.get(text) ?? groupOf(member))
  }
  const names = [...groups.keys()]
  return {
    names,
    facets: names.filter((member) => groups.get(member) === 'Facets'),
    ungrouped: names.filter((member) => groups.get(member) === undefined),
  }
}

const isExtends = ({ token }: ts.HeritageClause): boolean => token === ts.SyntaxKind.ExtendsKeyword

function isHidden(member: ts.ClassElement): boolean {
  const flags = ts.getCombinedModifierFlags(member)
  const isOpen = (flags & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected)) === 0
  return !isOpen || ts.getJSDocTags(member).some(({ tagName }) => tagName.text === 'internal')
}

function groupOf(member: ts.ClassElement): string | undefined {
  const tag = ts.getJSDocTags(member).find(({ tagName }) => tagName.text === 'group')
  return tag === undefined ? undefined : ts.getTextOfJSDocComment(tag.comment)
}

describe.each([
  ['Database', 'src/client/database/database.ts'],
  ['Transaction', 'src/client/transaction/transaction.ts'],
])('%s', (name, file) => {
  const { names, facets, ungrouped } = membersOf(file, name)

  test(`has at most ${MOST} public members, the facets as one`, () => {
    expect(facets.length).toBeGreaterThan(3)
    const shown = names.filter((member) => !facets.includes(member))
    expect(shown.length + 1, shown.join(' ')).toBeLessThanOrEqual(MOST)
    expect(names).toContain('doTransaction')
  })

  test('shows each of them in a group', () => {
    expect(ungrouped).toEqual([])
  })
})
