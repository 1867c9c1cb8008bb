/** What pg, its pool and @opentelemetry/instrumentation-pg keep to themselves, as far as it is needed here. */

import type { Histogram, Span, Tracer, UpDownCounter } from "@opentelemetry/api";
import type { Instrumentation } from "@opentelemetry/instrumentation";

export type PgCallback = (this: unknown, error: unknown, result?: unknown, done?: unknown) => unknown;
export type Query = (this: Client, ...args: unknown[]) => unknown;
export type Connect = (this: Pool, callback?: PgCallback) => unknown;

export interface ConnectionParameters {
  readonly database?: string | undefined;
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly user?: string | undefined;
}

export interface Client {
  readonly database?: string;
  readonly connectionParameters: ConnectionParameters;
}

export interface Pool {
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waitingCount: number;
  readonly options: ConnectionParameters & {
    readonly max?: number;
    readonly maxClient?: number;
    readonly idleTimeoutMillis?: number;
    readonly connectionString?: string;
  };
  on(event: string, listener: () => void): unknown;
}

export interface QueryConfig {
  readonly text: string;
  readonly values?: readonly unknown[] | undefined;
  readonly name?: string | undefined;
}

export interface PgOptions {
  readonly requireParentSpan?: boolean;
  readonly ignoreConnectSpans?: boolean;
  readonly requestHook?: (span: Span, info: { query: QueryConfig; connection: ConnectionParameters }) => void;
  readonly responseHook?: (span: Span, info: { data: unknown }) => void;
  readonly connectionHook?: (span: Span, info: { connection: ConnectionParameters }) => void;
  /** These change what is sent, or show values: contrib's own code does that. */
  readonly enhancedDatabaseReporting?: boolean;
  readonly addSqlCommenterCommentToQueries?: boolean;
  readonly enableTraceContextPropagation?: boolean;
}

export interface PgInternals extends Instrumentation {
  readonly tracer: Tracer;
  readonly _operationDuration: Histogram;
  readonly _connectionsCount: UpDownCounter;
  readonly _connectionPendingRequests: UpDownCounter;
  getConfig(): ReturnType<Instrumentation["getConfig"]> & PgOptions;
  _recordPoolMax?: (pool: Pool) => void;
  _getClientQueryPatch?: () => (original: Query) => Query;
  _getPoolConnectPatch?: () => (original: Connect) => Connect;
}
