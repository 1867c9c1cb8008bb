/**
 * Instrumentation of Fastify 4 and 5: the server span gets the route, and each handler a span below it.
 * Ours, because contrib's is deprecated and the one of Fastify's makers asks for another set of OpenTelemetry packages.
 * It listens to the channel on which Fastify announces new servers, so nothing of Fastify is patched, and it works the same
 * with `import` and `require`. Use it like any other: `new NodeSDK({ instrumentations: [new FastifyInstrumentation()] })`.
 */

import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { finished } from "node:stream";
import {
  type Context,
  context,
  createContextKey,
  type MeterProvider,
  type Span,
  SpanStatusCode,
  type Tracer,
  type TracerProvider,
  trace,
} from "@opentelemetry/api";
import type { Instrumentation, InstrumentationConfig } from "@opentelemetry/instrumentation";
import { contextWithSpan } from "./engine/span-frame.ts";

const SCOPE = "@telltale/tracing/fastify";
const CHANNEL = "fastify.initialization";
const HANDLER_SPAN = Symbol("telltale.handler-span");

export class FastifyInstrumentation implements Instrumentation {
  readonly instrumentationName: string = SCOPE;
  readonly instrumentationVersion: string = "0.1.0";
  #config: InstrumentationConfig;
  #tracer: Tracer = trace.getTracer(SCOPE, this.instrumentationVersion);
  #enabled = false;
  readonly #tracedHandlers = new WeakSet<FastifyHandler>();

  constructor(config: InstrumentationConfig = {}) {
    this.#config = { enabled: true, ...config };
    if (this.#config.enabled) this.enable();
  }

  enable(): void {
    if (this.#enabled) return;
    this.#enabled = true;
    subscribe(CHANNEL, this.#onServer);
  }

  /** Servers that exist already go on without spans. */
  disable(): void {
    this.#enabled = false;
    unsubscribe(CHANNEL, this.#onServer);
  }

  setTracerProvider(tracerProvider: TracerProvider): void {
    this.#tracer = tracerProvider.getTracer(SCOPE, this.instrumentationVersion);
  }

  /** There are no metrics here: the HTTP instrumentation counts the requests, with the route that is set here. */
  setMeterProvider(_meterProvider: MeterProvider): void {}

  setConfig(config: InstrumentationConfig): void {
    this.#config = { enabled: true, ...config };
  }

  getConfig(): InstrumentationConfig {
    return this.#config;
  }

  readonly #onServer = (message: unknown): void => {
    const { fastify } = message as { readonly fastify: FastifyServer };
    fastify.addHook("onRequest", (request, _reply, done) => {
      // Before anything of the application can answer, so that a refused request has its route as well.
      if (this.#enabled) nameServerSpan(request.routeOptions ? request.routeOptions.url : request.routerPath);
      done();
    });
    fastify.addHook("onRoute", (route) => {
      // The HEAD route that Fastify adds to a GET route comes with the handler of that.
      if (this.#tracedHandlers.has(route.handler)) return;
      route.handler = this.#traced(route);
      this.#tracedHandlers.add(route.handler);
    });
    fastify.addHook("onError", (request, _reply, error, done) => {
      const span = request[HANDLER_SPAN];
      if (span?.isRecording()) recordError(span, error);
      done();
    });
  };

  #traced({ handler, url }: FastifyRoute): FastifyHandler {
    const instrumentation = this;
    const name = `handler - ${handler.name || "anonymous"}`;
    const options = { attributes: { "http.route": url, "fastify.type": "request-handler" } };
    // Hot: benchmarks/http.ts.
    return function (this: unknown, request, reply) {
      if (!instrumentation.#enabled) return handler.call(this, request, reply);
      const active = context.active();
      const span = instrumentation.#tracer.startSpan(name, options, active);
      if (!span.isRecording()) return handler.call(this, request, reply);
      request[HANDLER_SPAN] = span;
      const result = runInSpan(active, span, () => handler.call(this, request, reply));
      if (isThenable(result)) {
        result.then(
          () => span.end(),
          // Before `onError`, for which it is then too late.
          (error: unknown) => endWithError(span, error),
        );
      } else finished(reply.raw, () => span.end());
      return result;
    };
  }
}

interface FastifyRequest {
  readonly routeOptions?: { readonly url?: string };
  /** Fastify 4 before 4.10. */
  readonly routerPath?: string;
  /** For an error that the handler does not throw but sends. */
  [HANDLER_SPAN]?: Span;
}

interface FastifyReply {
  readonly raw: NodeJS.WritableStream;
}

type FastifyHandler = (this: unknown, request: FastifyRequest, reply: FastifyReply) => unknown;

interface FastifyRoute {
  readonly url: string;
  handler: FastifyHandler;
}

interface FastifyServer {
  addHook(name: "onRequest", hook: (request: FastifyRequest, reply: FastifyReply, done: () => void) => void): unknown;
  addHook(
    name: "onError",
    hook: (request: FastifyRequest, reply: FastifyReply, error: Error, done: () => void) => void,
  ): unknown;
  addHook(name: "onRoute", hook: (route: FastifyRoute) => void): unknown;
}

/** The HTTP instrumentation takes the route from here when it ends the span that it started. */
function nameServerSpan(route: string | undefined): void {
  if (route === undefined) return;
  const metadata = context.active().getValue(RPC_METADATA) as RpcMetadata | undefined;
  if (metadata) metadata.route = route;
}

interface RpcMetadata {
  route?: string;
}

/** That of @opentelemetry/core, which need not be loaded to ask. */
const RPC_METADATA = createContextKey("OpenTelemetry SDK Context Key RPC_METADATA");

function runInSpan(active: Context, span: Span, run: () => unknown): unknown {
  try {
    return context.with(contextWithSpan(active, span), run);
  } catch (error) {
    endWithError(span, error);
    throw error;
  }
}

function endWithError(span: Span, error: unknown): void {
  recordError(span, error);
  span.end();
}

function recordError(span: Span, error: unknown): void {
  span.recordException(error instanceof Error ? error : String(error));
  span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.message : String(error) });
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | undefined)?.then === "function";
}
