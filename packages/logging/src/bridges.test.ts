import { createRequire } from "node:module";
import { context, logs, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from "@opentelemetry/sdk-logs";
import { afterAll, afterEach, beforeEach, expect, test } from "vitest";
import { bunyanStream } from "./bunyan.ts";
import { createLogging, recordSink, setLevel } from "./index.ts";
import { WinstonInstrumentation } from "./winston.ts";
import { winstonTransport } from "./winston-transport.ts";

const require = createRequire(import.meta.url);
const spanContext = { traceId: "1".repeat(32), spanId: "2".repeat(16), traceFlags: 1 };
const ids = { trace_id: spanContext.traceId, span_id: spanContext.spanId, trace_flags: "01" };
const inSpan = (work: () => void) => context.with(trace.setSpanContext(context.active(), spanContext), work);

// Before winston is loaded.
const instrumentation = new WinstonInstrumentation();
afterAll(() => instrumentation.disable());

let lines: Record<string, unknown>[] = [];

beforeEach(() => {
  lines = [];
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  setLevel("info");
  createLogging({ sinks: [{ write: (line) => lines.push(JSON.parse(line)) }] });
});
afterEach(() => {
  context.disable();
  logs.disable();
});

test("what winston logs has logger, level, fields and the span's ids", () => {
  const { createLogger, format, addColors: _ } = require("winston") as typeof import("winston");
  const log = createLogger({
    level: "silly",
    format: format.combine(format.errors({ stack: true }), format.colorize(), format.splat()),
    transports: [winstonTransport({ name: "shop" })],
  });
  inSpan(() => log.warn("late %s", "fill", { orderId: 7 }));
  log.child({ logger: "desk" }).info("placed");
  log.verbose("below telltale's own level");
  log.error(new TypeError("refused"));
  expect(lines).toEqual([
    { level: "warn", time: expect.any(String), ...ids, logger: "shop", orderId: 7, msg: "late fill" },
    { level: "info", time: expect.any(String), logger: "desk", msg: "placed" },
    expect.objectContaining({ level: "error", msg: "refused", err: expect.objectContaining({ message: "refused" }) }),
  ]);
  expect((lines[2]!["err"] as { stack: string }).stack).toMatch(/^TypeError: refused\n {4}at /);
});

test("an object or an error that winston is given alone keeps its fields, its type and its stack", () => {
  const { createLogger } = require("winston") as typeof import("winston");
  const log = createLogger({ transports: [winstonTransport()] });
  log.info({ orderId: 7 });
  log.log("info", { level: "info", orderId: 8 } as never);
  log.error(new TypeError("refused"));
  expect(lines).toEqual([
    { level: "info", time: expect.any(String), logger: "winston", orderId: 7 },
    { level: "info", time: expect.any(String), logger: "winston", orderId: 8 },
    expect.objectContaining({
      level: "error",
      msg: "refused",
      err: expect.objectContaining({ name: "TypeError", stack: expect.stringMatching(/^TypeError: refused\n/) }),
    }),
  ]);
});

test("what bunyan logs has its name as logger, level, fields and errors", () => {
  const bunyan = require("bunyan") as { createLogger(options: object): Record<string, (...given: unknown[]) => void> };
  const log = bunyan.createLogger({ name: "shop", streams: [bunyanStream({ level: "debug" })] });
  inSpan(() => log["warn"]!({ orderId: 7 }, "late %s", "fill"));
  log["debug"]!("below telltale's own level");
  log["error"]!(new TypeError("refused"));
  expect(lines).toEqual([
    { level: "warn", time: expect.any(String), ...ids, logger: "shop", orderId: 7, msg: "late fill" },
    expect.objectContaining({ level: "error", msg: "refused" }),
  ]);
  expect(lines[1]!["err"]).toMatchObject({
    type: "TypeError",
    message: "refused",
    stack: expect.stringMatching(/at /),
  });
});

test("with its bridge winston's records reach OpenTelemetry once", () => {
  const exporter = new InMemoryLogRecordExporter();
  const provider = new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter })] });
  logs.setGlobalLoggerProvider(provider);
  createLogging({ sinks: [recordSink()] });
  instrumentation.setLoggerProvider(provider);
  const { createLogger, transports } = require("winston") as typeof import("winston");
  createLogger({ transports: [winstonTransport()] }).info("bridged");
  const { PassThrough } = require("node:stream") as typeof import("node:stream");
  createLogger({ transports: [new transports.Stream({ stream: new PassThrough() })] }).info("shipped");
  expect(exporter.getFinishedLogRecords().map(({ body }) => body)).toEqual(["bridged", "shipped"]);
});
