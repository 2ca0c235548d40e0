/**
 * Names for statements, so that the server plans each text once a connection and not each time: for
 * the one that takes a batch planning is nine tenths of the cost. Texts beyond `most` stay without
 * a name (''): lists make texts of every length, and the server keeps what has a name for as long
 * as the connection lives.
 */
export function createStatementNames(most: number): (query: { sql: string }) => string {
  const names = new Map<string, string>()
  return ({ sql }) => {
    const known = names.get(sql)
    if (known !== undefined) return known
    if (names.size >= most) return ''
    const name = `s${names.size}`
    names.set(sql, name)
    return name
  }
}
