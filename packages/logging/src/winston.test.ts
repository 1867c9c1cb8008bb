import { createRequire } from "node:module";
import { PassThrough } from "node:stream";
import { context, SeverityNumber, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from "@opentelemetry/sdk-logs";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { WinstonInstrumentation } from "./winston.ts";

const exporter = new InMemoryLogRecordExporter();
const instrumentation = new WinstonInstrumentation();
let winston: typeof import("winston");

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  instrumentation.setLoggerProvider(new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter })] }));
  winston = createRequire(import.meta.url)("winston");
});
beforeEach(() => exporter.reset());
afterAll(() => {
  instrumentation.disable();
  context.disable();
});

const spanContext = { traceId: "1".repeat(32), spanId: "2".repeat(16), traceFlags: 1 };

test("a record is shipped with its level, message, attributes and span, and is written with the ids", () => {
  const { logger, lines } = newLogger();
  context.with(trace.setSpanContext(context.active(), spanContext), () => logger.warn("late fill", { order: 7 }));
  expect(shipped()).toEqual([
    {
      body: "late fill",
      severityText: "warn",
      severityNumber: SeverityNumber.WARN,
      attributes: { order: 7 },
      traceId: spanContext.traceId,
    },
  ]);
  expect(lines()).toMatchObject([{ message: "late fill", trace_id: spanContext.traceId, span_id: spanContext.spanId }]);
});

test("what the logger's level leaves out is not shipped", () => {
  const { logger } = newLogger();
  logger.debug("detail");
  expect(shipped()).toEqual([]);
  logger.level = "debug";
  logger.debug("detail");
  expect(shipped()).toHaveLength(1);
});

test("a child's record is shipped once, as its format wrote it", () => {
  const { logger } = newLogger();
  logger.child({ venue: "X" }).info("filled %s", "A1");
  expect(shipped()).toMatchObject([{ body: "filled A1", attributes: { venue: "X" } }]);
});

test("an error among the attributes keeps its stack", () => {
  const { logger } = newLogger();
  logger.error("failed", { cause: new Error("no route") });
  expect(shipped()[0]!.attributes["cause"]).toContain("Error: no route");
});

test("an object that is logged alone is the body, and a record without a message has none", () => {
  const { logger } = newLogger();
  logger.info({ order: 7 });
  logger.log("info", { level: "info", order: 8 } as never);
  expect(shipped()).toMatchObject([{ body: { order: 7 } }, { body: undefined, attributes: { order: 8 } }]);
});

test("an error that is logged alone keeps its type and its stack", () => {
  const logger = winston.createLogger({ transports: [new winston.transports.Stream({ stream: new PassThrough() })] });
  logger.error(new TypeError("no route"));
  expect(shipped()).toMatchObject([
    {
      body: "no route",
      attributes: {
        "exception.type": "TypeError",
        "exception.message": "no route",
        "exception.stacktrace": expect.stringMatching(/^TypeError: no route\n {4}at /),
      },
    },
  ]);
});

test("a logger that is made while the instrumentation is disabled ships nothing", () => {
  instrumentation.disable();
  const { logger, lines } = newLogger();
  logger.info("alone");
  instrumentation.enable();
  expect(shipped()).toEqual([]);
  expect(lines()).toHaveLength(1);
});

function newLogger() {
  const stream = new PassThrough();
  const logger = winston.createLogger({
    format: winston.format.combine(winston.format.splat(), winston.format.json()),
    transports: [new winston.transports.Stream({ stream })],
  });
  const lines = (): unknown[] =>
    String(stream.read() ?? "")
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  return { logger, lines };
}

function shipped() {
  return exporter.getFinishedLogRecords().map((record) => ({
    body: record.body,
    severityText: record.severityText,
    severityNumber: record.severityNumber,
    attributes: record.attributes,
    ...(record.spanContext ? { traceId: record.spanContext.traceId } : {}),
  }));
}
