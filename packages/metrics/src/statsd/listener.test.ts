import { createSocket, Socket } from "node:dgram";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Attributes, type DiagLogger, DiagLogLevel, diag } from "@opentelemetry/api";
import { type Histogram, MeterProvider, type MetricData, type ResourceMetrics } from "@opentelemetry/sdk-metrics";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { instrumentProducer } from "../index.ts";
import { type StatsdListener, type StatsdListenerOptions, statsdListener } from "./listener.ts";
import { parseLine } from "./parse-line.ts";
import { statsdReader } from "./reader.ts";

/** Datagrams that a socket of this process was given: the system hands them over when it has time for it. */
let taken = 0;
beforeAll(() => {
  const { emit } = Socket.prototype;
  vi.spyOn(Socket.prototype, "emit").mockImplementation(function (this: Socket, ...event: unknown[]) {
    const heard = emit.apply(this, event as Parameters<typeof emit>);
    if (event[0] === "message") taken++;
    return heard;
  } as typeof emit);
});
afterAll(() => void vi.restoreAllMocks());

const closing: (() => unknown)[] = [];
afterEach(async () => {
  diag.disable();
  for (const close of closing.splice(0)) await close();
});

test("counters are summed, by tags and with their sample rates", async () => {
  const { send } = await listener();
  await send("web.hits:1|c\nweb.hits:2|c|#path:/a,cached\nweb.hits:3|c|@0.1|#cached,path:/a", "web.hits:0.5|c");
  expect(await points("web.hits", "statsd.c")).toEqual([
    [{}, 1.5],
    [{ path: "/a", cached: true }, 32],
  ]);
});

test("gauges are set, and changed by what has a sign", async () => {
  const { send } = await listener();
  await send("pool.size:10|g", "pool.size:+4|g\npool.size:-1|g", "pool.size:-2|g|#pool:b");
  expect(await points("pool.size", "statsd.g")).toEqual([
    [{}, 13],
    [{ pool: "b" }, -2],
  ]);
});

test("a gauge's sign is its own where DogStatsD clients send", async () => {
  const { send } = await listener({ signedGauges: "absolute" });
  await send("balance:10|g", "balance:-4|g");
  expect(await points("balance", "statsd.g")).toEqual([[{}, -4]]);
});

test("timers are histograms in seconds, histograms and distributions have no unit, and rates multiply", async () => {
  const { send } = await listener();
  await send("query.time:250|ms", "query.time:20:30|ms|@0.5", "query.rows:7|h|#t:x", "query.bytes:1024:0|d");
  const time = await metric("query.time", "statsd.ms");
  expect(time?.descriptor.unit).toBe("s");
  const [value] = (time?.dataPoints ?? []).map((point) => point.value as Histogram);
  expect([value?.count, value?.min, value?.max]).toEqual([5, 0.02, 0.25]);
  expect(value?.sum).toBeCloseTo(0.35, 12);
  const counted = async (name: string, scope: string) =>
    (await points(name, scope)).map(([attributes, of]) => [attributes, (of as Histogram).count, (of as Histogram).sum]);
  expect(await counted("query.rows", "statsd.h")).toEqual([[{ t: "x" }, 1, 7]]);
  expect(await counted("query.bytes", "statsd.d")).toEqual([[{}, 2, 1024]]);
});

test("a rate whose inverse is no whole number counts right in the long run", async () => {
  const { send } = await listener();
  await send(Array.from({ length: 30 }, () => "third:1|ms|@0.3").join("\n"));
  const [[, value] = []] = await points("third", "statsd.ms");
  expect((value as Histogram).count).toBe(100);
});

test("sets are gauges of how many different values an interval had", async () => {
  const { send, open } = await listener({ setIntervalMs: 3_600_000 });
  await send("users:alice|s\nusers:bob|s\nusers:alice|s\nusers:a:b|s", "users:x|s|#site:b");
  expect(await points("users", "statsd.s")).toEqual([]);
  await open.shutdown();
  expect(await points("users", "statsd.s")).toEqual([
    [{}, 3],
    [{ site: "b" }, 1],
  ]);
});

test("one name may be a counter, a timer and a gauge at once, as in old code", async () => {
  const { send } = await listener();
  await send("login:1|c\nlogin:5|ms\nlogin:2|g");
  expect(await points("login", "statsd.c")).toEqual([[{}, 1]]);
  expect(await points("login", "statsd.g")).toEqual([[{}, 2]]);
  expect(await points("login", "statsd.ms")).toHaveLength(1);
});

test("container ids, timestamps and fields to come are passed over, CRLF and a last line feed too", async () => {
  const { send } = await listener();
  await send("ext:1|c|#a:b|c:83c0a99c0a54|T1656581400|e:it-false|card:low\r\n");
  expect(await points("ext", "statsd.c")).toEqual([[{ a: "b" }, 1]]);
});

test("names are made OpenTelemetry's", async () => {
  const { send } = await listener();
  await send("a b\tc;d:1|c", "5xx:2|c", "Same.Name:1|c", "same.name:1|c", `${"n".repeat(300)}:1|c`);
  expect(await points("a_b_c_d", "statsd.c")).toEqual([[{}, 1]]);
  expect(await points("statsd.5xx", "statsd.c")).toEqual([[{}, 2]]);
  expect(await points("Same.Name", "statsd.c")).toEqual([[{}, 2]]);
  expect(await points("n".repeat(255), "statsd.c")).toEqual([[{}, 1]]);
});

test("what cannot be read, events and service checks are counted and told once, and the rest is taken", async () => {
  const told = warnings();
  const before = await dropped();
  const { send } = await listener();
  await send(
    "bad\nbad:\nbad:x|c\nbad:1\nbad:1|q\n:1|c\nbad:1|c|@0\nbad:1|c|@2\nbad:1|c|@x\nbad:NaN|g\nbad|c:1\nbad:1e999x|c",
    "_e{5,4}:title|text\n_sc|name|0\n_sc|name|1",
    "good:1|c",
    "good:-1|c\ngood:1e999|c",
    "good:1|ms|@0.000001",
  );
  const after = await dropped();
  const grown = Object.fromEntries(Object.entries(after).map(([reason, n]) => [reason, n - (before[reason] ?? 0)]));
  expect(grown).toMatchObject({ malformed: 12, event: 1, service_check: 2, rate: 1 });
  expect(await points("good", "statsd.c")).toEqual([[{}, 1]]);
  for (const word of ["cannot be read", "an event", "a service check", "sample rate"]) {
    expect(told.filter((text) => text.includes(word))).toHaveLength(1);
  }
});

test("names and tags are bounded", async () => {
  const { send } = await listener({ maxInstruments: 3, maxSeries: 4 });
  const before = (await dropped())["limit"] ?? 0;
  for (let i = 0; i < 10; i++) await send(`bounded.n${i}:1|c`, `bounded.n0:1|c|#id:${i}`);
  const names = (await collected())
    .map(({ descriptor }) => descriptor.name)
    .filter((name) => name.startsWith("bounded."));
  expect(names).toEqual(["bounded.n0", "bounded.n1", "bounded.n2"]);
  const series = await points("bounded.n0", "statsd.c");
  expect(series).toHaveLength(4);
  expect(series.reduce((total, [, value]) => total + (value as number), 0)).toBe(11);
  expect(((await dropped())["limit"] ?? 0) - before).toBe(7);
});

test("no line makes it throw", () => {
  const fragment = fc.constantFrom(
    ":",
    "|",
    "c",
    "g",
    "ms",
    "s",
    "@",
    "#",
    "0.1",
    "-1",
    "a",
    ",",
    "__proto__:x",
    "constructor",
    "\0",
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: "binary" }),
        fc.array(fragment).map((some) => some.join("")),
      ),
      (line) => {
        const parsed = parseLine(line);
        if (typeof parsed === "string") expect(["event", "service_check", "malformed"]).toContain(parsed);
        else expect(parsed.values.length).toBeGreaterThan(0);
      },
    ),
    { numRuns: 2_000 },
  );
});

test("what our reader sends, our listener takes: counts, sums and extremes are the same", async () => {
  const { open } = await listener();
  const reader = statsdReader({ port: open.port, prefix: "trip" });
  const provider = new MeterProvider({ readers: [reader] });
  closing.push(() => provider.shutdown());
  const meter = provider.getMeter("trip");
  const attributes = { path: "/a:b c", text: "日本 😀" };
  const instruments = {
    counter: meter.createCounter("orders"),
    gauge: meter.createGauge("level"),
    open: meter.createUpDownCounter("open"),
    sizes: meter.createHistogram("sizes", { unit: "By" }),
  };
  const recorded = Array.from({ length: 500 }, (_, i) => ((i * 7_919) % 1_000) / 8);
  for (const value of recorded) {
    instruments.counter.add(value, attributes);
    instruments.sizes.record(value, attributes);
    instruments.gauge.record(value - 60, attributes);
    instruments.open.add(value - 62, attributes);
    if (value === recorded[250]) await provider.forceFlush();
  }
  await provider.forceFlush();
  const sum = recorded.reduce((total, value) => total + value, 0);
  await expect.poll(() => points("trip.orders", "statsd.c")).toEqual([[attributes, sum]]);
  await expect.poll(() => points("trip.level", "statsd.g")).toEqual([[attributes, recorded.at(-1)! - 60]]);
  await expect.poll(() => points("trip.open", "statsd.g")).toEqual([[attributes, sum - 62 * recorded.length]]);
  const sizes = async () => (await points("trip.sizes", "statsd.d"))[0]?.[1] as Histogram | undefined;
  await expect.poll(async () => (await sizes())?.count).toBe(500);
  const { count, sum: total, min, max } = (await sizes())!;
  expect([count, min, max]).toEqual([500, Math.min(...recorded), Math.max(...recorded)]);
  expect(total).toBeCloseTo(sum, 6);
});

test("timers of our reader come back as seconds in plain StatsD too", async () => {
  const { open } = await listener();
  const provider = new MeterProvider({
    readers: [statsdReader({ port: open.port, flavour: "plain", prefix: "plaintrip" })],
  });
  closing.push(() => provider.shutdown());
  const latency = provider.getMeter("x").createHistogram("latency", { unit: "s" });
  for (const value of [0.5, 0.25, 1]) latency.record(value, { venue: "a" });
  await provider.forceFlush();
  const latencies = async () => (await points("plaintrip.latency.venue.a", "statsd.ms"))[0]?.[1] as Histogram;
  await expect.poll(async () => (await latencies())?.count).toBe(3);
  expect((await latencies()).sum).toBe(1.75);
});

test.for([
  ["dogstatsd", 1],
  ["plain", 2],
] as const)("over a UNIX stream socket our reader's %s arrives whole, however it is cut", async ([flavour, step]) => {
  const path = join(temporaryFolder(), "statsd.sock");
  const { open } = await listener({ socketPath: path, maxInstruments: 10_000 });
  await open.ready;
  const provider = new MeterProvider({ readers: [statsdReader({ socketPath: path, flavour, prefix: `cut${step}` })] });
  const orders = provider.getMeter("x").createCounter("orders");
  for (let i = 0; i < 300; i++) orders.add(1, { id: `n${i}` });
  await provider.shutdown();
  const taken = async (): Promise<number> => {
    const named = (await collected()).filter(({ descriptor }) => descriptor.name.startsWith(`cut${step}.orders`));
    return named.reduce((total, { dataPoints }) => total + dataPoints.length, 0);
  };
  await expect.poll(taken, { timeout: 60_000 }).toBe(300);
  // Byte by byte, as a stream may hand it over.
  const socket = connect(path);
  const line = `cut${step}.slow:1|c\n`;
  const bytes = flavour === "plain" ? Buffer.from(line) : Buffer.from([line.length, 0, 0, 0, ...Buffer.from(line)]);
  for (const byte of bytes) {
    socket.write(Buffer.from([byte]));
    await new Promise((resolve) => setImmediate(resolve));
  }
  socket.end();
  await expect.poll(() => points(`cut${step}.slow`, "statsd.c"), { timeout: 60_000 }).toEqual([[{}, 1]]);
  await open.shutdown();
  expect(existsSync(path)).toBe(false);
});

test("a socket that a killed process left is taken over, one that is listened on and a file are not", async () => {
  const folder = temporaryFolder();
  const [stale, used, file] = ["stale", "used", "file"].map((name) => join(folder, name)) as [string, string, string];
  const { spawnSync } = await import("node:child_process");
  const script = `require("net").createServer().listen(${JSON.stringify(stale)}, () => process.kill(process.pid, "SIGKILL"))`;
  spawnSync(process.execPath, ["--eval", script]);
  expect(existsSync(stale)).toBe(true);
  const server = createServer().listen(used);
  closing.push(() => server.close());
  await once(server, "listening");
  writeFileSync(file, "mine");
  await listen({ socketPath: stale }).ready;
  const busy = expect.objectContaining({ code: "TELLTALE_PORT_IN_USE" });
  await expect(listen({ socketPath: used }).ready).rejects.toThrow(busy);
  await expect(listen({ socketPath: file }).ready).rejects.toThrow(busy);
  expect(existsSync(file)).toBe(true);
});

test("a busy port throws at once, naming the address and what to change", async () => {
  const { open } = await listener();
  expect(() => statsdListener({ port: open.port })).toThrow(
    expect.objectContaining({
      code: "TELLTALE_PORT_IN_USE",
      message: expect.stringContaining(`127.0.0.1:${open.port}`),
    }),
  );
  expect(() => statsdListener({ host: "192.0.2.1" })).toThrow(
    expect.objectContaining({ code: "TELLTALE_CANNOT_LISTEN" }),
  );
});

function listen(options: StatsdListenerOptions): StatsdListener {
  const open = statsdListener({ port: 0, ...options });
  closing.push(() => open.shutdown());
  return open;
}

async function listener(options: StatsdListenerOptions = {}) {
  const open = listen(options);
  await open.ready;
  const socket = createSocket("udp4");
  closing.push(() => socket.close());
  return {
    open,
    /** Sends datagrams and waits until they were taken. */
    async send(...datagrams: string[]): Promise<void> {
      const before = taken;
      for (const datagram of datagrams) {
        await new Promise((resolve) => socket.send(datagram, open.port, "127.0.0.1", resolve));
      }
      await expect.poll(() => taken - before, { interval: 1 }).toBe(datagrams.length);
    },
  };
}

async function collected(): Promise<MetricData[]> {
  const { resourceMetrics } = await instrumentProducer().collect();
  return resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics);
}

async function metric(name: string, scope: string): Promise<MetricData | undefined> {
  const { resourceMetrics } = await instrumentProducer().collect();
  const own = resourceMetrics.scopeMetrics.find(
    (one: ResourceMetrics["scopeMetrics"][number]) => one.scope.name === scope,
  );
  return own?.metrics.find(({ descriptor }) => descriptor.name === name);
}

async function points(name: string, scope: string): Promise<(readonly [Attributes, unknown])[]> {
  const found = await metric(name, scope);
  return found?.dataPoints.map(({ attributes, value }) => [attributes, value] as const) ?? [];
}

/** How many lines were refused, by reason. */
async function dropped(): Promise<Record<string, number>> {
  const found = (await collected()).find(({ descriptor }) => descriptor.name === "telltale.dropped.records");
  const own = found?.dataPoints.filter(({ attributes }) => attributes["telltale.instrument"] === "statsd") ?? [];
  return Object.fromEntries(own.map(({ attributes, value }) => [String(attributes["reason"]), value as number]));
}

function warnings(): string[] {
  const told: string[] = [];
  const logger = { warn: (text: string) => told.push(text) };
  diag.setLogger({ ...silent, ...logger } as unknown as DiagLogger, DiagLogLevel.WARN);
  return told;
}

const silent = Object.fromEntries(["error", "warn", "info", "debug", "verbose"].map((level) => [level, () => {}]));

/** A socket's path may have a hundred bytes, which the folder for what is temporary may use up alone. */
function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir().length > 60 ? "/tmp" : tmpdir(), "telltale-statsd-"));
  closing.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
