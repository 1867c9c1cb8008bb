import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer, Server } from "node:http";
import type { AddressInfo } from "node:net";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { MeterProvider } from "@opentelemetry/sdk-metrics";
import { afterEach, expect, test } from "vitest";
import { counter, histogram, upDownCounter } from "../index.ts";
import { type PrometheusEndpoint, type PrometheusEndpointOptions, prometheusEndpoint } from "./endpoint.ts";

const opened: { shutdown(): Promise<void> }[] = [];
afterEach(async () => {
  for (const endpoint of opened.splice(0)) await endpoint.shutdown();
});

test("other paths of the port can be answered as well, in this thread only", async () => {
  const endpoint = open({ bearerToken: "secret" });
  const isServed = endpoint.serveAlso((request, response) => {
    if (request.url !== "/livez") return false;
    response.end("ok");
    return true;
  });
  expect(isServed).toBe(true);
  new MeterProvider({ readers: [endpoint.reader] });
  const origin = new URL(endpoint.url).origin;
  expect(await (await fetch(`${origin}/livez`)).text()).toBe("ok");
  expect((await fetch(`${origin}/metrics`)).status).toBe(401);
  expect((await fetch(`${origin}/other`)).status).toBe(404);
});

test("the page has the provider's metrics and ours, by Prometheus' names, without scope labels", async () => {
  counter({ name: "page.orders", unit: "{order}", description: "Orders.\nAll.", attributes: { side: ["buy"] } }).add(
    2,
    {
      side: "buy",
    },
  );
  histogram({ name: "page.latency", unit: "s", boundaries: [0.1, 1] }).record(0.5);
  const endpoint = open();
  const provider = new MeterProvider({
    readers: [endpoint.reader],
    resource: resourceFromAttributes({ "service.name": "desk" }),
  });
  provider.getMeter("third.party").createCounter("page.theirs", { unit: "By" }).add(3, { path: 'C:\\a "b"\nc' });
  const text = await page(endpoint);
  expect(text).toContain(
    '# HELP target_info Target metadata\n# TYPE target_info gauge\ntarget_info{service_name="desk"} 1\n',
  );
  expect(text).toContain(
    '# HELP page_orders_total Orders.\\nAll.\n# TYPE page_orders_total counter\npage_orders_total{side="buy"} 2\n',
  );
  expect(text).toContain(
    '# TYPE page_theirs_bytes_total counter\npage_theirs_bytes_total{path="C:\\\\a \\"b\\"\\nc"} 3\n',
  );
  expect(text).toContain(
    [
      "# TYPE page_latency_seconds histogram",
      'page_latency_seconds_bucket{le="0.1"} 0',
      'page_latency_seconds_bucket{le="1"} 1',
      'page_latency_seconds_bucket{le="+Inf"} 1',
      "page_latency_seconds_sum 0.5",
      "page_latency_seconds_count 1\n",
    ].join("\n"),
  );
  expect(text).not.toContain("otel_scope");
  expectPromtoolToAccept(text);
});

test("it answers GET and HEAD at its path, with the type that Prometheus knows", async () => {
  const endpoint = open({ path: "stats" });
  const got = await fetch(endpoint.url);
  expect(endpoint.url).toBe(`http://127.0.0.1:${endpoint.port}/stats`);
  expect(got.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  expect(got.headers.get("x-content-type-options")).toBe("nosniff");
  const head = await fetch(`${endpoint.url}?a=b`, { method: "HEAD" });
  expect([head.status, await head.text()]).toEqual([200, ""]);
  const posted = await fetch(endpoint.url, { method: "POST", body: "x" });
  expect([posted.status, posted.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
  expect((await fetch(`http://127.0.0.1:${endpoint.port}/`)).status).toBe(404);
});

test("a busy port throws at once, naming the address and what to change", async () => {
  const taken = await listening();
  const { port } = taken.address() as AddressInfo;
  expect(() => prometheusEndpoint({ port })).toThrow(
    expect.objectContaining({
      code: "TELLTALE_PORT_IN_USE",
      message: expect.stringMatching(
        new RegExp(`127\\.0\\.0\\.1:${port}.*metrics\\.prometheus\\.port.*OTEL_EXPORTER_PROMETHEUS_PORT`),
      ),
    }),
  );
});

test("an address that is not this machine's throws, and a host name that does not resolve rejects ready", async () => {
  expect(() => prometheusEndpoint({ host: "192.0.2.1", port: 0 })).toThrow(
    expect.objectContaining({ code: "TELLTALE_CANNOT_LISTEN" }),
  );
  const endpoint = open({ host: "no-such-host.invalid" });
  await expect(endpoint.ready).rejects.toThrow(expect.objectContaining({ code: "TELLTALE_CANNOT_LISTEN" }));
});

test("shutting the provider down closes the endpoint, and closing twice is harmless", async () => {
  const endpoint = prometheusEndpoint({ port: 0 });
  const provider = new MeterProvider({ readers: [endpoint.reader] });
  await page(endpoint);
  await provider.shutdown();
  await endpoint.shutdown();
  await expect(fetch(endpoint.url)).rejects.toThrow();
});

test("names, labels and values that cannot stand on one page are left out, and the rest goes out", async () => {
  const endpoint = open();
  const provider = new MeterProvider({ readers: [endpoint.reader] });
  const meter = provider.getMeter("x");
  meter.createCounter("odd.same").add(1, { "a.b": "1", a_b: "2", le: "x", "9": "y", "": "z", 日本: "w" });
  meter.createCounter("odd.same").add(1, { "a.b": "1;2", le: "x", "9": "y" });
  meter.createGauge("odd.same.total").record(7);
  meter.createHistogram("odd.sizes").record(1, { le: "mine", quantile: "0.5" });
  meter.createGauge("odd.sizes.count").record(9);
  meter.createGauge("odd.emoji").record(1, { text: "😀 \ud800", list: ["a", "b"] });
  meter.createGauge("odd.number").record(Number.NaN);
  upDownCounter({ name: "odd.mine" }).add(-1);
  const text = await page(endpoint);
  expect(text).toContain('odd_same_total{key_9="y",a_b="1;2",exported_le="x"} 1\n');
  expect(text.match(/^odd_same_total/gm)).toHaveLength(1);
  expect(text).toContain('odd_sizes_count{exported_le="mine",exported_quantile="0.5"} 1\n');
  expect(text).not.toContain("odd_sizes_count 9");
  expect(text).toContain('list="[\\"a\\",\\"b\\"]"');
  expect(text).toContain("odd_number NaN\n");
  expect(text).toContain("odd_mine -1\n");
  expectPromtoolToAccept(text);
});

test("the endpoint keeps no process alive, and nothing loads http before there is one", async () => {
  const script = `
    const before = process.moduleLoadList.includes("NativeModule http");
    const { prometheusEndpoint } = await import(${JSON.stringify(new URL("../index.ts", import.meta.url).href)});
    const after = process.moduleLoadList.includes("NativeModule http");
    const { url } = prometheusEndpoint({ port: 0 });
    console.log(JSON.stringify({ before, after, url }));`;
  const child = spawn(process.execPath, ["--conditions=telltale-source", "--input-type=module", "--eval", script]);
  let output = "";
  child.stdout.on("data", (chunk) => {
    output += chunk;
  });
  const [status] = await once(child, "close");
  expect({ status, ...JSON.parse(output) }).toMatchObject({ status: 0, before: false, after: false });
});

test("a scrape makes no span in instrumentation-http's way", async () => {
  const endpoint = open();
  const original = Server.prototype.emit;
  const seen: unknown[] = [];
  // What instrumentation-http does: whatever goes through the prototype's `emit` becomes a span.
  Server.prototype.emit = function (this: Server, ...args: Parameters<typeof original>) {
    seen.push(args[0]);
    return original.apply(this, args);
  } as typeof original;
  try {
    await page(endpoint);
  } finally {
    Server.prototype.emit = original;
  }
  expect(seen).not.toContain("request");
});

function open(options: PrometheusEndpointOptions = {}): PrometheusEndpoint {
  const endpoint = prometheusEndpoint({ port: 0, keepPageMs: 0, ...options });
  opened.push(endpoint);
  return endpoint;
}

async function page({ url }: PrometheusEndpoint): Promise<string> {
  return (await fetch(url)).text();
}

async function listening(): Promise<Server> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  opened.push({ shutdown: () => new Promise((resolve) => server.close(() => resolve())) });
  return server;
}

/** The real parser, where it is installed: complaints of style are allowed, errors of syntax are not. */
function expectPromtoolToAccept(text: string): void {
  const { error, stderr } = spawnSync("promtool", ["check", "metrics"], { input: text, encoding: "utf8" });
  if (error === undefined) expect(stderr).not.toMatch(/error while linting|text format parsing error/);
}
