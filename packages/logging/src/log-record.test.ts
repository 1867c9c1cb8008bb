import { context, logs, SeverityNumber, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { OTLPLogExporter } from "@opentelemetry/exporter-logs-otlp-proto";
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from "@opentelemetry/sdk-logs";
import { TracerProvider } from "@opentelemetry/sdk-trace";
import { otlpReceiver } from "@telltale/testing";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createLogging, logger, recordSink } from "./index.ts";

const memory = new InMemoryLogRecordExporter();
let lines: string[] = [];

function register(
  exporter = memory as ConstructorParameters<typeof SimpleLogRecordProcessor>[0]["exporter"],
): LoggerProvider {
  const provider = new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter })] });
  logs.setGlobalLoggerProvider(provider);
  createLogging({
    resource: { "service.name": "desk" },
    sinks: [{ write: (line) => lines.push(line) }, recordSink()],
  });
  return provider;
}

beforeEach(() => {
  lines = [];
  memory.reset();
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
});
afterEach(() => {
  logs.disable();
  context.disable();
});

const records = () => memory.getFinishedLogRecords();

test("a record has the message, severity, time, logger, fields with their structure, and the span's context", () => {
  register();
  const span = new TracerProvider().getTracer("test").startSpan("order");
  const fields = { orderId: 7, route: { venue: "north", hops: [1, "b", null, { fee: 0.1 }] }, urgent: true };
  context.with(trace.setSpan(context.active(), span), () =>
    logger("orders").child({ desk: "d1" }).warn(fields, "late"),
  );
  expect(lines).toHaveLength(1);
  expect(records()).toHaveLength(1);
  const record = records()[0]!;
  expect(record.body).toBe("late");
  expect(record.severityNumber).toBe(SeverityNumber.WARN);
  expect(record.severityText).toBe("warn");
  expect(record.instrumentationScope.name).toBe("orders");
  expect(record.attributes).toEqual({ desk: "d1", ...fields });
  expect(record.spanContext).toEqual(span.spanContext());
  const time = Date.parse((JSON.parse(lines[0]!) as { time: string }).time);
  expect(record.hrTime).toEqual([Math.floor(time / 1e3), (time % 1e3) * 1e6]);
});

test.each([
  ["trace", 1],
  ["debug", 5],
  ["info", 9],
  ["warn", 13],
  ["error", 17],
  ["fatal", 21],
] as const)("level %s has severity number %d", (level, severityNumber) => {
  register();
  logger("all levels").level = "trace";
  logger("all levels")[level]("x");
  expect(records()[0]!.severityNumber).toBe(severityNumber);
});

test("an error becomes exception attributes, with what else it carries", () => {
  register();
  const cause = new TypeError("socket closed");
  const error = Object.assign(new RangeError("order failed", { cause }), { code: "E_ORDER" });
  logger("orders").error({ err: error, orderId: 7 }, "could not place");
  expect(records()[0]!.body).toBe("could not place");
  expect(records()[0]!.attributes).toEqual({
    orderId: 7,
    "exception.type": "RangeError",
    "exception.message": "order failed: socket closed",
    "exception.stacktrace": expect.stringMatching(/^RangeError: order failed\n.*caused by: TypeError: socket closed/s),
    err: { code: "E_ORDER" },
  });
});

test("what is redacted on the console is redacted in the record", () => {
  register();
  logger("orders")
    .child({}, { redact: ["card"] })
    .info({ card: "4111" }, "paid");
  expect(records()[0]!.attributes).toEqual({ card: "[Redacted]" });
});

test("circular and unusual values neither throw nor lose the record", () => {
  register();
  const loop: Record<string, unknown> = { quantity: 10n, when: new Date(0), nothing: undefined, rate: Number.NaN };
  loop["self"] = loop;
  logger("orders").info(loop, "odd");
  expect(records()[0]!.attributes).toMatchObject({ quantity: 10, when: "1970-01-01T00:00:00.000Z", rate: null });
});

test("records that are switched off by level are not emitted", () => {
  register();
  logger("orders").debug("no");
  expect(records()).toEqual([]);
});

test("OTLP carries the record with nested values, trace and span id", async () => {
  await using receiver = await otlpReceiver();
  const provider = register(new OTLPLogExporter({ url: `${receiver.url}/v1/logs` }));
  const span = new TracerProvider().getTracer("test").startSpan("order");
  context.with(trace.setSpan(context.active(), span), () =>
    logger("orders").error({ route: { venue: "north", hops: [1, 2] } }, "lost"),
  );
  await provider.forceFlush();
  const [log] = await receiver.waitFor((it) => it.logs().length > 0 && it.logs());
  expect(receiver.problems()).toEqual([]);
  expect(log).toMatchObject({
    body: "lost",
    severityNumber: 17,
    severityText: "error",
    attributes: { route: { venue: "north", hops: [1, 2] } },
    traceId: span.spanContext().traceId,
    spanId: span.spanContext().spanId,
  });
  await provider.shutdown();
});
