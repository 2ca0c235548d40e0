import { parseAst } from 'rolldown/parseAst'

/** Of a syntax tree: its kind and whatever it is made of. */
type Node = { type: string; [part: string]: unknown }

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as Node).type === 'string'

/** The modifiers of a call that makes a test: `it.each(…)` is it and each. Empty for any other call. */
type Chain = { words: string[]; givens: Node[] }

function chainOf(callee: unknown): Chain {
  if (!isNode(callee)) return { words: [], givens: [] }
  if (callee.type === 'Identifier') return { words: [String(callee.name)], givens: [] }
  if (callee.type === 'MemberExpression') {
    const { words, givens } = chainOf(callee.object)
    return { words: [...words, String((callee.property as Node).name)], givens }
  }
  if (callee.type === 'TaggedTemplateExpression') return chainOf(callee.tag)
  if (callee.type !== 'CallExpression') return { words: [], givens: [] }
  const { words, givens } = chainOf(callee.callee)
  const isCondition = words.includes('skipIf') || words.includes('runIf')
  return { words, givens: isCondition ? [...givens, ...(callee.arguments as Node[])] : givens }
}

/** Of tests that are left out or expected to fail, or that leave others out. */
const NEVER = ['skip', 'todo', 'only', 'fails']

/** The names of the options that a call gives its test. */
const optionsOf = (given: readonly Node[]): string[] =>
  given
    .flatMap((option) => (option.type === 'ObjectExpression' ? (option.properties as Node[]) : []))
    .map((property) => String((property.key as Node | undefined)?.name))

function textOf(node: Node | undefined): string | null {
  if (node?.type === 'Literal') return typeof node.value === 'string' ? node.value : null
  if (node?.type !== 'TemplateLiteral') return null
  return (node.quasis as { value: { cooked: string } }[]).map(({ value }) => value.cooked).join('…')
}

/**
 * The titles of a test file's tests and groups that do run: not skipped, todo, or beside an only.
 */
export function titlesThatRun(source: string): string[] {
  const titles: string[] = []
  let hasOnly = false
  const visit = (value: unknown, isLeftOut: boolean): void => {
    if (Array.isArray(value)) for (const one of value) visit(one, isLeftOut)
    if (!isNode(value)) return
    const chain =
      value.type === 'CallExpression' ? chainOf(value.callee) : { words: [], givens: [] }
    const isTest = ['it', 'test', 'describe'].includes(chain.words[0] ?? '')
    const given = isTest ? (value.arguments as Node[]) : []
    const marks = isTest ? [...chain.words, ...optionsOf(given.slice(1))] : []
    // A condition that is written out is none: it is the same on every machine.
    const isConstant = isTest && chain.givens.some(({ type }) => type === 'Literal')
    const isIdleHere = isLeftOut || isConstant || marks.some((mark) => NEVER.includes(mark))
    hasOnly ||= marks.includes('only')
    const title = textOf(given[0])
    if (title !== null && !isIdleHere) titles.push(title)
    for (const part of Object.values(value)) visit(part, isIdleHere)
  }
  visit(parseAst(source, { lang: 'ts' }), false)
  return hasOnly ? [] : titles
}
