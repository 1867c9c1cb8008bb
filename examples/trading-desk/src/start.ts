// What `npm start` runs: database, exchange, desk and traders, each a process of its own, and a page of their traces.

import { parseArgs } from "node:util";
import { childProcesses } from "./child-processes.ts";
import { exchangeSwitch } from "./exchange-switch.ts";
import { checkPortsAreFree, freePort } from "./free-ports.ts";
import { inbox, writeReceivers } from "./inbox.ts";
import { onKeys } from "./keys.ts";
import { orderRateFrom } from "./order-rate.ts";
import { type Ports, portsFrom } from "./ports.ts";
import { recentLogs } from "./recent-logs.ts";
import { summary } from "./summary.ts";
import { terminal } from "./terminal.ts";
import { SHOWN_ROOT, serveTraces } from "./trace-page.ts";
import { traceStore } from "./trace-store.ts";
import { formatTrace } from "./trace-tree.ts";
import type { TradeReport } from "./traders.ts";

const FIRST_TRACE_AFTER_MS = 6_000;
const TRACE_INTERVAL_MS = 60_000;
const LIVE_INTERVAL_MS = 1_000;

const screen = terminal(process.stdout);
const logs = recentLogs();
const traces = traceStore();
const trades = summary();
const children = childProcesses();
const leaving: (() => void)[] = [];
let stopping: Promise<never> | undefined;

process.on("SIGINT", () => void stop(0));
process.on("SIGTERM", () => void stop(0));
process.on("SIGHUP", () => void stop(0));
try {
  await startAll();
} catch (error) {
  // Who pressed Ctrl-C knows why what was being started has ended.
  if (stopping === undefined) screen.print(error instanceof Error ? error.message : String(error));
  await stop(1);
}

async function startAll(): Promise<void> {
  const { values } = parseArgs({ options: { "env-file": { type: "string" } } });
  if (values["env-file"] !== undefined) process.loadEnvFile(values["env-file"]);
  const ports = portsFrom(process.env);
  orderRateFrom(process.env);
  await checkPortsAreFree(ports);
  const tracesUrl = `http://127.0.0.1:${ports.traces}`;
  const startExchange = (): Promise<void> =>
    startChild(
      "exchange",
      telemetryEnvironment({ service: "exchange", metricsPort: ports.exchangeMetrics, tracesUrl }),
    );
  const exchange = exchangeSwitch({ start: startExchange, stop: () => children.end("exchange.ts") });
  await serveTraces({
    ...{ port: ports.traces, traces, logs, exchange, inbox: inbox() },
    onMessage: (message) => screen.print(message),
  });
  const receivers = writeReceivers(ports.traces);
  leaving.push(() => receivers.remove());
  const startDesk = async (): Promise<void> =>
    startChild("desk", {
      ...(await databaseEnvironment()),
      ...telemetryEnvironment({ service: "trading-desk", metricsPort: ports.deskMetrics, tracesUrl }),
      // One process of a machine is enough to tell of it.
      TELLTALE_INSTRUMENTATIONS_HOST: "true",
      ALERT_RECEIVERS: receivers.path,
    });
  await Promise.all([startExchange(), startDesk()]);
  screen.print(welcome(ports));
  await startChild("traders", {}, (message) => trades.add(message as TradeReport));
  const keys = onKeys(process.stdin, {
    x: () => {
      screen.print(exchange.isUp ? "The exchange goes away …" : "The exchange comes back …");
      (exchange.isUp ? exchange.down() : exchange.up()).catch((error: unknown) => screen.print(String(error)));
    },
  });
  leaving.push(() => keys[Symbol.dispose]());
  setInterval(() => screen.showLive(trades.line(traces.finishedCount())), LIVE_INTERVAL_MS);
  setTimeout(printTrace, FIRST_TRACE_AFTER_MS);
  setInterval(printTrace, TRACE_INTERVAL_MS);
}

/** What differs between the processes; the rest is in telemetry.ts, which they share. */
function telemetryEnvironment(options: {
  readonly service: string;
  readonly metricsPort: number;
  readonly tracesUrl: string;
}): Record<string, string> {
  return {
    OTEL_SERVICE_NAME: options.service,
    OTEL_EXPORTER_PROMETHEUS_PORT: String(options.metricsPort),
    // A newcomer does not want to wait for five seconds, the default.
    OTEL_BSP_SCHEDULE_DELAY: "1000",
    TRACES_URL: options.tracesUrl,
  };
}

/** The user's own database, or one that is started here. */
async function databaseEnvironment(): Promise<Record<string, string>> {
  if (process.env["DATABASE_URL"]) return {};
  const port = await freePort();
  screen.print("Starting an embedded PostgreSQL (set DATABASE_URL to use your own) …");
  await startChild("embedded-postgres", { EMBEDDED_POSTGRES_PORT: String(port) });
  return { DATABASE_URL: `postgresql://postgres:postgres@127.0.0.1:${port}/postgres`, DATABASE_POOL_SIZE: "1" };
}

function startChild(
  name: string,
  env: Readonly<Record<string, string>>,
  onMessage: (message: unknown) => void = () => {},
): Promise<void> {
  return children.start({
    file: `${name}.ts`,
    ...(env["OTEL_SERVICE_NAME"] !== undefined && { preload: "telemetry.ts" }),
    env,
    onMessage,
    onLine(line) {
      const words = logs.add(line, name);
      if (process.env["LOGS"] === "all") screen.print(line);
      else if (words !== undefined) screen.print(words);
    },
    onDeath(status) {
      screen.print(`${name} ended unasked (${status}); stopping the others`);
      void stop(1);
    },
  });
}

function printTrace(): void {
  const spans = traces.latest(SHOWN_ROOT);
  if (spans !== undefined) screen.print(`\n${formatTrace(spans, logs.ofTrace(spans[0]?.traceId ?? ""))}\n`);
}

function stop(status: number): Promise<never> {
  stopping ??= children.stop().then(() => {
    for (const leave of leaving) leave();
    screen.end();
    return process.exit(status);
  });
  return stopping;
}

function welcome(ports: Ports): string {
  const desk = `http://127.0.0.1:${ports.desk}`;
  return `
The trading desk is open. Four traders are trading by themselves.

  desk             ${desk}
  exchange         http://127.0.0.1:${ports.exchange}
  desk metrics     http://127.0.0.1:${ports.deskMetrics}/metrics
  exchange metrics http://127.0.0.1:${ports.exchangeMetrics}/metrics
  desk health      http://127.0.0.1:${ports.deskMetrics}/readyz?verbose
  last trace       http://127.0.0.1:${ports.traces}/traces/last
  logs             http://127.0.0.1:${ports.traces}/logs
  inbox of alerts  http://127.0.0.1:${ports.traces}/inbox

Try, in another terminal:

  curl -i ${desk}/orders -H 'content-type: application/json' \\
    -d '{"symbol":"ACME","side":"buy","quantity":10,"limitPrice":150}'
  curl ${desk}/positions
  curl http://127.0.0.1:${ports.traces}/traces/last
  curl -s http://127.0.0.1:${ports.deskMetrics}/metrics | grep desk_orders
  curl -s http://127.0.0.1:${ports.deskMetrics}/metrics | grep -E '^(system|process)_'
  curl http://127.0.0.1:${ports.exchange}/fault -H 'content-type: application/json' \\
    -d '{"latencyMs":400,"errorRate":0.3,"seconds":20}'

${process.stdin.isTTY ? "Press x" : "Do this"} to make the exchange go away, and again to have it back; an alert comes after five seconds:

  curl -X POST http://127.0.0.1:${ports.traces}/exchange/down
  curl -X POST http://127.0.0.1:${ports.traces}/exchange/up

Ctrl-C ends everything.
`;
}
