import { once } from "node:events";
import { get } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { context, TraceFlags, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { MeterProvider } from "@opentelemetry/sdk-metrics";
import { afterEach, expect, test } from "vitest";
import { counter, histogram, observedGauge } from "../index.ts";
import { type PrometheusEndpoint, type PrometheusEndpointOptions, prometheusEndpoint } from "./endpoint.ts";

const opened: PrometheusEndpoint[] = [];
afterEach(async () => {
  for (const endpoint of opened.splice(0)) await endpoint.shutdown();
});

test("scrapes at the same time and as long as the page is kept get one page, and the next one is new", async () => {
  // Long enough for a slow machine, and over as soon as it is looked for.
  const [kept, anew] = [open({ keepPageMs: 60_000 }), open({ keepPageMs: 0 })];
  let collections = 0;
  observedGauge({ name: "scraping.collections" }, (observe) => observe(++collections));
  const read = async ({ url }: PrometheusEndpoint) =>
    Number(/^scraping_collections (\d+)$/m.exec(await (await fetch(url)).text())?.[1]);
  expect(new Set(await Promise.all(Array.from({ length: 30 }, () => read(kept))))).toEqual(new Set([1]));
  expect(await read(kept)).toBe(1);
  expect(await read(anew)).toBe(2);
  expect(await read(anew)).toBe(3);
  expect(await read(kept)).toBe(1);
});

test("gzip or zstd is sent to who takes it, and is the same page", async () => {
  const endpoint = open({ keepPageMs: 2_000 });
  counter({ name: "scraping.zipped" }).add(1);
  const [plain, zipped] = [await raw(endpoint, {}), await raw(endpoint, { "accept-encoding": "gzip" })];
  expect(plain.headers["content-encoding"]).toBeUndefined();
  expect(zipped.headers["content-encoding"]).toBe("gzip");
  const page = await text(plain);
  expect(await text(zipped.pipe(createGunzip()))).toBe(page);
  const smaller = await raw(endpoint, { "accept-encoding": "gzip, zstd" });
  expect(smaller.headers["content-encoding"]).toBe("zstd");
  expect(await text(smaller.pipe(createZstdDecompress()))).toBe(page);
  expect(Number(plain.headers["content-length"])).toBe(Buffer.byteLength(page));
});

test("only the asked families are sent", async () => {
  const endpoint = open();
  counter({ name: "scraping.first" }).add(1);
  counter({ name: "scraping.second" }).add(1);
  counter({ name: "scraping.third" }).add(1);
  const page = await (await fetch(`${endpoint.url}?name[]=scraping_first_total&name[]=scraping_third_total`)).text();
  expect(page).toBe(
    "# TYPE scraping_first_total counter\nscraping_first_total 1\n# TYPE scraping_third_total counter\nscraping_third_total 1\n",
  );
});

test("of pages with different name[] asked for at once eight are made, and others are told to come again", async () => {
  const endpoint = open({ keepPageMs: 1_000 });
  let release = (): void => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const provider = new MeterProvider({ readers: [endpoint.reader] });
  provider
    .getMeter("x")
    .createObservableGauge("scraping.slow")
    .addCallback(() => held);
  const ask = async (query: string) => {
    const { status, headers } = await fetch(`${endpoint.url}${query}`);
    if (status === 503) expect(headers.get("retry-after")).toBe("1");
    return status;
  };
  let refused = 0;
  const filtered = Array.from({ length: 20 }, async (_, i) => {
    const status = await ask(`?name[]=scraping_${i}&name[]=a&name[]=a`);
    if (status === 503 && ++refused === 12) release();
    return status;
  });
  const whole = ask("");
  expect((await Promise.all(filtered)).filter((status) => status === 200)).toHaveLength(8);
  expect([await whole, await ask("?name[]=later")]).toEqual([200, 200]);
});

test("a sampled span's trace id stands as exemplar beside what was recorded in it, in OpenMetrics", async () => {
  const endpoint = open();
  const manager = new AsyncLocalStorageContextManager().enable();
  context.setGlobalContextManager(manager);
  const orders = counter({ name: "scraping.orders", exemplars: true }).bind({ side: "buy" });
  const latency = histogram({ name: "scraping.latency", unit: "s", boundaries: [0.1, 1], exemplars: true });
  const within = (traceId: string, traceFlags: TraceFlags, run: () => void) =>
    context.with(trace.setSpanContext(context.active(), { traceId, spanId: "00f067aa0ba902b7", traceFlags }), run);
  try {
    within("4bf92f3577b34da6a3ce929d0e0e4736", TraceFlags.SAMPLED, () => {
      orders.add(2);
      latency.record(0.5);
    });
    within("ffffffffffffffffffffffffffffffff", TraceFlags.NONE, () => latency.record(0.7));
    latency.record(0.6);
  } finally {
    context.disable();
  }
  const accept = "application/openmetrics-text;version=1.0.0";
  const page = await (await fetch(endpoint.url, { headers: { accept } })).text();
  const exemplar = '# {trace_id="4bf92f3577b34da6a3ce929d0e0e4736",span_id="00f067aa0ba902b7"}';
  expect(page).toMatch(
    new RegExp(`^scraping_orders_total\\{side="buy"\\} 2 ${escaped(exemplar)} 2 \\d+(\\.\\d+)?$`, "m"),
  );
  expect(page).toMatch(
    new RegExp(`^scraping_latency_seconds_bucket\\{le="1.0"\\} 3 ${escaped(exemplar)} 0.5 \\d+`, "m"),
  );
  expect(page).not.toContain("ffffffff");
  expect(page.endsWith("# EOF\n")).toBe(true);
  expect(await (await fetch(endpoint.url)).text()).not.toContain("trace_id");
});

test("requests that a client sends without reading the answers are answered one after another", async () => {
  const endpoint = open();
  const many = counter({ name: "scraping.pipelined", maxSeries: 2_001 });
  for (let id = 0; id < 2_000; id++) many.add(1, { id, filler: "x".repeat(200) });
  const socket = connect(endpoint.port, "127.0.0.1");
  await once(socket, "connect");
  const asked = 20;
  for (let i = 0; i < asked; i++) {
    socket.write(`GET /metrics HTTP/1.1\r\nHost: localhost\r\n${i === asked - 1 ? "Connection: close\r\n" : ""}\r\n`);
  }
  expect((await text(socket)).split("HTTP/1.1 200 OK")).toHaveLength(asked + 1);
});

test("a callback that hangs or throws takes nothing else off the page", async () => {
  const endpoint = open();
  const provider = new MeterProvider({ readers: [endpoint.reader] });
  const meter = provider.getMeter("x");
  meter.createObservableGauge("scraping.throws").addCallback(() => {
    throw new Error("no driver");
  });
  meter.createObservableGauge("scraping.hangs").addCallback(() => new Promise(() => {}));
  meter.createCounter("scraping.theirs").add(1);
  counter({ name: "scraping.ours" }).add(1);
  const page = await (await fetch(endpoint.url)).text();
  expect(page).toContain("scraping_theirs_total 1\n");
  expect(page).toContain("scraping_ours_total 1\n");
});

test("a scrape in progress survives a shutdown", async () => {
  const endpoint = open();
  const provider = new MeterProvider({ readers: [endpoint.reader] });
  let release = (): void => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const asked = new Promise<void>((resolve) => {
    provider
      .getMeter("x")
      .createObservableGauge("scraping.held")
      .addCallback(async (result) => {
        resolve();
        await held;
        result.observe(7);
      });
  });
  const page = fetch(endpoint.url).then((response) => response.text());
  await asked;
  const closed = endpoint.shutdown();
  release();
  expect(await page).toContain("scraping_held 7\n");
  await closed;
});

test("labels of the scope and of the resource stand on every series when they are wanted", async () => {
  const endpoint = open({ scopeLabels: true, resourceLabels: ["service.name"] });
  const { resourceFromAttributes } = await import("@opentelemetry/resources");
  const resource = resourceFromAttributes({ "service.name": "desk", "host.name": "h" });
  const provider = new MeterProvider({ readers: [endpoint.reader], resource });
  provider.getMeter("theirs", "1.2").createCounter("scraping.labelled.theirs").add(1);
  counter({ name: "scraping.labelled.ours", scope: { name: "ours", version: "3" } }).add(1);
  const page = await (await fetch(endpoint.url)).text();
  expect(page).toContain(
    'scraping_labelled_theirs_total{service_name="desk",otel_scope_name="theirs",otel_scope_version="1.2"} 1\n',
  );
  expect(page).toContain(
    'scraping_labelled_ours_total{service_name="desk",otel_scope_name="ours",otel_scope_version="3"} 1\n',
  );
});

test.each(["main", "worker"] as const)(
  "a token and other hosts are refused when the %s thread serves",
  async (serve) => {
    const endpoint = open({ serve, bearerToken: "s3cret" });
    await endpoint.ready;
    expect((await fetch(endpoint.url)).status).toBe(401);
    const authorization = "Bearer s3cret";
    expect((await raw(endpoint, { authorization, host: "evil.example" })).statusCode).toBe(403);
    expect((await fetch(endpoint.url, { headers: { authorization } })).status).toBe(200);
    expect(() => open({ serve, bearerToken: "" })).toThrow("bearerToken is empty");
  },
);

function open(options: PrometheusEndpointOptions = {}): PrometheusEndpoint {
  const endpoint = prometheusEndpoint({ port: 0, keepPageMs: 0, ...options });
  opened.push(endpoint);
  return endpoint;
}

async function raw({ url }: PrometheusEndpoint, headers: Record<string, string>) {
  const [response] = (await once(get(url, { headers }), "response")) as [import("node:http").IncomingMessage];
  return response;
}

function escaped(literal: string): string {
  return literal.replace(/[{}]/g, "\\$&");
}
