/** What is measured, written once for every OpenTelemetry implementation: `engine` gives the parts that differ. */
import { EventEmitter } from "node:events";

/** What a database client's instrumentation sets. */
export const attributes = (index) => ({
  "db.system.name": "postgresql",
  "db.namespace": "shop",
  "db.operation.name": "SELECT",
  "server.address": "db.internal",
  "server.port": 5432 + (index & 7),
});

const CLIENT = 2;

/** Keeps the spans of one batch, as every batch processor does. */
function batching() {
  const spans = [];
  return {
    onStart() {},
    onEnd(span) {
      spans.push(span);
      if (spans.length === 512) spans.length = 0;
    },
    forceFlush: async () => {},
    shutdown: async () => {},
  };
}

export function worksOf(engine) {
  const { context, trace, ROOT_CONTEXT } = engine.api;
  const tracerOf = (ratio) => engine.provider(ratio, [batching()]).getTracer("bench");
  const below = (tracer) => trace.setSpan(ROOT_CONTEXT, tracer.startSpan("parent", {}, ROOT_CONTEXT));
  const withSpan = () => {
    engine.registerContextManager();
    return below(tracerOf(1));
  };
  return {
    "recorded root": () => {
      const tracer = tracerOf(1);
      return () => tracer.startSpan("GET /ping", undefined, ROOT_CONTEXT).end();
    },
    "recorded child": () => {
      const tracer = tracerOf(1);
      const parent = below(tracer);
      return () => tracer.startSpan("SELECT shop", undefined, parent).end();
    },
    "recorded child 5": () => {
      const tracer = tracerOf(1);
      const parent = below(tracer);
      return (i) => tracer.startSpan("SELECT shop", { kind: CLIENT, attributes: attributes(i) }, parent).end();
    },
    "recorded child 5 set": () => {
      const tracer = tracerOf(1);
      const parent = below(tracer);
      return (i) => {
        const span = tracer.startSpan("SELECT shop", { kind: CLIENT }, parent);
        const given = attributes(i);
        for (const key in given) span.setAttribute(key, given[key]);
        span.end();
      };
    },
    "dropped root": () => {
      const tracer = tracerOf(0.000001);
      return () => tracer.startSpan("GET /ping", undefined, ROOT_CONTEXT).end();
    },
    "dropped root 5": () => {
      const tracer = tracerOf(0.000001);
      return (i) => tracer.startSpan("SELECT shop", { kind: CLIENT, attributes: attributes(i) }, ROOT_CONTEXT).end();
    },
    "dropped child 5": () => {
      const tracer = tracerOf(0);
      const parent = below(tracer);
      return (i) => tracer.startSpan("SELECT shop", { kind: CLIENT, attributes: attributes(i) }, parent).end();
    },
    "active span": () => {
      engine.registerContextManager();
      const tracer = tracerOf(1);
      return () => tracer.startActiveSpan("work", (span) => span.end());
    },
    "context with": () => {
      const parent = withSpan();
      const nothing = () => {};
      return () => context.with(parent, nothing);
    },
    "bind emitter": () => {
      const parent = withSpan();
      const nothing = () => {};
      return () => {
        const emitter = context.bind(parent, new EventEmitter());
        for (const name of ["data", "end", "error", "close", "readable"]) emitter.on(name, nothing);
      };
    },
    "otlp protobuf": () => {
      const spans = requestSpans(engine);
      const encode = engine.otlpEncoder();
      // Its code is large, and what an exporter runs for hours is what counts.
      for (let i = 0; i < WARM_UP_REQUESTS; i++) encode(spans);
      // A whole request each time, counted by the span.
      return (i) => {
        if (i % REQUEST_SPANS === 0) encode(spans);
      };
    },
    "lost steady": () => engine.lossy?.(spansAtRate),
    "lost tick": () => engine.lossy?.(spansInOneTick),
  };
}

const REQUEST_SPANS = 512;
const WARM_UP_REQUESTS = 600;

/** A batch of what a service with a database sends: a server's span and a query each, with paths and ports that differ. */
function requestSpans(engine) {
  const { trace, ROOT_CONTEXT } = engine.api;
  const spans = [];
  const keeping = { ...batching(), onEnd: (span) => void spans.push(span) };
  const tracer = engine.provider(1, [keeping]).getTracer("@opentelemetry/instrumentation-http", "0.300.0");
  while (spans.length < REQUEST_SPANS) {
    const server = tracer.startSpan(
      "GET /orders/:id",
      { kind: 1, attributes: serverAttributes(spans.length) },
      ROOT_CONTEXT,
    );
    const query = { kind: CLIENT, attributes: attributes(spans.length) };
    tracer.startSpan("SELECT shop", query, trace.setSpan(ROOT_CONTEXT, server)).end();
    server.end();
  }
  return spans;
}

/** What an instrumentation of HTTP sets. */
const serverAttributes = (index) => ({
  "http.request.method": "GET",
  "http.route": "/orders/:id",
  "http.response.status_code": 200,
  "url.path": `/orders/${index * 17}`,
  "url.scheme": "http",
  "server.address": "127.0.0.1",
  "server.port": 3_000,
  "network.protocol.version": "1.1",
  "network.peer.address": "127.0.0.1",
  "network.peer.port": 40_000 + index,
  "user_agent.original": "autocannon/8.0.0 (linux)",
});

/** 20,000 a second for two seconds, in steps of 10 ms. */
async function spansAtRate(start) {
  let started = 0;
  const beginMs = performance.now();
  for (let passedMs = 0; passedMs < 2_000; passedMs = performance.now() - beginMs) {
    for (; started < passedMs * 20; started++) start();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return started;
}

async function spansInOneTick(start) {
  for (let started = 0; started < 10_000; started++) start();
  return 10_000;
}

/** Counts what arrives and answers after 50 ms. */
export function slowExporter() {
  let arrived = 0;
  return {
    arrived: () => arrived,
    export(spans, done) {
      arrived += spans.length;
      setTimeout(() => done({ code: 0 }), 50);
    },
    forceFlush: async () => {},
    shutdown: async () => {},
  };
}

/** The share of `work`'s spans that did not arrive, in percent. */
export async function lost(provider, exporter, work, ROOT_CONTEXT) {
  const tracer = provider.getTracer("bench");
  const started = await work(() => tracer.startSpan("GET /ping", undefined, ROOT_CONTEXT).end());
  await provider.forceFlush();
  return (1 - exporter.arrived() / started) * 100;
}
