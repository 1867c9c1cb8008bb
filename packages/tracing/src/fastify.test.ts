import { context, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { getRPCMetadata, RPCType, setRPCMetadata } from "@opentelemetry/core";
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import fastify, { type FastifyInstance } from "fastify";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { FastifyInstrumentation } from "./fastify.ts";

const exporter = new InMemorySpanExporter();
const instrumentation = new FastifyInstrumentation();

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  instrumentation.setTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }));
});
beforeEach(() => exporter.reset());
afterAll(() => {
  instrumentation.disable();
  context.disable();
});

describe("a handler", () => {
  test("has a span named for it, with the route as it was declared", async () => {
    const app = fastify();
    app.get("/orders/:id", async function getOrder() {
      return {};
    });
    await request(app, "/orders/7");
    expect(finished()).toEqual([
      {
        name: "handler - getOrder",
        attributes: { "http.route": "/orders/:id", "fastify.type": "request-handler" },
        error: undefined,
      },
    ]);
  });

  test("of a plugin has the prefix in its route", async () => {
    const app = fastify();
    await app.register(async (plugin) => plugin.get("/orders", async () => []), { prefix: "/v1" });
    const { route } = await request(app, "/v1/orders");
    expect(route).toBe("/v1/orders");
    expect(finished().map((span) => span.attributes["http.route"])).toEqual(["/v1/orders"]);
  });

  test("runs with its span active", async () => {
    const app = fastify();
    let active: string | undefined;
    app.get("/", async () => {
      active = trace.getActiveSpan()?.spanContext().spanId;
      return {};
    });
    await request(app, "/");
    expect(active).toBe(exporter.getFinishedSpans()[0]!.spanContext().spanId);
  });

  test("that answers later through reply has its span until then", async () => {
    const app = fastify();
    app.get("/", (_request, reply) => {
      setImmediate(() => reply.send("done"));
    });
    expect((await request(app, "/")).body).toBe("done");
    expect(finished()).toHaveLength(1);
  });

  test.each([
    ["rejects", async (): Promise<never> => Promise.reject(new Error("no stock"))],
    [
      "throws",
      (): never => {
        throw new Error("no stock");
      },
    ],
    [
      "sends an error",
      (_request: unknown, reply: { send(error: Error): void }): void => reply.send(new Error("no stock")),
    ],
  ])("that %s has the error on its span, once", async (_, handler) => {
    const app = fastify();
    app.get("/", handler as () => void);
    expect((await request(app, "/")).status).toBe(500);
    const [span] = exporter.getFinishedSpans();
    expect(finished().map((one) => one.error)).toEqual(["no stock"]);
    expect(span!.events.map((event) => event.attributes?.["exception.message"])).toEqual(["no stock"]);
  });

  test("has one span when HEAD asks for it", async () => {
    const app = fastify();
    app.get("/", async () => ({}));
    await request(app, "/", "HEAD");
    expect(finished()).toHaveLength(1);
  });
});

describe("the server span", () => {
  test("is told the route", async () => {
    const app = fastify();
    app.get("/orders/:id", async () => ({}));
    expect((await request(app, "/orders/7")).route).toBe("/orders/:id");
  });

  test("is told the route of a request that a hook refuses", async () => {
    const app = fastify();
    app.addHook("onRequest", async (_request, reply) => reply.code(401).send());
    app.get("/orders/:id", async () => ({}));
    const { route, status } = await request(app, "/orders/7");
    expect({ route, status }).toEqual({ route: "/orders/:id", status: 401 });
    expect(finished()).toEqual([]);
  });

  test("has no route when none matches", async () => {
    expect(await request(fastify(), "/nowhere")).toMatchObject({ route: undefined, status: 404 });
  });
});

test("after disable() new servers and those that exist make no spans, and after enable() they do", async () => {
  const app = fastify();
  app.get("/", async () => ({}));
  instrumentation.disable();
  await request(app, "/");
  expect(finished()).toEqual([]);
  instrumentation.enable();
  await request(app, "/");
  expect(finished()).toHaveLength(1);
});

/** As the HTTP instrumentation does around a server's request. */
async function request(app: FastifyInstance, url: string, method: "GET" | "HEAD" = "GET") {
  const span = trace.wrapSpanContext({ traceId: "1".repeat(32), spanId: "2".repeat(16), traceFlags: 1 });
  const active = setRPCMetadata(trace.setSpan(context.active(), span), { type: RPCType.HTTP, span });
  const response = await context.with(active, async () => await app.inject({ method, url }));
  return {
    status: response.statusCode,
    body: response.body,
    route: (getRPCMetadata(active) as { route?: string }).route,
  };
}

function finished() {
  return exporter
    .getFinishedSpans()
    .map(({ name, attributes, status }) => ({ name, attributes, error: status.message }));
}
