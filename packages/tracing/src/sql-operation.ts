import { sqlDialect } from "./sql-dialect.ts";
import { sqlTokenAt } from "./sql-token.ts";

/** The first word of a statement, such as `SELECT`; empty when it starts with something else or is not SQL. */
export function sqlOperation(statement: string, system?: string): string {
  const dialect = sqlDialect(system);
  if (dialect === undefined) return "";
  for (let start = 0; start < statement.length; ) {
    const { kind, end } = sqlTokenAt(statement, start, dialect);
    if (kind === "word") return statement.slice(start, end);
    if (kind !== "space" && kind !== "comment" && statement[start] !== "(") return "";
    start = end;
  }
  return "";
}
