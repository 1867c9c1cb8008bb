import type { ServerResponse } from "node:http";
import type { Span } from "@opentelemetry/api";

export interface ResponseHeaderOptions {
  readonly serverTimingHeader?: boolean;
  readonly traceResponseHeader?: boolean;
}

/**
 * Tells the client which request and trace it is in, before the application answers, which may still replace the headers.
 * @see https://www.w3.org/TR/trace-context-2/#traceresponse-header
 */
export function answerHeaders(
  response: ServerResponse,
  {
    span,
    requestId,
    options,
  }: {
    readonly span: Span;
    readonly requestId: string | undefined;
    readonly options: ResponseHeaderOptions;
  },
): void {
  if (requestId !== undefined) response.setHeader("x-request-id", requestId);
  if (!options.serverTimingHeader && !options.traceResponseHeader) return;
  const { traceId, spanId, traceFlags } = span.spanContext();
  const traceparent = `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, "0")}`;
  if (options.traceResponseHeader) response.setHeader("traceresponse", traceparent);
  if (options.serverTimingHeader) {
    response.appendHeader("Server-Timing", `traceparent;desc="${traceparent}"`);
    // Scripts of another origin see it only when they are let.
    response.appendHeader("Access-Control-Expose-Headers", "Server-Timing");
  }
}
