import type { ClientBase, Pool } from 'pg'
import { Prisma } from '../generated/client.ts'

/** The half of `Sql` that asks. */
export type SqlReads = {
  /** The rows that a statement gives. */
  rows<Row>(query: TemplateStringsArray, ...values: unknown[]): Promise<Row[]>
}

/**
 * Statements written by hand, sent by the driver itself: the same statement through the client
 * costs three to seven times as much. Values become parameters; `Prisma.sql` fragments may stand
 * among them. Numbers come back as the driver gives them, so a statement says `::int` where it
 * counts.
 */
export type Sql = SqlReads & {
  /** Runs a statement; returns how many rows it changed. */
  run(query: TemplateStringsArray, ...values: unknown[]): Promise<number>
  /** The same as `rows` for a text that somebody else wrote: the queue's. */
  text<Row>(text: string, values: readonly unknown[]): Promise<Row[]>
}

/** Sends one statement. */
export type Send = (text: string, values: unknown[]) => Promise<{ rows: unknown[]; count: number }>

/** Gives a statement the name under which the server keeps it planned. */
export type NameOf = (query: { sql: string }) => string

export function createSql(send: Send): Sql {
  const ask = (parts: TemplateStringsArray, values: unknown[]) => {
    const { text, values: flat } = Prisma.sql(parts, ...values)
    return send(text, flat)
  }
  return {
    rows: async <Row>(parts: TemplateStringsArray, ...values: unknown[]) =>
      (await ask(parts, values)).rows as Row[],
    run: async (parts, ...values) => (await ask(parts, values)).count,
    text: async <Row>(text: string, values: readonly unknown[]) =>
      (await send(text, [...values])).rows as Row[],
  }
}

/** Sends over a connection, or over whichever of a pool is free. */
export function sendToServer(to: Pool | ClientBase, nameOf: NameOf): Send {
  return async (text, values) => {
    const { rows, rowCount } = await to.query({ name: nameOf({ sql: text }), text, values })
    return { rows, count: rowCount ?? 0 }
  }
}
