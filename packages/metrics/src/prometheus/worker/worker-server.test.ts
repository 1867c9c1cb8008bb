import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { MeterProvider } from "@opentelemetry/sdk-metrics";
import { afterEach, expect, test, vi } from "vitest";
import { DEPARTURE_MS } from "../../departures.ts";
import {
  type BoundCounter,
  counter,
  exponentialHistogram,
  gauge,
  histogram,
  observedGauge,
  upDownCounter,
} from "../../index.ts";
import { type PrometheusEndpoint, type PrometheusEndpointOptions, prometheusEndpoint } from "../endpoint.ts";
import { deferred } from "./deferred.ts";

/** Long enough for any machine; what comes ends it. */
const WAIT = { timeout: 60_000 };
const opened: { shutdown(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.shutdown();
});

test.for(["text/plain", "application/openmetrics-text; version=1.0.0"])(
  "a page from the worker is the page of this thread: %s",
  async (accept) => {
    const own = open({ serve: "main" });
    const worker = open({ serve: "worker" });
    const provider = new MeterProvider({
      readers: [own.reader, worker.reader],
      resource: resourceFromAttributes({ "service.name": "desk" }),
    });
    record(provider);
    await worker.ready;
    const [mine, its] = [await page(own, accept), await page(worker, accept)];
    expect(without(its)).toEqual(without(mine));
    expect(its.includes("telltale_prometheus_sample_age")).toBe(true);
  },
);

test("the worker speaks the protobuf format too", async () => {
  const endpoint = open({ serve: "worker" });
  exponentialHistogram({ name: "native.wide" }).record(3);
  await endpoint.ready;
  const accept = "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited";
  const response = await fetch(endpoint.url, { headers: { accept } });
  expect(response.headers.get("content-type")).toContain("protobuf");
  expect(Buffer.from(await response.arrayBuffer()).includes("native_wide")).toBe(true);
});

test("the worker asks for the same credentials", async () => {
  const { url, ready } = open({ serve: "worker", bearerToken: "secret" });
  await ready;
  expect((await fetch(url)).status).toBe(401);
  expect((await fetch(url, { headers: { authorization: "Bearer secret" } })).status).toBe(200);
});

test("series that come, grow and go are followed", async () => {
  const endpoint = open({ serve: "worker", keepPageMs: 0 });
  await endpoint.ready;
  const orders = counter({ name: "follow.orders" });
  const sizes = histogram({ name: "follow.sizes", boundaries: [1, 2] });
  const lines = async () =>
    (await page(endpoint)).split("\n").filter((line) => /^follow_(orders|sizes_bucket)/.test(line));
  // A page has what was there before when this thread takes longer to answer than the worker waits.
  await expect.poll(lines, WAIT).toEqual([]);
  const [a, b, c] = ["a", "b", "c"].map((id) => orders.bind({ id })) as [BoundCounter, BoundCounter, BoundCounter];
  a.add(1);
  b.add(2);
  c.add(3);
  sizes.record(1.5);
  await expect
    .poll(lines, WAIT)
    .toEqual([
      'follow_orders_total{id="a"} 1',
      'follow_orders_total{id="b"} 2',
      'follow_orders_total{id="c"} 3',
      'follow_sizes_bucket{le="1"} 0',
      'follow_sizes_bucket{le="2"} 1',
      'follow_sizes_bucket{le="+Inf"} 1',
    ]);
  b.unbind();
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + DEPARTURE_MS });
  orders.add(1_000, { id: "d" });
  a.add(9);
  await expect
    .poll(async () => (await lines()).slice(0, 3), WAIT)
    .toEqual(['follow_orders_total{id="a"} 10', 'follow_orders_total{id="c"} 3', 'follow_orders_total{id="d"} 1000']);
  for (let i = 0; i < 1_500; i++) orders.add(i, { id: `n${i}` });
  await expect.poll(lines, WAIT).toHaveLength(3 + 1_500 + 3);
  vi.useRealTimers();
});

test("an attribute that cannot go to another thread does not empty the page", async () => {
  const endpoint = open({ serve: "worker", keepPageMs: 0 });
  const provider = new MeterProvider({ readers: [endpoint.reader] });
  const odd = { f: () => 1, s: Symbol("s"), o: { a: 1 }, n: 1 } as never;
  provider.getMeter("x").createCounter("odd.theirs").add(2, odd);
  counter({ name: "odd.ours" }).add(3);
  await endpoint.ready;
  await expect.poll(() => page(endpoint), WAIT).toContain("odd_ours_total 3\n");
  const text = await page(endpoint);
  expect(text).toMatch(/^odd_theirs_total\{.*n="1".*\} 2$/m);
  expect(text).toContain("odd_ours_total 3\n");
});

test("while this thread is blocked the worker answers with what is shared, and says how old the rest is", async () => {
  const child = application(`
    import { readSync } from "node:fs";
    const orders = counter({ name: "blocked.orders" });
    const sizes = histogram({ name: "blocked.sizes" });
    orders.add(5);
    sizes.record(5);
    const { url, ready } = prometheusEndpoint({ port: 0, serve: "worker", keepPageMs: 0 });
    await ready;
    await (await fetch(url)).text();
    orders.add(1);
    sizes.record(1);
    setInterval(() => {}, 1000);
    console.log(url);
    // Blocked until it is told to go on; reading throws while there is nothing to read.
    const never = new Int32Array(new SharedArrayBuffer(4));
    for (let told = 0; told === 0; Atomics.wait(never, 0, 0, 5)) try { told = readSync(0, Buffer.alloc(1)); } catch {}`);
  const url = await child.line();
  for (let i = 0; i < 5; i++) {
    const text = await (await fetch(url)).text();
    expect(text).toContain("blocked_orders_total 6\n");
    expect(text).toContain("blocked_sizes_count 1\n");
    // The first of these waited for the thread before it took what there was.
    expect(Number(/^telltale_prometheus_sample_age_seconds (.*)$/m.exec(text)?.[1])).toBeGreaterThan(0);
  }
  child.say("go on");
  await expect.poll(async () => (await fetch(url)).text(), WAIT).toContain("blocked_sizes_count 2\n");
});

test("the worker keeps no process alive, with a shutdown and without one", async () => {
  for (const ending of ["", "await endpoint.shutdown(); await endpoint.shutdown();", "process.exitCode = 3;"]) {
    const child = application(`
      const endpoint = prometheusEndpoint({ port: 0, serve: "worker" });
      const timer = setInterval(() => {}, 1000);
      await endpoint.ready;
      await fetch(endpoint.url).then((response) => response.text());
      clearInterval(timer);
      ${ending}
      console.log("end");`);
    expect(await child.line()).toBe("end");
    expect(await child.exited).toBe(ending.includes("exitCode") ? 3 : 0);
  }
});

test("a busy port throws at once, as without a worker", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  opened.push({ shutdown: () => new Promise((resolve) => server.close(resolve)) });
  const { port } = server.address() as AddressInfo;
  expect(() => prometheusEndpoint({ port, serve: "worker" })).toThrow(
    expect.objectContaining({ code: "TELLTALE_PORT_IN_USE" }),
  );
});

test("when the worker ends, this thread serves the page itself", async () => {
  const child = application(`
    import { createRequire } from "node:module";
    const { Worker } = createRequire(import.meta.url)("node:worker_threads");
    const threads = [];
    const post = Worker.prototype.postMessage;
    Worker.prototype.postMessage = function (...args) { threads.push(this); return post.apply(this, args); };
    counter({ name: "survivor.orders" }).add(2);
    const endpoint = prometheusEndpoint({ port: 0, serve: "worker", keepPageMs: 0 });
    setInterval(() => {}, 1000);
    await endpoint.ready;
    const text = async () => (await fetch(endpoint.url)).text();
    console.log((await text()).includes("sample_age"));
    await threads[0].terminate();
    let after;
    while (after === undefined) after = await text().catch(() => undefined);
    console.log(after.includes("sample_age"), after.includes("survivor_orders_total 2"));
    await endpoint.shutdown();
    process.exit();`);
  expect(await child.line()).toBe("true");
  expect(await child.line()).toBe("false true");
  expect(await child.exited).toBe(0);
});

test("a flush waits until the worker has answered the scrape in progress", async () => {
  const endpoint = open({ serve: "worker", keepPageMs: 0 });
  const provider = new MeterProvider({ readers: [endpoint.reader] });
  await endpoint.ready;
  await page(endpoint);
  const order: string[] = [];
  const scraped = deferred();
  const level = provider.getMeter("slow").createObservableGauge("slow.level");
  level.addCallback(async () => {
    scraped.resolve();
    await new Promise((resolve) => setTimeout(resolve, 15));
    order.push("collected");
  });
  const answer = page(endpoint);
  await scraped.promise;
  await provider.forceFlush();
  order.push("flushed");
  expect(order).toEqual(["collected", "flushed"]);
  expect(await answer).toContain("target_info");
  await endpoint.shutdown();
  await endpoint.reader.forceFlush();
});

test("a scrape that is in progress at shutdown is answered", async () => {
  const endpoint = open({ serve: "worker", keepPageMs: 0 });
  const provider = new MeterProvider({ readers: [endpoint.reader] });
  let asked: () => void = () => {};
  const scraped = new Promise<void>((resolve) => {
    asked = resolve;
  });
  await endpoint.ready;
  await page(endpoint);
  provider
    .getMeter("slow")
    .createObservableGauge("slow.level")
    .addCallback(async (result) => {
      asked();
      await new Promise((resolve) => setTimeout(resolve, 15));
      result.observe(4);
    });
  const answer = fetch(endpoint.url);
  await scraped;
  await endpoint.shutdown();
  expect((await answer).status).toBe(200);
  expect(await (await answer).text()).toContain("slow_level");
  await expect(fetch(endpoint.url)).rejects.toThrow();
});

function record(provider: MeterProvider): void {
  const meter = provider.getMeter("third.party");
  meter.createCounter("same.theirs").add(3, { path: 'C:\\a "b"\nc' });
  meter.createHistogram("same.their_sizes").record(3);
  counter({ name: "same.orders", unit: "{order}", description: "All." }).add(0.5, {
    side: "buy",
    "a.b": "1",
    a_b: "2",
  });
  counter({ name: "same.orders", scope: { name: "other" } }).add(1, { side: "sell" });
  upDownCounter({ name: "same.open" }).add(-2);
  gauge({ name: "same.level", unit: "1" }).record(1e21);
  gauge({ name: "same.unset" }).bind({ a: 1 });
  observedGauge({ name: "same.observed" }, (observe) => observe(7, { a: "b" }));
  const latency = histogram({ name: "same.latency", unit: "s", exemplars: true });
  const sizes = histogram({ name: "same.sizes", unit: "By", boundaries: [10, 20] });
  const wide = exponentialHistogram({ name: "same.wide" });
  for (const one of [latency, sizes, wide]) for (const value of [0, 1, 15, 1e9]) one.record(value, { k: "v" });
}

/** Sorted by line, and without what differs: the order of families, times and the age. */
function without(text: string): string[] {
  const lines = text.split("\n").filter((line) => !/sample_age|_created|telltale_/.test(line));
  return lines.sort();
}

function open(options: PrometheusEndpointOptions): PrometheusEndpoint {
  const endpoint = prometheusEndpoint({ port: 0, ...options });
  opened.push(endpoint);
  return endpoint;
}

async function page({ url }: PrometheusEndpoint, accept = "text/plain"): Promise<string> {
  return Buffer.from(await (await fetch(url, { headers: { accept } })).arrayBuffer()).toString("latin1");
}

function application(source: string) {
  const program = `
    import { counter, histogram, prometheusEndpoint } from ${JSON.stringify(new URL("../../index.ts", import.meta.url).href)};
    ${source}`;
  const child = spawn(process.execPath, ["--conditions=telltale-source", "--input-type=module", "--eval", program], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines: string[] = [];
  const waiting: (() => void)[] = [];
  let taken = 0;
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    lines.push(...text.split("\n").filter((line) => line !== ""));
    for (const resolve of waiting.splice(0)) resolve();
  });
  opened.push({ shutdown: async () => child.kill("SIGKILL") });
  const exited = once(child, "exit").then(([code]) => code as number | null);
  return {
    exited,
    say: (words: string) => child.stdin.write(words),
    async line(): Promise<string> {
      while (lines.length <= taken) await new Promise<void>((resolve) => waiting.push(resolve));
      return lines[taken++] as string;
    },
  };
}
