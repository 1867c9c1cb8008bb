/**
 * The client side of @opentelemetry/instrumentation-http, replaced: the same spans, attributes, hooks, headers and durations
 * (measured: `http.get` over a kept connection takes 54 µs, with contrib's client side 23 µs more before a span is even
 * recorded). Request and response are observed on their prototypes instead of by listeners and wrappers of each.
 */

import type { ClientRequest, IncomingMessage, OutgoingHttpHeaders, RequestOptions } from "node:http";
import { urlToHttpOptions } from "node:url";
import {
  type Attributes,
  type Context,
  context,
  type Histogram,
  INVALID_SPAN_CONTEXT,
  propagation,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import type { Instrumentation } from "@opentelemetry/instrumentation";
import { contextWithSpan } from "@telltale/tracing";
import { type Binding, bindEmitter, observeEmit } from "./bound-emitter.ts";
import { captureHeaders, type HeaderCapture } from "./captured-headers.ts";
import { guardedHook } from "./guarded-hook.ts";
import { knownMethod, syntheticType } from "./request-kind.ts";
import { absoluteUrl, hostAndPortOf } from "./requested-url.ts";

/** What of the instrumentation's options concerns clients. */
export interface HttpClientOptions {
  readonly ignoreOutgoingRequestHook?: (options: RequestOptions) => boolean;
  readonly startOutgoingSpanHook?: (options: RequestOptions) => Attributes;
  readonly requestHook?: (span: Span, request: ClientRequest) => void;
  readonly responseHook?: (span: Span, response: IncomingMessage) => void;
  readonly applyCustomAttributesOnSpan?: (span: Span, request: ClientRequest, response: IncomingMessage) => void;
  readonly requireParentforOutgoingSpans?: boolean;
  readonly headersToSpanAttributes?: { readonly client?: HeaderCapture };
  readonly redactedQueryParams?: readonly string[];
  readonly enableSyntheticSourceDetection?: boolean;
}

type Scheme = "http" | "https";
type Request = (this: unknown, ...args: unknown[]) => ClientRequest;

/** What `HttpInstrumentation` keeps to itself. */
interface HttpInternals extends Instrumentation {
  readonly tracer: Tracer;
  readonly _httpClientDurationHistogram: Histogram;
  getConfig(): ReturnType<Instrumentation["getConfig"]> & HttpClientOptions;
  _outgoingRequestFunction?: (scheme: Scheme, original: Request) => Request;
}

/** Gives the instrumentation, before it is enabled, its client side; a version that is built otherwise keeps its own. */
export function adjustHttpClient(instrumentation: Instrumentation): void {
  const http = instrumentation as HttpInternals;
  const contrib = http._outgoingRequestFunction;
  if (typeof contrib !== "function") return;
  const restores: (() => void)[] = [];
  http._outgoingRequestFunction = (scheme, original) => {
    if (restores.length === 0) {
      const { ClientRequest, IncomingMessage } = process.getBuiltinModule("http");
      restores.push(observeEmit(ClientRequest.prototype), observeEmit(IncomingMessage.prototype));
    }
    const unusual = contrib.call(http, scheme, original);
    return function request(...args) {
      const asked = askedFor(args);
      // Without options, or with a URL that cannot be read: contrib lets Node say what is wrong with it.
      if (asked === undefined) return unusual.apply(this, args);
      return observedRequest(http, { scheme, ...asked, original: (given) => original.apply(this, given) });
    };
  };
  const disable = http.disable;
  http.disable = () => {
    disable.call(http);
    for (const restore of restores.splice(0)) restore();
  };
}

interface Asked {
  /** A copy, which may be changed. */
  readonly options: RequestOptions;
  readonly callback: ((response: IncomingMessage) => void) | undefined;
}

function askedFor([first, second, third]: readonly unknown[]): Asked | undefined {
  const url = typeof first === "string" ? URL.parse(first) : isUrl(first) ? first : undefined;
  if (url === null) return undefined;
  if (url !== undefined) {
    const further = typeof second === "object" ? second : undefined;
    const callback = typeof second === "function" ? second : third;
    return { options: { ...urlToHttpOptions(url), ...further }, callback: callback as Asked["callback"] };
  }
  if (typeof first !== "object" || first === null || Array.isArray(first)) return undefined;
  return { options: { ...first }, callback: second as Asked["callback"] };
}

/** By shape, as Node does it: URLs of other realms too, but neither options nor what `url.parse()` gives. */
function isUrl(value: unknown): value is URL {
  const { href, protocol, auth, path } = (value ?? {}) as Partial<Record<string, unknown>>;
  return Boolean(href && protocol && auth === undefined && path === undefined);
}

interface Outgoing extends Asked {
  readonly scheme: Scheme;
  readonly original: (args: unknown[]) => ClientRequest;
}

function observedRequest(http: HttpInternals, { scheme, options, callback, original }: Outgoing): ClientRequest {
  const config: HttpClientOptions = http.getConfig();
  const parent = context.active();
  const { ignoreOutgoingRequestHook } = config;
  if (ignoreOutgoingRequestHook && guardedHook(() => ignoreOutgoingRequestHook(options)) === true) {
    return original(callback === undefined ? [options] : [options, callback]);
  }
  const startedMs = performance.now();
  const attributes = requestAttributes(options, scheme, config);
  const span = startSpan(http, { method: options.method?.toUpperCase() ?? "GET", attributes, parent });
  const active = contextWithSpan(parent, span);
  options.headers = headersWith(active, options.headers);
  let request: ClientRequest;
  try {
    const given = callback && context.bind(parent, callback);
    request = context.with(active, () => original(given === undefined ? [options] : [options, given]));
  } catch (error) {
    endExchange(http, { config, span, attributes, startedMs }, { error: error as Error });
    throw error;
  }
  observe(http, { config, span, attributes, startedMs }, { request, parent });
  return request;
}

interface Exchange {
  readonly config: HttpClientOptions;
  readonly span: Span;
  readonly attributes: Attributes;
  readonly startedMs: number;
}

/** Follows the request until its response has been read, or it has failed or been closed. */
function observe(
  http: HttpInternals,
  exchange: Exchange,
  { request, parent }: { readonly request: ClientRequest; readonly parent: Context },
): void {
  const { config, span } = exchange;
  const { requestHook, responseHook } = config;
  let response: IncomingMessage | undefined;
  let hasEnded = false;
  const end = (error?: Error): void => {
    if (hasEnded) return;
    hasEnded = true;
    endExchange(http, exchange, { request, response, error });
  };
  const ofResponse: Binding["observe"] = (event, value) => {
    if (event === "end") end();
    else if (event === "error") end(value as Error);
  };
  const ofRequest: Binding["observe"] = (event, value) => {
    if (event === "response") {
      response = value as IncomingMessage;
      describeResponse(exchange, request, response);
      if (responseHook) guardedHook(() => responseHook(span, value as IncomingMessage));
      bindEmitter(response, { context: parent, observe: ofResponse });
    } else if (event === "upgrade" || event === "connect") {
      // What follows on the connection is no response any more: the request closes.
      describeResponse(exchange, request, value as IncomingMessage);
    } else if (event === "error") end(value as Error);
    else if (event === "close") end();
  };
  bindEmitter(request, { context: parent, observe: ofRequest });
  if (requestHook) guardedHook(() => requestHook(span, request));
}

function requestAttributes(options: RequestOptions, scheme: Scheme, config: HttpClientOptions): Attributes {
  const { hostname, port } = hostAndPortOf(options);
  const given = options.method ?? "GET";
  const method = knownMethod(given);
  const headers = options.headers as OutgoingHttpHeaders | undefined;
  const userAgent = headers?.["user-agent"];
  const attributes: Record<string, unknown> = {
    "http.request.method": method,
    "server.address": hostname,
    "server.port": port,
    "url.full": absoluteUrl(options, scheme, config.redactedQueryParams),
    "user_agent.original": userAgent,
  };
  if (method !== given) attributes["http.request.method_original"] = given;
  if (config.enableSyntheticSourceDetection) {
    attributes["user_agent.synthetic.type"] = syntheticType(String(userAgent ?? ""));
  }
  const hook = config.startOutgoingSpanHook;
  if (typeof hook === "function")
    Object.assign(
      attributes,
      guardedHook(() => hook(options)),
    );
  return attributes as Attributes;
}

function startSpan(
  http: HttpInternals,
  {
    method,
    attributes,
    parent,
  }: { readonly method: string; readonly attributes: Attributes; readonly parent: Context },
): Span {
  if (http.getConfig().requireParentforOutgoingSpans === true) {
    const above = trace.getSpan(parent);
    if (above === undefined || !trace.isSpanContextValid(above.spanContext())) {
      return trace.wrapSpanContext(INVALID_SPAN_CONTEXT);
    }
    if (above.spanContext().isRemote) return above;
  }
  return http.tracer.startSpan(method, { kind: SpanKind.CLIENT, attributes }, parent);
}

/** Node takes headers as an object, as a flat list of names and values, or as a list of pairs. */
function headersWith(active: Context, headers: RequestOptions["headers"]): NonNullable<RequestOptions["headers"]> {
  if (!Array.isArray(headers)) {
    const copy = { ...headers };
    propagation.inject(active, copy);
    return copy;
  }
  const added: Record<string, string> = {};
  propagation.inject(active, added);
  const pairs = Object.entries(added);
  return [...headers, ...(Array.isArray(headers[0]) ? pairs : pairs.flat())] as string[];
}

function describeResponse(
  { span, attributes, config }: Exchange,
  request: ClientRequest,
  response: IncomingMessage,
): void {
  const { statusCode, socket, httpVersion } = response;
  if (statusCode !== undefined) attributes["http.response.status_code"] = statusCode;
  attributes["network.protocol.version"] = httpVersion;
  if (!span.isRecording()) return;
  const found: Record<string, unknown> = {
    "http.response.status_code": statusCode,
    "network.peer.address": socket?.remoteAddress,
    "network.peer.port": socket?.remotePort,
    "network.protocol.version": socket ? httpVersion : undefined,
  };
  const names = config.headersToSpanAttributes?.client;
  if (names?.requestHeaders) {
    captureHeaders(found as Attributes, "request", names.requestHeaders, (name) => request.getHeader(name));
  }
  if (names?.responseHeaders) {
    captureHeaders(found as Attributes, "response", names.responseHeaders, (name) => response.headers[name]);
  }
  span.setAttributes(found as Attributes);
}

interface Outcome {
  readonly request?: ClientRequest;
  readonly response?: IncomingMessage | undefined;
  readonly error?: Error | undefined;
}

function endExchange(http: HttpInternals, exchange: Exchange, { request, response, error }: Outcome): void {
  const { config, span, attributes, startedMs } = exchange;
  const status = attributes["http.response.status_code"] as number | undefined;
  const isFailed = status !== undefined && status >= 400;
  const isCut = response !== undefined && !response.complete;
  // Node keeps to itself an error of a response that nobody listens for.
  const failure = error ?? (isCut ? (response.errored ?? undefined) : undefined);
  const errorType = failure
    ? typeOf(failure)
    : isFailed && status < 600
      ? String(status)
      : isCut
        ? "aborted"
        : undefined;
  if (errorType !== undefined) span.setAttribute("error.type", errorType);
  if (error !== undefined) {
    span.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
    span.recordException(error);
  } else {
    if (isFailed || isCut) span.setStatus({ code: SpanStatusCode.ERROR });
    const hook = config.applyCustomAttributesOnSpan;
    if (hook && request && response) guardedHook(() => hook(span, request, response));
  }
  span.end();
  const measured: Record<string, unknown> = {
    "http.request.method": attributes["http.request.method"],
    "server.address": attributes["server.address"],
    "server.port": attributes["server.port"],
  };
  if (status !== undefined) measured["http.response.status_code"] = status;
  if (attributes["network.protocol.version"] !== undefined) {
    measured["network.protocol.version"] = attributes["network.protocol.version"];
  }
  if (errorType !== undefined) measured["error.type"] = errorType;
  http._httpClientDurationHistogram.record((performance.now() - startedMs) / 1_000, measured as Attributes);
}

/** Of most of Node's errors the name is `Error`, and what has happened is in the code: ECONNREFUSED, CERT_HAS_EXPIRED. */
function typeOf({ name, code }: NodeJS.ErrnoException): string {
  return name === "Error" && typeof code === "string" ? code : name;
}
