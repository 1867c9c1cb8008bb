import { channel } from "node:diagnostics_channel";
import type { IncomingMessage, ServerResponse } from "node:http";
import {
  type Attributes,
  type Context,
  type Histogram,
  ROOT_CONTEXT,
  type Span,
  SpanStatusCode,
} from "@opentelemetry/api";
import type { Binding, Place } from "./bound-emitter.ts";
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

/** Node publishes on it where it takes notice of a response's end. */
const responseFinish = channel("http.server.response.finish");

/** A request while it is answered: what frameworks are told of it, what its emitters are bound to, and its end. */
export class ServerExchange implements HttpExchange, Binding {
  declare readonly type: "http";
  declare readonly span: Span;
  declare route: string | undefined;
  declare handlerSpan: Span | undefined;
  declare ended: boolean;
  declare readonly context: Context;
  /** Until the span has ended: what outlives the request in its context keeps neither request nor response. */
  declare private _start: ServerExchangeStart | undefined;

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
      if (emitter === this._start?.response) this.end(undefined);
    } else if (event === "error" && emitter === this._start?.response) this.end(value as Error);
  }

  /**
   * Node listens to the end of each response, where it starts the timer of a kept connection. In the request's context,
   * that would keep the context until the next request, and so past collections of young objects: with some dozens of
   * connections V8 makes room for them, tens of megabytes, and what is allocated next is in no cache.
   */
  placeOf(event: unknown, listeners: number): Place {
    if (listeners !== 1) return "in the context";
    if (event === "finish") return this._isHeard() ? "in the context" : "nowhere";
    // With the response closed, Node waits for the end of what is left of the request.
    return event === "end" && this.ended ? "anywhere" : "in the context";
  }

  /** Whether anybody listens to what comes once the response is finished. */
  private _isHeard(): boolean {
    if (this._start === undefined || responseFinish.hasSubscribers) return true;
    const { request, response } = this._start;
    return (
      response.listenerCount("close") +
        request.listenerCount("close") +
        request.listenerCount("end") +
        request.listenerCount("data") >
      0
    );
  }

  end(error: Error | undefined): void {
    const start = this._start;
    if (start === undefined) return;
    this._start = undefined;
    this.ended = true;
    const { span } = this;
    const isRecording = span.isRecording();
    // Without headers, the code is what Node would have sent.
    const statusCode = start.response.headersSent ? start.response.statusCode : undefined;
    const errorType = error === undefined ? errorTypeOf(statusCode) : error.name;
    this.handlerSpan?.end();
    if (isRecording) {
      if (error === undefined) this._describeAnswer(start, statusCode, errorType);
      else {
        span.setAttribute("error.type", error.name);
        span.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
        span.recordException(error);
      }
    }
    span.end();
    this._measure(start, { isRecording, statusCode, hasAnswer: error === undefined, errorType });
  }

  private _describeAnswer(
    { request, response, config }: ServerExchangeStart,
    statusCode: number | undefined,
    errorType: string | undefined,
  ): void {
    const { span, route } = this;
    if (statusCode !== undefined) span.setAttribute("http.response.status_code", statusCode);
    if (route !== undefined) {
      span.setAttribute("http.route", route);
      span.updateName(`${request.method || "GET"} ${route}`);
    }
    captureResponse(span, response, config);
    if (errorType !== undefined) span.setAttribute("error.type", errorType);
    if (statusCode !== undefined && (statusCode >= 500 || statusCode < 100))
      span.setStatus({ code: SpanStatusCode.ERROR });
    const hook = config.applyCustomAttributesOnSpan;
    if (hook) guardedHook(() => hook(span, request, response));
  }

  private _measure(
    { options, startedMs, duration }: ServerExchangeStart,
    answer: {
      readonly isRecording: boolean;
      readonly statusCode: number | undefined;
      readonly hasAnswer: boolean;
      readonly errorType: string | undefined;
    },
  ): void {
    const measured = options.measured();
    if (answer.hasAnswer) {
      if (this.route !== undefined) measured["http.route"] = this.route;
      if (answer.statusCode !== undefined) measured["http.response.status_code"] = answer.statusCode;
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

/** Who goes away unanswered, or is sent away, has not been served; whether that is a fault is not known here. */
function errorTypeOf(statusCode: number | undefined): string | undefined {
  if (statusCode === undefined) return "aborted";
  return statusCode >= 500 && statusCode < 600 ? String(statusCode) : undefined;
}
