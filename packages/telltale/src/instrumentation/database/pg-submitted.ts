/**
 * Queries that the application submits as objects: cursors, streams of pg-query-stream and pg's own Query. Contrib's code ends
 * the span of one only by a callback, which these usually do without, so that it never came out.
 */

import { EventEmitter } from "node:events";
import { context } from "@opentelemetry/api";
import { activeContext } from "@telltale/tracing";
import { guardedPgHook } from "./pg-error.ts";
import type { Client, PgInternals, PgOptions, Query } from "./pg-internals.ts";
import { ObservedQuery } from "./pg-query.ts";
import { pgStatement } from "./pg-statement.ts";
import { clientTarget } from "./pg-target.ts";

/** What pg submits: it calls one of the two handlers when the query is over. */
interface Submittable {
  readonly text?: unknown;
  readonly name?: unknown;
  readonly values?: readonly unknown[] | undefined;
  /** Of a stream: what has the text. */
  readonly cursor?: { readonly text?: unknown };
  readonly callback?: unknown;
  readonly submit?: unknown;
  handleError: (error: unknown, ...rest: unknown[]) => unknown;
  handleReadyForQuery: (...given: unknown[]) => unknown;
}

/** The text of an object that has no callback. */
export function submittedText(args: readonly unknown[]): string | undefined {
  const asked = args[0] as Partial<Submittable> | null | undefined;
  if (typeof asked !== "object" || typeof asked?.submit !== "function") return undefined;
  if (typeof asked.callback === "function" || typeof args.at(-1) === "function") return undefined;
  if (typeof asked.handleError !== "function" || typeof asked.handleReadyForQuery !== "function") return undefined;
  const text = asked.text ?? asked.cursor?.text;
  return typeof text === "string" ? text : undefined;
}

export function observedSubmission(
  pg: PgInternals,
  client: Client,
  text: string,
  args: unknown[],
  original: Query,
): unknown {
  const submittable = args[0] as Submittable;
  const name = typeof submittable.name === "string" ? submittable.name : undefined;
  const startedMs = performance.now();
  const statement = pgStatement(clientTarget(client), text, name);
  const span = pg.tracer.startSpan(statement.spanName, statement.spanOptions);
  const { requestHook } = pg.getConfig() as PgOptions;
  if (requestHook) {
    const query = { text, name, values: submittable.values };
    guardedPgHook(() => requestHook(span, { query, connection: { ...statement.target.connection } }));
  }
  const observed = new ObservedQuery(pg, statement, span, startedMs);
  let hasEnded = false;
  const end = (error: unknown): void => {
    if (hasEnded) return;
    hasEnded = true;
    observed.end(error, undefined);
  };
  const { handleError, handleReadyForQuery } = submittable;
  submittable.handleError = function (error, ...rest) {
    end(error);
    return handleError.call(this, error, ...rest);
  };
  submittable.handleReadyForQuery = function (...given) {
    end(undefined);
    return handleReadyForQuery.apply(this, given);
  };
  // Its rows come from the connection, which was made in somebody else's context.
  if (submittable instanceof EventEmitter) context.bind(activeContext(), submittable);
  try {
    return original.apply(client, args);
  } catch (error) {
    end(error);
    throw error;
  }
}
