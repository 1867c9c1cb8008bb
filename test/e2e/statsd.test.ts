/** Applications that send StatsD to a real socket, and take it from old code. */
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { expect, onTestFinished, test } from "vitest";
import { startApplication } from "./application.ts";
import { freePort } from "./servers.ts";

/** Counts through our instruments and the SDK's, then does what `ending` says. */
const program = (ending: string): string => `
  import { metrics } from "@opentelemetry/api";
  import { counter, histogram } from "@telltale/metrics";
  import { bootstrap } from "telltale";
  const orders = counter({ name: "orders" });
  orders.add(2, { venue: "binance" });
  bootstrap();
  metrics.getMeter("third.party").createCounter("theirs").add(3);
  orders.add(1, { venue: "binance" });
  histogram({ name: "latency", unit: "s" }).record(0.25);
  ${ending}
`;

const expected = [
  "app.latency:0.25|d|#service.name:desk",
  "app.orders:3|c|#service.name:desk,venue:binance",
  "app.theirs:3|c|#service.name:desk",
];

test.for([
  ["ends by itself", "", { code: 0 }],
  ["calls process.exit()", "process.exit(3);", { code: 3 }],
  ["crashes", "setTimeout(() => { throw new Error('boom'); }, 10);", { code: 1 }],
  [
    "gets SIGTERM",
    "setInterval(() => {}, 1000); setTimeout(() => process.kill(process.pid), 100);",
    { signal: "SIGTERM" },
  ],
] as const)("an application that %s has sent every count once", async ([, ending, exit]) => {
  const server = await statsdServer();
  const application = await startApplication({
    source: program(ending),
    until: "started",
    env: { ...server.env, TELLTALE_METRICS_STATSD_RESOURCE_TAGS: "service.name", OTEL_SERVICE_NAME: "desk" },
  });
  expect(await application.exited).toMatchObject(exit);
  const lines = () => server.lines("app.").filter((line) => !line.includes("telltale."));
  await expect.poll(lines).toEqual(expected);
  await server.settled();
  expect(lines()).toEqual(expected);
});

test("counts are sent at each interval, as differences", async () => {
  const server = await statsdServer();
  const application = await startApplication({
    source: program("setInterval(() => orders.add(1, { venue: 'binance' }), 20);"),
    until: "started",
    env: { ...server.env, TELLTALE_METRICS_STATSD_INTERVAL_MS: "100" },
  });
  await server.waitFor(() => server.lines("app.orders:").length >= 3);
  await application.stop("SIGTERM");
  const counts = server.received
    .filter((line) => line.startsWith("app.orders:"))
    .map((line) => Number(/:(\d+)/.exec(line)?.[1]));
  expect(Math.max(...counts.slice(1))).toBeLessThan(100);
});

test("old code that speaks StatsD is on the Prometheus page of a service that listens to it", async () => {
  const [port, page] = [await freePort(), await freePort()];
  await startApplication({
    source: `setInterval(() => {}, 1000); console.log("listening on 0");`,
    register: true,
    env: {
      TELLTALE_METRICS_PROMETHEUS_PORT: `${page}`,
      TELLTALE_METRICS_STATSD_LISTENER_PORT: `${port}`,
      OTEL_TRACES_EXPORTER: "none",
      OTEL_LOGS_EXPORTER: "none",
      TELLTALE_STRICT: "1",
    },
  });
  const socket = createSocket("udp4");
  onTestFinished(() => void socket.close());
  const send = (text: string) => new Promise((resolve) => socket.send(text, port, "127.0.0.1", resolve));
  await send("legacy.hits:1|c|@0.5\nlegacy.time:320|ms|#path:/a\nlegacy.load:0.7|g");
  const asked = async () => (await fetch(`http://127.0.0.1:${page}/metrics?${Math.random()}`)).text();
  await expect.poll(asked).toContain("legacy_hits_total 2\n");
  const text = await asked();
  expect(text).toContain('legacy_time_seconds_sum{path="/a"} 0.32\n');
  expect(text).toContain("legacy_load 0.7\n");
});

test("a StatsD port that is taken is named before the application begins", async () => {
  const taken = createSocket("udp4").bind(0, "127.0.0.1");
  onTestFinished(() => void taken.close());
  await once(taken, "listening");
  const application = await startApplication({
    source: `import { bootstrap } from "telltale"; bootstrap();`,
    until: "started",
    env: { TELLTALE_METRICS_STATSD_LISTENER_PORT: `${taken.address().port}`, OTEL_TRACES_EXPORTER: "none" },
  });
  const { code, stderr } = await application.exited;
  expect(code).toBe(1);
  expect(stderr).toContain("TELLTALE_PORT_IN_USE");
});

async function statsdServer() {
  const socket: Socket = createSocket("udp4").bind(0, "127.0.0.1");
  onTestFinished(() => void socket.close());
  await once(socket, "listening");
  const received: string[] = [];
  socket.on("message", (bytes) => received.push(...bytes.toString().split("\n")));
  return {
    received,
    env: {
      TELLTALE_METRICS_STATSD_PORT: `${socket.address().port}`,
      TELLTALE_METRICS_STATSD_PREFIX: "app",
      OTEL_TRACES_EXPORTER: "none",
      OTEL_LOGS_EXPORTER: "none",
      // Enough on a machine that is busy with other things.
      TELLTALE_SHUTDOWN_TIMEOUT_MS: "20000",
    },
    lines: (prefix: string) => received.filter((line) => line.startsWith(prefix)).sort(),
    /** Time for what should not come. */
    settled: () => new Promise((resolve) => setTimeout(resolve, 50)),
    async waitFor(condition: () => boolean): Promise<void> {
      while (!condition()) await once(socket, "message");
    },
  };
}
