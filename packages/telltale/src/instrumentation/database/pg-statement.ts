import { SpanKind, type SpanOptions } from "@opentelemetry/api";
import type { OperationDuration } from "./operation-duration.ts";
import { type ClientTarget, defined, operationDuration } from "./pg-target.ts";
import { type StatementSummary, statementSummary } from "./statement-summary.ts";

/** What the span and the duration of a query begin with, made once for a statement and where it was last asked. */
export interface PgStatement {
  readonly target: ClientTarget;
  /** Of a prepared statement. */
  readonly name: string | undefined;
  readonly spanName: string;
  readonly spanOptions: SpanOptions;
  readonly duration: OperationDuration;
}

/** Kept as long as their summaries are, which are bounded. */
const lastAsked = new WeakMap<StatementSummary, PgStatement>();

export function pgStatement(target: ClientTarget, text: string, name: string | undefined): PgStatement {
  const summary = statementSummary(text);
  const last = lastAsked.get(summary);
  if (last !== undefined && last.target === target && last.name === name) return last;
  const { database } = target.connection;
  const statement: PgStatement = {
    target,
    name,
    spanName: `pg.query:${name || summary.firstWord}${database ? ` ${database}` : ""}`,
    spanOptions: {
      kind: SpanKind.CLIENT,
      attributes: defined({ ...target.attributes, "db.query.text": text, "db.postgresql.plan": name }),
    },
    duration: operationDuration(target, summary.operation),
  };
  lastAsked.set(summary, statement);
  return statement;
}
