import { lineAndColumn, type PositionRange } from "./position.ts";

/**
 * A query that is not PromQL, in Prometheus' words: `1:8: parse error: unexpected end of input`.
 * `code` is TELLTALE_PROMQL_PARSE.
 */
export class PromqlParseError extends Error {
  override readonly name = "PromqlParseError";
  readonly code = "TELLTALE_PROMQL_PARSE";
  /** What is wrong, without the place. */
  readonly reason: string;
  readonly query: string;
  readonly position: PositionRange;

  constructor(query: string, position: PositionRange, reason: string) {
    super(`${lineAndColumn(query, position.start)}: parse error: ${reason}`);
    this.query = query;
    this.position = position;
    this.reason = reason;
  }

  /** The line of the query with a caret under the place. */
  excerpt(): string {
    const start = Math.min(Math.max(this.position.start, 0), this.query.length);
    const lineStart = this.query.lastIndexOf("\n", start - 1) + 1;
    const lineEnd = this.query.indexOf("\n", start);
    const line = this.query.slice(lineStart, lineEnd === -1 ? undefined : lineEnd);
    const indent = line.slice(0, start - lineStart).replace(/[^\t]/g, " ");
    return `${line}\n${indent}^`;
  }
}
