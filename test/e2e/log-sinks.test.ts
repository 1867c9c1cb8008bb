import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { createGunzip } from "node:zlib";
import { otlpReceiver } from "@telltale/testing";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startApplication } from "./application.ts";

type Fields = Record<string, unknown>;

let folder: string;
let elasticsearch: Server;
let endpoint: string;
let documents: Fields[];
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "telltale-log-sinks-"));
  documents = [];
  elasticsearch = createServer(async (request, response) => {
    const body = request.headers["content-encoding"] === "gzip" ? request.pipe(createGunzip()) : request;
    const lines = (await text(body)).split("\n");
    const isBulk = request.url!.includes("_bulk");
    if (isBulk) documents.push(...lines.filter((_, i) => i % 2 === 1).map((line) => JSON.parse(line) as Fields));
    response.writeHead(request.method === "GET" ? 404 : 200).end(isBulk ? '{"errors":false}' : "{}");
  });
  await new Promise<void>((resolve) => elasticsearch.listen(0, "127.0.0.1", resolve));
  endpoint = `http://127.0.0.1:${(elasticsearch.address() as AddressInfo).port}`;
});
afterEach(() => {
  elasticsearch.close();
  elasticsearch.closeAllConnections();
  rmSync(folder, { recursive: true });
});

const linesOf = (output: string) =>
  output
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as Fields);

test("a line reaches all sinks of a file of configuration, each with its own level", async () => {
  await using receiver = await otlpReceiver();
  const application = await startApplication({
    source: `
      import { trace } from "@opentelemetry/api";
      import { logger } from "@telltale/logging";
      const log = logger("orders");
      trace.getTracer("test").startActiveSpan("place", (span) => {
        log.debug("detail");
        log.info({ orderId: 7, password: "x" }, "placed");
        log.error(new Error("refused"), "failed");
        logger("noisy.child").warn("not wanted");
        span.end();
      });`,
    register: true,
    until: "started",
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_SERVICE_NAME: "desk",
      TELLTALE_LOGGING_LEVELS: "noisy.*=error",
      TELLTALE_LOGGING_REDACT_PATHS: "password",
      TELLTALE_LOGGING_SINKS: JSON.stringify([
        { type: "console" },
        { type: "file", path: join(folder, "app.log"), level: "error" },
        { type: "elasticsearch", endpoint, index: "app-logs" },
        { type: "otlp" },
      ]),
    },
  });
  const { code, stdout } = await application.exited;
  expect(code).toBe(0);
  const [span] = receiver.spans();
  const ids = { trace_id: span!.traceId, span_id: span!.spanId };
  const placed = { level: "info", "service.name": "desk", ...ids, orderId: 7, password: "[Redacted]", msg: "placed" };
  expect(linesOf(stdout)).toMatchObject([placed, { level: "error", ...ids, msg: "failed" }]);
  expect(linesOf(readFileSync(join(folder, "app.log"), "utf8"))).toMatchObject([{ level: "error", ...ids }]);
  expect(documents).toMatchObject([
    { "log.level": "info", "trace.id": ids.trace_id, "service.name": "desk", orderId: 7, message: "placed" },
    { "log.level": "error", "error.type": "Error", message: "failed" },
  ]);
  expect(receiver.problems()).toEqual([]);
  expect(receiver.logs().map(({ body, traceId }) => [body, traceId])).toEqual([
    ["placed", ids.trace_id],
    ["failed", ids.trace_id],
  ]);
});

test.each([
  ["an uncaught exception", 'throw new Error("boom");', 1],
  ["process.exit()", "process.exit(3);", 3],
])(
  "the lines right before %s are on the console, in the file, in Elasticsearch and at the collector",
  async (_what, ending, code) => {
    await using receiver = await otlpReceiver();
    const application = await startApplication({
      source: `
      import { bootstrap } from "telltale";
      const { logger } = bootstrap({
        tracing: false,
        metrics: false,
        // Enough on a machine that is busy with other things.
        shutdownTimeoutMs: 20_000,
        logging: {
          sinks: [
            { type: "console" },
            { type: "file", path: ${JSON.stringify(join(folder, "app.log"))} },
            { type: "elasticsearch", endpoint: "${endpoint}" },
            { type: "otlp", endpoint: "${receiver.url}" },
          ],
        },
      });
      for (let i = 0; i < 700; i++) logger("orders").warn({ i }, "about to end");
      ${ending}`,
      until: "started",
    });
    const ended = await application.exited;
    expect(ended.code).toBe(code);
    expect(linesOf(ended.stdout)).toHaveLength(700);
    expect(linesOf(readFileSync(join(folder, "app.log"), "utf8"))).toHaveLength(700);
    expect(documents.map(({ i }) => i)).toEqual(Array.from({ length: 700 }, (_, i) => i));
    expect(receiver.logs()).toHaveLength(700);
  },
);

/** 100,000 lines in slices of 100, as an application's requests would write them; how long each slice took, in milliseconds. */
const busy = (sink: object) => `
  import { bootstrap } from "telltale";
  const telemetry = bootstrap({
    tracing: false,
    metrics: false,
    logging: { sinks: [${JSON.stringify(sink)}] },
    shutdownTimeoutMs: 500,
  });
  const log = telemetry.logger("orders");
  const write = async (count) => {
    let longestMs = 0;
    for (let i = 0; i < count; i += 100) {
      const startMs = performance.now();
      for (let k = 0; k < 100; k++) log.info({ orderId: i + k, symbol: "ACME", price: 10.25 }, "order placed");
      longestMs = Math.max(longestMs, performance.now() - startMs);
      await new Promise(setImmediate);
    }
    return longestMs;
  };
  await write(5_000);
  const before = process.memoryUsage();
  const started = process.cpuUsage();
  const longestMs = await write(100_000);
  const { user, system } = process.cpuUsage(started);
  const now = process.memoryUsage();
  const grownBytes = now.rss - before.rss;
  console.log(JSON.stringify({ done: true, cpuMs: (user + system) / 1_000, longestMs, grownBytes }));`;

async function measure(sink: object) {
  const application = await startApplication({ source: busy(sink), until: "started" });
  const { code, stdout, stderr } = await application.exited;
  expect(code).toBe(0);
  const { cpuMs, longestMs, grownBytes } = linesOf(stdout).find(({ done }) => done) as Record<string, number>;
  return { cpuMs: cpuMs!, longestMs: longestMs!, grownBytes: grownBytes!, stderr };
}

test("100,000 lines to an Elasticsearch that is away or silent cost the application bounded memory and no waiting", async () => {
  const silent = createTcpServer((socket) => socket.resume().on("error", () => {}));
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  const { port } = silent.address() as AddressInfo;
  const closed = createTcpServer();
  await new Promise<void>((resolve) => closed.listen(0, "127.0.0.1", resolve));
  const away = (closed.address() as AddressInfo).port;
  closed.close();
  const toFile = await measure({ type: "file", path: join(folder, "app.log") });
  for (const dead of [away, port]) {
    const sink = { type: "elasticsearch", endpoint: `http://127.0.0.1:${dead}`, maxQueueSize: "2MiB" };
    const toDead = await measure(sink);
    // The lines alone are 14 MB, and as pino makes them several times that.
    expect(toDead.grownBytes).toBeLessThan(80e6);
    expect(toDead.cpuMs).toBeLessThan(5 * toFile.cpuMs + 500);
    // Whoever waited for this server would wait for its time-out, of 30 s.
    expect(toDead.longestMs).toBeLessThan(10_000);
    expect(toDead.stderr.match(/queue of log lines .* is full/g)).toHaveLength(1);
  }
  silent.close();
});
