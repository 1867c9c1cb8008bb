/** What a connection that waits for its next request keeps alive, and in what context a response ends. */
import { AsyncLocalStorage } from "node:async_hooks";
import { once } from "node:events";
import http, { type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { context, trace } from "@opentelemetry/api";
import { createTracerProvider, registerContextManager } from "@telltale/tracing";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { driveInstrumentation } from "../driven-instrumentation.ts";
import { adjustHttpServer } from "./http-server.ts";

const { HttpInstrumentation } = createRequire(import.meta.url)("@opentelemetry/instrumentation-http");

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const agent = new http.Agent({ keepAlive: true });
const tracerProvider = createTracerProvider();
const driven = driveInstrumentation(HttpInstrumentation, {
  config: { disableOutgoingRequestInstrumentation: true },
  providers: { tracerProvider },
  beforeEnable: adjustHttpServer,
});
let server: Server | undefined;

beforeAll(() => {
  registerContextManager();
  driven.patchBuiltin("http", http);
});
afterEach(() => {
  agent.destroy();
  server?.close();
});
afterAll(() => {
  driven.instrumentation.disable();
  context.disable();
});

const CONNECTIONS = 10;

test("a connection that is kept keeps neither the last request nor its response", async () => {
  const seen: WeakRef<object>[] = [];
  const port = await serve((request, response) => {
    seen.push(new WeakRef(request), new WeakRef(response));
    response.end("hello");
  });
  await Promise.all(Array.from({ length: CONNECTIONS }, () => ask(port)));
  expect(Object.values(agent.freeSockets).flat()).toHaveLength(CONNECTIONS);
  collectGarbage();
  // Node itself keeps the last one in places.
  expect(seen.filter((one) => one.deref() !== undefined).length).toBeLessThanOrEqual(2);
  expect(seen).toHaveLength(CONNECTIONS * 2);
});

test.each([
  ["finish", "response", "mine"],
  ["close", "response", "mine"],
  // What follows from the response's end, Node does outside of the application's code.
  ["end", "request", undefined],
  ["close", "request", undefined],
] as const)(
  "a listener of %s of the %s has the request's span, and the store it has without us",
  async (event, on, expected) => {
    const store = new AsyncLocalStorage<string>();
    let note: (seen: unknown) => void = () => {};
    const noted = new Promise<unknown>((resolve) => {
      note = resolve;
    });
    let active: unknown;
    const port = await serve((request, response) => {
      active = trace.getActiveSpan();
      const emitter = on === "request" ? request : response;
      store.run("mine", () => {
        emitter.on(event, () => note([trace.getActiveSpan() === active, store.getStore()]));
        // As an Express handler's: another span is active when the response is ended.
        const inner = trace.setSpan(context.active(), tracerProvider.getTracer("t").startSpan("inner"));
        context.with(inner, () => response.end("hello"));
      });
    });
    await ask(port);
    expect(await noted).toEqual([true, expected]);
    expect(active).toBeDefined();
  },
);

async function serve(handler: (request: IncomingMessage, response: ServerResponse) => void): Promise<number> {
  server = http.createServer(handler).listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

/** Resolves when the connection is free again. */
async function ask(port: number): Promise<void> {
  const [response] = (await once(http.get({ port, host: "127.0.0.1", agent }), "response")) as [IncomingMessage];
  response.resume();
  await once(response, "close");
  await new Promise((resolve) => setImmediate(resolve));
}
