import { type Context, context, type Span } from "@opentelemetry/api";
import { activeContext } from "@telltale/tracing";
import { guardedPgHook, recordPgError } from "./pg-error.ts";
import type { Client, PgCallback, PgInternals, PgOptions, Query, QueryConfig } from "./pg-internals.ts";
import { type PgStatement, pgStatement } from "./pg-statement.ts";
import { clientTarget } from "./pg-target.ts";

/** The text of the two usual ways to ask. */
export function askedText(asked: unknown): string | undefined {
  if (typeof asked === "string") return asked;
  if (typeof asked !== "object" || asked === null) return undefined;
  const { text, submit, callback } = asked as { readonly [K in "text" | "submit" | "callback"]?: unknown };
  return typeof text === "string" && submit === undefined && callback === undefined ? text : undefined;
}

// Hot: each query. What comes with a request is passed and kept without object literals: V8 makes those of one place among
// the old objects once many of them have outlived a collection, and each then holds a whole request until the next full one.
export function observedQuery(
  pg: PgInternals,
  client: Client,
  text: string,
  args: unknown[],
  original: Query,
): unknown {
  const startedMs = performance.now();
  const asked = args[0] as string | QueryConfig;
  const name = typeof asked !== "string" && typeof asked.name === "string" ? asked.name : undefined;
  const statement = pgStatement(clientTarget(client), text, name);
  const span = pg.tracer.startSpan(statement.spanName, statement.spanOptions);
  const { requestHook } = pg.getConfig() as PgOptions;
  if (requestHook) {
    const query = { text, name, values: valuesOf(asked, args[1]) };
    guardedPgHook(() => requestHook(span, { query, connection: { ...statement.target.connection } }));
  }
  const observed = new ObservedQuery(pg, statement, span, startedMs);
  const last = args.length - 1;
  const callback = args[last];
  if (typeof callback === "function") {
    args[last] = endingCallback(observed, activeContext(), callback as PgCallback);
    try {
      return original.apply(client, args);
    } catch (error) {
      observed.end(error, undefined);
      throw error;
    }
  }
  let result: unknown;
  try {
    result = original.apply(client, args);
  } catch (error) {
    observed.end(error, undefined);
    throw error;
  }
  // Of whatever class the client was given. The application gets what follows from it, as an error that nobody handles would
  // count as handled by us.
  if (typeof (result as PromiseLike<unknown> | undefined)?.then !== "function") return result;
  return (result as PromiseLike<unknown>).then(
    (value) => {
      observed.end(undefined, value);
      return value;
    },
    (error: unknown) => {
      observed.end(error, undefined);
      throw error;
    },
  );
}

function valuesOf(asked: string | QueryConfig, second: unknown): readonly unknown[] | undefined {
  const given = Array.isArray(second) ? second : undefined;
  return typeof asked === "string" ? given : (asked.values ?? given);
}

/** A query that runs. */
export class ObservedQuery {
  declare private readonly _pg: PgInternals;
  declare private readonly _statement: PgStatement;
  declare private readonly _span: Span;
  declare private readonly _startedMs: number;

  constructor(pg: PgInternals, statement: PgStatement, span: Span, startedMs: number) {
    this._pg = pg;
    this._statement = statement;
    this._span = span;
    this._startedMs = startedMs;
  }

  /** Of what comes row by row there is no result. */
  end(error: unknown, result: unknown): void {
    const { _pg: pg, _span: span } = this;
    const durationMs = performance.now() - this._startedMs;
    const { duration } = this._statement;
    const { responseHook } = pg.getConfig() as PgOptions;
    if (error) recordPgError(span, error);
    else if (responseHook && result !== undefined) guardedPgHook(() => responseHook(span, { data: result }));
    const code = error ? (error as { readonly code?: string }).code : undefined;
    if (code === undefined) duration.record(pg._operationDuration, durationMs);
    else duration.recordFailure(pg._operationDuration, durationMs, code);
    span.end();
  }
}

/** Called from the connection's own context, and entered only when that is another one than the query was made in. */
function endingCallback(query: ObservedQuery, within: Context, callback: PgCallback): PgCallback {
  return function ended(error, result) {
    if (activeContext() === within) return answer(query, callback, this, error, result);
    return context.with(within, () => answer(query, callback, this, error, result));
  };
}

function answer(query: ObservedQuery, callback: PgCallback, self: unknown, error: unknown, result: unknown): unknown {
  query.end(error, result);
  return callback.call(self, error, result);
}
