import type { IncomingMessage, ServerResponse } from "node:http";
import {
  type Attributes,
  type Context,
  type Histogram,
  ROOT_CONTEXT,
  type Span,
  SpanStatusCode,
} from "@opentelemetry/api";
import type { Binding } from "./bound-emitter.ts";
import { captureHeaders } from "./captured-headers.ts";
import { guardedHook } from "./guarded-hook.ts";
import type { HttpExchange } from "./http-exchange.ts";
import type { HttpServerOptions } from "./http-server.ts";
import { requestContext } from "./request-context.ts";
import type { ServerSpanOptions } from "./server-span-options.ts";

export interface ServerExchangeStart {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly config: HttpServerOptions;
  readonly span: Span;
  readonly options: ServerSpanOptions;
  /** What the request came with. */
  readonly parent: Context;
  readonly startedMs: number;
  readonly duration: Histogram;
}

/** A request while it is answered: what frameworks are told of it, what its emitters are bound to, and its end. */
export class ServerExchange implements HttpExchange, Binding {
  declare readonly type: "http";
  declare readonly span: Span;
  declare route: string | undefined;
  declare handlerSpan: Span | undefined;
  declare ended: boolean;
  declare readonly context: Context;
  declare private readonly _start: ServerExchangeStart;

  constructor(start: ServerExchangeStart) {
    this.type = "http";
    this.span = start.span;
    this.route = undefined;
    this.handlerSpan = undefined;
    this.ended = false;
    this.context = requestContext(start.parent, start.span, this);
    this._start = start;
  }

  observe(event: unknown, value: unknown, emitter: object): void {
    if (event === "close") {
      if (emitter === this._start.response) this.end(undefined);
    } else if (event === "error" && emitter === this._start.response) this.end(value as Error);
  }

  end(error: Error | undefined): void {
    if (this.ended) return;
    this.ended = true;
    const { span } = this;
    const isRecording = span.isRecording();
    const { statusCode } = this._start.response;
    const errorType = error === undefined ? errorTypeOf(statusCode) : error.name;
    this.handlerSpan?.end();
    if (isRecording) {
      if (error === undefined) this._describeAnswer(statusCode, errorType);
      else {
        span.setAttribute("error.type", error.name);
        span.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
        span.recordException(error);
      }
    }
    span.end();
    this._measure({ isRecording, statusCode, hasAnswer: error === undefined, errorType });
  }

  private _describeAnswer(statusCode: number, errorType: string | undefined): void {
    const { span, route } = this;
    const { request, response, config } = this._start;
    span.setAttribute("http.response.status_code", statusCode);
    if (route !== undefined) {
      span.setAttribute("http.route", route);
      span.updateName(`${request.method || "GET"} ${route}`);
    }
    captureResponse(span, response, config);
    if (errorType !== undefined) span.setAttribute("error.type", errorType);
    if (statusCode >= 500 || statusCode < 100) span.setStatus({ code: SpanStatusCode.ERROR });
    const hook = config.applyCustomAttributesOnSpan;
    if (hook) guardedHook(() => hook(span, request, response));
  }

  private _measure(answer: {
    readonly isRecording: boolean;
    readonly statusCode: number;
    readonly hasAnswer: boolean;
    readonly errorType: string | undefined;
  }): void {
    const { options, startedMs, duration } = this._start;
    const measured = options.measured();
    if (answer.hasAnswer) {
      if (this.route !== undefined) measured["http.route"] = this.route;
      measured["http.response.status_code"] = answer.statusCode;
    }
    if (answer.errorType !== undefined) measured["error.type"] = answer.errorType;
    // Whoever closes the response, an exemplar is of this request, and only of one that is recorded.
    const within = answer.isRecording ? this.context : ROOT_CONTEXT;
    duration.record((performance.now() - startedMs) / 1_000, measured, within);
  }
}

function captureResponse(span: Span, response: ServerResponse, config: HttpServerOptions): void {
  const names = config.headersToSpanAttributes?.server?.responseHeaders;
  if (names === undefined) return;
  const attributes: Attributes = {};
  captureHeaders(attributes, "response", names, (name) => response.getHeader(name));
  span.setAttributes(attributes);
}

function errorTypeOf(statusCode: number): string | undefined {
  return statusCode >= 500 && statusCode < 600 ? String(statusCode) : undefined;
}
