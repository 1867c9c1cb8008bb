import type { Span } from "@opentelemetry/api";

/** One request that the application answers, from its arrival until its response is closed. */
export interface HttpExchange {
  /** As @opentelemetry/core's RPC metadata, which it is for the instrumentations of web frameworks. */
  readonly type: "http";
  readonly span: Span;
  /** Set by the framework's instrumentation. */
  route: string | undefined;
  /** Of the framework's handler, while it runs: it ends with the response. */
  handlerSpan: Span | undefined;
  /** Whether the span has ended. */
  readonly ended: boolean;
}
