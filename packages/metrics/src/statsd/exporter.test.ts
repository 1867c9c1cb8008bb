import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Attributes } from "@opentelemetry/api";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { MeterProvider } from "@opentelemetry/sdk-metrics";
import fc from "fast-check";
import { afterEach, expect, test } from "vitest";
import {
  counter,
  exponentialHistogram,
  forgetInstrument,
  gauge,
  histogram,
  instrumentProducer,
  upDownCounter,
} from "../index.ts";
import { statsdExporter } from "./exporter.ts";
import { type LineOptions, lines } from "./lines.ts";
import { packets } from "./packets.ts";
import { type StatsdReaderOptions, statsdReader } from "./reader.ts";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

test("DogStatsD: counters since the last time, gauges as they stand, with tags", async () => {
  const { sent, provider } = await observed({ prefix: "app", tags: { env: "prod" }, resourceTags: ["service.name"] });
  const orders = counter({ name: "dog.orders" });
  const open = upDownCounter({ name: "dog.open" });
  orders.add(2, { venue: "binance", side: "buy" });
  orders.add(0.5, { side: "sell" });
  open.add(3);
  gauge({ name: "dog.balance" }).record(-1.25);
  provider.getMeter("third.party").createCounter("dog.theirs").add(4);
  const constant = { "service.name": "desk", env: "prod" };
  expect(await sent("app.dog.")).toEqual([
    { name: "app.dog.theirs", value: "4", type: "c", tags: constant },
    { name: "app.dog.orders", value: "2", type: "c", tags: { ...constant, side: "buy", venue: "binance" } },
    { name: "app.dog.orders", value: "0.5", type: "c", tags: { ...constant, side: "sell" } },
    { name: "app.dog.open", value: "3", type: "g", tags: constant },
    { name: "app.dog.balance", value: "0", type: "g", tags: constant },
    { name: "app.dog.balance", value: "-1.25", type: "g", tags: constant },
  ]);
  orders.add(1, { side: "sell" });
  open.add(-1);
  expect((await sent("app.dog.")).map(({ name, value }) => [name, value])).toEqual([
    ["app.dog.orders", "1"],
    ["app.dog.open", "2"],
    ["app.dog.balance", "0"],
    ["app.dog.balance", "-1.25"],
  ]);
});

test("plain StatsD: attributes are a hierarchy in the name, sorted by key", async () => {
  const { sent } = await observed({ flavour: "plain", prefix: "app.", tags: { env: "prod" } });
  counter({ name: "plain.orders" }).add(2, { venue: "a.b c", side: "buy" });
  histogram({ name: "plain.latency", unit: "s", boundaries: [1, 2] }).record(0.25);
  gauge({ name: "plain.level" }).record(-3);
  expect(await sent("app.plain.")).toEqual([
    { name: "app.plain.orders.env.prod.side.buy.venue.a_b_c", value: "2", type: "c" },
    { name: "app.plain.latency.env.prod", value: "250", type: "ms" },
    { name: "app.plain.level.env.prod", value: "0", type: "g" },
    { name: "app.plain.level.env.prod", value: "-3", type: "g" },
  ]);
});

test("a histogram's lines have its count, sum, minimum and maximum, each value in its bucket", () => {
  const values = fc.array(
    fc.double({ min: 0, max: 1e6, noNaN: true }).map((value) => Math.round(value * 1e6) / 1e6),
    { minLength: 1, maxLength: 300 },
  );
  const boundaries = [0, 0.5, 1, 10, 1_000];
  let round = 0;
  return fc.assert(
    fc.asyncProperty(values, async (recorded) => {
      const name = `spread.n${round++}`;
      const instruments = [histogram({ name: `${name}.a`, boundaries }), exponentialHistogram({ name: `${name}.b` })];
      for (const value of recorded) for (const instrument of instruments) instrument.record(value);
      for (const { name: one } of instruments) {
        const written = (await linesOf({ histograms: "distribution" }))
          .map(strictly)
          .filter((line) => line.name === one);
        const counted = written.map(({ value, rate }) => [Number(value), Math.floor(1 / (rate ?? 1))] as const);
        const count = counted.reduce((total, [, n]) => total + n, 0);
        const sum = counted.reduce((total, [value, n]) => total + value * n, 0);
        const expected = recorded.reduce((total, value) => total + value, 0);
        expect(count).toBe(recorded.length);
        expect(Math.abs(sum - expected)).toBeLessThanOrEqual(1e-9 * expected);
        const seen = counted.map(([value]) => value);
        expect(Math.abs(Math.min(...seen) - Math.min(...recorded))).toBeLessThanOrEqual(1e-9 * expected);
        expect(Math.abs(Math.max(...seen) - Math.max(...recorded))).toBeLessThanOrEqual(1e-9 * expected);
        if (one.endsWith(".a")) {
          const within = (list: readonly (readonly [number, number])[], limit: number): number =>
            list.reduce((total, [value, n]) => total + (value <= limit * (1 + 1e-12) ? n : 0), 0);
          for (const limit of boundaries) {
            expect(within(counted, limit)).toBe(recorded.filter((value) => value <= limit).length);
          }
        }
      }
      instruments.forEach(forgetInstrument);
    }),
    { numRuns: 60 },
  );
});

test("buckets are counters of their own, only those in use, with the limits as tags", async () => {
  const sizes = histogram({ name: "buckets.sizes", boundaries: [10, 20] });
  for (const value of [1, 2, 25]) sizes.record(value, { kind: "a" });
  const written = (await linesOf({ histograms: "buckets" })).filter((line) => line.startsWith("buckets."));
  expect(written).toEqual([
    "buckets.sizes.count:3|c|#kind:a",
    "buckets.sizes.sum:28|c|#kind:a",
    "buckets.sizes.bucket:2|c|#kind:a,lower_bound:-inf,upper_bound:10",
    "buckets.sizes.bucket:1|c|#kind:a,lower_bound:20,upper_bound:inf",
  ]);
});

test("any name, attribute and value gives lines that a strict parser reads, one for each", () => {
  const text = fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: "grapheme" }), fc.constantFrom(...nasty));
  const value = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(5e-324, Number.MAX_VALUE, 1e21, 1e-7, -0));
  fc.assert(
    fc.property(
      text,
      fc.dictionary(text, text),
      value,
      fc.constantFrom("dogstatsd", "plain"),
      (name, tags, n, flavour) => {
        const metric = foreign(name, [{ attributes: tags, value: n }]);
        let refused = 0;
        const written = [...lines(metric, { ...plainOptions, flavour, notFinite: () => refused++ })].flat();
        const parsed = written.map(strictly);
        if (!Number.isFinite(n)) {
          expect([written, refused]).toEqual([[], 1]);
          return;
        }
        expect(parsed).toHaveLength(n < 0 ? 2 : 1);
        expect(Number(parsed.at(-1)?.value)).toBe(n + 0);
        expect(Object.keys(parsed[0]?.tags ?? {}).length).toBeLessThanOrEqual(Object.keys(tags).length);
      },
    ),
    { numRuns: 500 },
  );
});

test("packets keep within their size, split no line and lose none", () => {
  const line = fc.string({ minLength: 1, maxLength: 300 }).map((text) => text.replaceAll("\n", "_"));
  const chunks = fc.array(fc.array(line, { minLength: 1, maxLength: 2 }));
  fc.assert(
    fc.property(chunks, fc.integer({ min: 64, max: 1_432 }), (written, maxBytes) => {
      const packed = [...packets(written, { maxBytes, tooLong: () => expect.unreachable() })];
      const read = packed.map(({ bytes }) => bytes.toString().split("\n"));
      expect(read.flat()).toEqual(written.flat());
      expect(packed.map((packet) => packet.lines)).toEqual(read.map((some) => some.length));
      for (const { bytes, lines: count } of packed) if (count > 2) expect(bytes.length).toBeLessThanOrEqual(maxBytes);
      // What belongs together came together, and nothing went out alone that had room in the packet before it.
      for (const [i, { bytes }] of packed.entries()) {
        const next = packed[i + 1];
        if (next !== undefined) expect(bytes.length + 1 + next.bytes.length).toBeGreaterThan(maxBytes);
      }
    }),
  );
});

test("a line beyond the packet's size goes out alone, and one beyond the server's buffer is counted", () => {
  const refused: string[] = [];
  const written = [["a:1|c"], [`${"b".repeat(2_000)}:1|c`], [`${"x".repeat(9_000)}:1|c`], ["c:1|c"], ["d:1|c"]];
  const packed = [...packets(written, { maxBytes: 1_432, tooLong: (some) => refused.push(...some) })];
  expect(packed.map(({ bytes }) => bytes.length)).toEqual([5, 2_004, 11]);
  expect(refused).toHaveLength(1);
});

test("100,000 characters in an attribute make a line of ordinary size", async () => {
  counter({ name: "long.orders" }).add(1, { text: "😀".repeat(50_000) });
  const written = (await linesOf({})).filter((line) => line.startsWith("long."));
  expect(strictly(written[0] as string).tags?.["text"]?.length).toBeLessThanOrEqual(200);
});

test("a server that is not there costs nothing but a warning, and is found when it comes back", async () => {
  const first = await udpServer();
  const { port } = first.address() as { port: number };
  const { provider, sent } = await observed({ port }, first);
  const orders = counter({ name: "gone.orders" });
  orders.add(1);
  expect(await sent("gone.")).toHaveLength(1);
  first.close();
  await once(first, "close");
  for (let i = 0; i < 3; i++) {
    orders.add(1);
    await provider.forceFlush();
  }
  const second = await udpServer(port);
  const received: string[] = [];
  second.on("message", (bytes) => received.push(...bytes.toString().split("\n")));
  orders.add(5);
  // The system reports a refused datagram at the next one, which is then lost as well.
  while (!received.some((line) => line.startsWith("gone.orders:"))) {
    orders.add(1);
    await provider.forceFlush();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect(await droppedFor("send")).toBeGreaterThan(0);
});

test("a name that does not resolve loses the lines, counts them and throws nothing", async () => {
  const provider = new MeterProvider({ readers: [statsdReader({ host: "300.0.0.1" })] });
  const before = await droppedFor("send");
  counter({ name: "nowhere.orders" }).add(1);
  await provider.forceFlush();
  expect(await droppedFor("send")).toBeGreaterThan(before);
  await provider.shutdown();
});

test.for([
  ["dogstatsd", "its length before each packet"],
  ["plain", "a line feed after each line"],
] as const)("over a UNIX stream socket %s writes %s", async ([flavour]) => {
  const path = join(temporaryFolder(), "stream.sock");
  const chunks: Buffer[] = [];
  const server = createServer((socket) => void socket.on("data", (chunk: Buffer) => chunks.push(chunk))).listen(path);
  closing.push(() => server.close());
  await once(server, "listening");
  const ended = once(server, "connection").then(([socket]) => once(socket as Socket, "close"));
  const provider = new MeterProvider({ readers: [statsdReader({ socketPath: path, flavour, maxPacketBytes: 400 })] });
  const orders = counter({ name: `stream.${flavour}` });
  for (let i = 0; i < 50; i++) orders.add(1, { id: `n${i}` });
  await provider.forceFlush();
  await provider.shutdown();
  await ended;
  const bytes = Buffer.concat(chunks);
  const packed = flavour === "plain" ? [bytes.toString().replace(/\n$/, "")] : unframed(bytes);
  const written = packed.flatMap((packet) => packet.split("\n")).map(strictly);
  expect(written.filter(({ name }) => name.startsWith(`stream.${flavour}`))).toHaveLength(50);
  if (flavour === "dogstatsd") for (const packet of packed) expect(packet.length).toBeLessThanOrEqual(400);
});

test("what was counted since the last interval is sent at shutdown, and shutting down twice is harmless", async () => {
  const { received, provider, arrived } = await observed({ intervalMs: 3_600_000 });
  counter({ name: "last.orders" }).add(7);
  await provider.shutdown();
  await provider.shutdown();
  await arrived();
  expect(received.filter((line) => line.startsWith("last."))).toEqual(["last.orders:7|c"]);
});

test.for([{ prefix: "9 lives" }, { port: 0 }, { maxPacketBytes: 10 }])(
  "an option that cannot be used is refused at once: %o",
  (options) => {
    expect(() => statsdExporter(options)).toThrow(expect.objectContaining({ code: "TELLTALE_BAD_STATSD_OPTION" }));
  },
);

const nasty = [
  ":",
  "|",
  "@",
  "#",
  "\n",
  ",",
  "a|c\nb:1|c",
  "😀",
  "\ud800",
  "é",
  " ",
  "\0",
  "\r\n",
  "__proto__",
  "x".repeat(500),
];

const plainOptions: LineOptions = {
  flavour: "dogstatsd",
  prefix: "",
  tags: {},
  resourceTags: [],
  histograms: "distribution",
  notFinite: () => {},
};

interface StrictLine {
  readonly name: string;
  readonly value: string;
  readonly type: string;
  readonly rate?: number;
  readonly tags?: Readonly<Record<string, string>>;
}

/** One line by the grammar of the DogStatsD datagram format, with nothing forgiven. */
function strictly(line: string): StrictLine {
  const grammar =
    /^(?<name>[A-Za-z0-9_.-]+):(?<value>-?(?:0|[1-9]\d*)(?:\.\d+)?)\|(?<type>c|g|h|d|ms)(?:\|@(?<rate>0\.\d+))?(?:\|#(?<tags>[^|\n]+))?$/u;
  const { name, value, type, rate, tags } = grammar.exec(line)?.groups ?? {};
  if (name === undefined || value === undefined || type === undefined) throw new Error(`not StatsD: ${line}`);
  const pairs = tags?.split(",").map((tag) => {
    const [, key, text] = /^([^:|@#,\s]+):([^|@#,\n]+)$/u.exec(tag) ?? [];
    if (key === undefined || text === undefined) throw new Error(`not a tag: ${tag} in ${line}`);
    return [key, text] as const;
  });
  return {
    name,
    value,
    type,
    ...(rate !== undefined && { rate: Number(rate) }),
    ...(pairs !== undefined && { tags: Object.fromEntries(pairs) }),
  };
}

/** No line of StatsD. */
const LAST = "last";

/** What the exporter sends to a real socket, line by line. */
async function observed(options: StatsdReaderOptions, server?: Socket) {
  const socket = server ?? (await udpServer());
  const received: string[] = [];
  socket.on("message", (bytes) => {
    if (bytes.toString() !== LAST) received.push(...bytes.toString().split("\n"));
  });
  const provider = new MeterProvider({
    readers: [statsdReader({ port: socket.address().port, ...options })],
    resource: resourceFromAttributes({ "service.name": "desk" }),
  });
  closing.push(() => provider.shutdown());
  /** Waits until all that was sent is here: on this machine, datagrams keep their order whoever sends them. */
  const arrived = async (): Promise<void> => {
    const sender = createSocket("udp4");
    await new Promise<void>((resolve) => {
      socket.on("message", (bytes) => bytes.toString() === LAST && resolve());
      sender.send(LAST, socket.address().port, "127.0.0.1");
    });
    sender.close();
  };
  return {
    provider,
    received,
    arrived,
    /** Sends what there is and waits until it is here. */
    async sent(prefix: string): Promise<StrictLine[]> {
      received.length = 0;
      await provider.forceFlush();
      await arrived();
      return received.map(strictly).filter(({ name }) => name.startsWith(prefix));
    },
  };
}

async function udpServer(port = 0): Promise<Socket> {
  const socket = createSocket("udp4").bind(port, "127.0.0.1");
  await once(socket, "listening");
  closing.push(() => {
    try {
      socket.close();
    } catch {
      // The test closed it.
    }
  });
  return socket;
}

/** All lines that our own instruments come to now. */
async function linesOf(options: Partial<LineOptions>): Promise<string[]> {
  const { resourceMetrics } = await instrumentProducer().collect();
  return [...lines(resourceMetrics, { ...plainOptions, ...options })].flat();
}

type Metrics = Parameters<typeof lines>[0];

function foreign(
  name: string,
  dataPoints: readonly { readonly attributes: Attributes; readonly value: number }[],
): Metrics {
  const metric = { descriptor: { name, unit: "", description: "" }, dataPointType: 2, dataPoints };
  const scopeMetrics = [{ scope: { name: "foreign" }, metrics: [metric] }];
  return { resource: { attributes: {} }, scopeMetrics } as unknown as Metrics;
}

async function droppedFor(reason: string): Promise<number> {
  const { resourceMetrics } = await instrumentProducer().collect();
  const metric = resourceMetrics.scopeMetrics
    .flatMap((scope) => scope.metrics)
    .find(({ descriptor }) => descriptor.name === "telltale.statsd.dropped.lines");
  const point = metric?.dataPoints.find(({ attributes }) => attributes["reason"] === reason);
  return (point?.value as number | undefined) ?? 0;
}

function unframed(bytes: Buffer): string[] {
  const packed: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = bytes.readUInt32LE(at);
    packed.push(bytes.subarray(at + 4, at + 4 + length).toString());
    at += 4 + length;
  }
  return packed;
}

/** A socket's path may have a hundred bytes, which the folder for what is temporary may use up alone. */
function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir().length > 60 ? "/tmp" : tmpdir(), "telltale-statsd-"));
  closing.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
