import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { MeterProvider } from "@opentelemetry/sdk-metrics";
import { afterEach, expect, test } from "vitest";
import { counter, type PrometheusHandler, type PrometheusHandlerOptions, prometheusHandler } from "../index.ts";
import { deferred } from "./worker/deferred.ts";

const require = createRequire(import.meta.url);
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const theirs = { express, fastify, koa, http: (metrics: PrometheusHandler) => plain(metrics) };

test.each(Object.entries(theirs))("it answers in a server of %s, and the other routes go on", async (name, serve) => {
  const orders = counter({ name: `handler.${name}.orders` });
  orders.add(2);
  const { url, metrics } = await opened(serve);
  new MeterProvider({ readers: [metrics.reader] }).getMeter("x").createCounter("handler.theirs").add(3);
  const got = await fetch(`${url}/metrics`);
  expect([got.status, got.headers.get("content-type")]).toEqual([200, "text/plain; version=0.0.4; charset=utf-8"]);
  const page = await got.text();
  expect(page).toContain(`handler_${name}_orders_total 2\n`);
  expect(page).toContain("handler_theirs_total 3\n");
  const asked = await fetch(`${url}/metrics?name[]=handler_theirs_total`, { headers: { "accept-encoding": "gzip" } });
  expect(asked.headers.get("content-encoding")).toBe("gzip");
  expect(await asked.text()).toBe("# TYPE handler_theirs_total counter\nhandler_theirs_total 3\n");
  expect(await (await fetch(`${url}/orders`)).text()).toBe("orders");
});

test.each(Object.entries(theirs))("HEAD in a server of %s gets the headers alone", async (_, serve) => {
  const { url } = await opened(serve);
  const head = await fetch(`${url}/metrics`, { method: "HEAD" });
  expect([head.status, head.headers.get("vary"), await head.text()]).toEqual([200, "accept, accept-encoding", ""]);
});

test.each(Object.entries(theirs))("a token is asked for in a server of %s, at the page alone", async (_, serve) => {
  const { url } = await opened(serve, { bearerToken: "s3cret" });
  expect((await fetch(`${url}/metrics`)).status).toBe(401);
  expect((await fetch(`${url}/metrics`, { headers: { authorization: "Bearer s3cret" } })).status).toBe(200);
  expect((await fetch(`${url}/orders`)).status).toBe(200);
});

test("a shutdown waits for the scrape in progress, and what comes later gets 503", async () => {
  const { url, metrics } = await opened(plain);
  const provider = new MeterProvider({ readers: [metrics.reader] });
  const [held, asked] = [deferred(), deferred()];
  const gauge = provider.getMeter("x").createObservableGauge("handler.held");
  gauge.addCallback(async (result) => {
    asked.resolve();
    await held.promise;
    result.observe(7);
  });
  const page = fetch(`${url}/metrics`).then((response) => response.text());
  await asked.promise;
  let over = false;
  const shut = metrics.shutdown().then(() => {
    over = true;
  });
  expect((await fetch(`${url}/metrics`)).status).toBe(503);
  expect(over).toBe(false);
  held.resolve();
  expect(await page).toContain("handler_held 7\n");
  await shut;
});

async function opened(
  serve: (metrics: PrometheusHandler) => Promise<RequestListener>,
  options?: PrometheusHandlerOptions,
) {
  const metrics = prometheusHandler({ keepPageMs: 0, ...options });
  const server = createServer(await serve(metrics));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closing.push(
    () => metrics.shutdown(),
    () => server.close().closeAllConnections(),
  );
  return { metrics, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

async function express(metrics: PrometheusHandler): Promise<RequestListener> {
  const app = require("express")();
  app.get("/metrics", metrics.handler);
  app.get("/orders", (_: unknown, response: { send(text: string): void }) => response.send("orders"));
  return app;
}

interface FastifyReply {
  hijack(): void;
  readonly raw: ServerResponse;
}

async function fastify(metrics: PrometheusHandler): Promise<RequestListener> {
  const app = require("fastify")();
  app.get("/metrics", (request: { readonly raw: IncomingMessage }, reply: FastifyReply) => {
    reply.hijack();
    return metrics.handler(request.raw, reply.raw);
  });
  app.get("/orders", async () => "orders");
  await app.ready();
  return app.routing;
}

interface KoaContext {
  readonly path: string;
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  respond: boolean;
  body: string;
}

async function koa(metrics: PrometheusHandler): Promise<RequestListener> {
  const app = new (require("koa"))();
  app.use(async (context: KoaContext, next: () => Promise<void>) => {
    if (context.path !== "/metrics") return next();
    context.respond = false;
    await metrics.handler(context.req, context.res);
  });
  app.use((context: KoaContext) => {
    context.body = "orders";
  });
  return app.callback();
}

async function plain(metrics: PrometheusHandler): Promise<RequestListener> {
  return (request, response) => {
    if (request.url?.split("?")[0] === "/metrics") void metrics.handler(request, response);
    else response.end("orders");
  };
}
