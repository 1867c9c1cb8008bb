import { context, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { TracerProvider } from "@opentelemetry/sdk-trace";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createLogging, type Logging, type LogLevel, logger, setLevel } from "./index.ts";

type Line = Record<string, unknown>;

let lines: Line[] = [];
let logging: Logging;
const tracer = new TracerProvider().getTracer("test");

beforeAll(() => context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable()));
afterAll(() => context.disable());

beforeEach(() => {
  lines = [];
  setLevel("info");
  logging = createLogging({
    resource: { "service.name": 'the "desk"' },
    sinks: [{ write: (line) => lines.push(JSON.parse(line)) }],
  });
});

test("a line has level, time, service, logger and message, and the fields that were given", () => {
  const before = Date.now();
  logger("orders").info({ orderId: 7, route: { venue: "north" } }, "placed %d of %s", 3, "ACME");
  const { time, ...line } = lines[0]!;
  expect(line).toEqual({
    level: "info",
    "service.name": 'the "desk"',
    logger: "orders",
    orderId: 7,
    route: { venue: "north" },
    msg: "placed 3 of ACME",
  });
  expect(time).toBe(new Date(Date.parse(String(time))).toISOString());
  expect(Date.parse(String(time))).toBeGreaterThanOrEqual(before);
});

test("inside a span a line has the span's ids, also after an await; outside it has none", async () => {
  const log = logger("orders");
  const ids: Line[] = [];
  for (const name of ["first", "second"]) {
    const span = tracer.startSpan(name);
    await context.with(trace.setSpan(context.active(), span), async () => {
      log.info("one");
      await new Promise(setImmediate);
      log.info("two");
    });
    const { traceId, spanId } = span.spanContext();
    const expected = { trace_id: traceId, span_id: spanId, trace_flags: "01" };
    ids.push(expected, expected);
  }
  log.info("outside");
  expect(lines.slice(0, 4)).toMatchObject(ids);
  for (const field of ["trace_id", "span_id", "trace_flags"]) expect(lines[4]).not.toHaveProperty(field);
});

test("an error is written with its type, stack, cause and own fields, under err and under error", () => {
  const cause = new TypeError("socket closed");
  const error = Object.assign(new Error("order failed", { cause }), { code: "E_ORDER" });
  logger("orders").error(error);
  logger("orders").error({ error, orderId: 7 }, "again");
  const written = {
    type: "Error",
    message: "order failed: socket closed",
    code: "E_ORDER",
    stack: expect.stringMatching(/^Error: order failed\n {4}at .*caused by: TypeError: socket closed\n/s),
  };
  expect(lines[0]).toMatchObject({ level: "error", msg: "order failed", err: written });
  expect(lines[1]).toMatchObject({ msg: "again", orderId: 7, error: written });
});

test("children, prefixes and redaction are pino's own", () => {
  const child = logger("orders").child({ desk: "d1" }, { msgPrefix: "[desk] ", redact: ["password"] });
  child.child({ trader: 4 }).warn({ password: "secret" }, "late");
  expect(lines[0]).toMatchObject({ level: "warn", desk: "d1", trader: 4, password: "[Redacted]", msg: "[desk] late" });
  expect(child.bindings()).toEqual({ logger: "orders", desk: "d1" });
});

test("the same name gives the same logger", () => {
  expect(logger("orders")).toBe(logging.logger("orders"));
  expect(logger("orders")).not.toBe(logger("quotes"));
});

test("records below the level are not written", () => {
  const log = logger("orders");
  for (const level of ["trace", "debug", "info", "warn", "error", "fatal"] as const) log[level](level);
  expect(lines.map((line) => line["level"])).toEqual(["info", "warn", "error", "fatal"]);
  expect(log.isLevelEnabled("debug")).toBe(false);
});

test("the level of all loggers changes at run time, children made earlier included", () => {
  const log = logger("orders");
  const child = log.child({ desk: "d1" });
  const grandchild = child.child({ trader: 4 }, { serializers: {} });
  setLevel("debug");
  for (const each of [log, child, grandchild, logger("made later")]) each.debug("seen");
  setLevel("silent");
  for (const each of [log, child, grandchild, logger("made later still")]) each.fatal("not seen");
  expect(lines.map((line) => line["msg"])).toEqual(["seen", "seen", "seen", "seen"]);
});

test("one logger's level changes alone, with its children, and before it exists", () => {
  const child = logger("orders").child({ desk: "d1" });
  logging.setLevel("trace", "orders");
  logging.setLevel("error", "not yet made");
  child.trace("seen");
  logger("quotes").trace("not seen");
  logger("not yet made").warn("not seen");
  createLogging({ level: "warn", sinks: [{ write: (line) => lines.push(JSON.parse(line)) }] });
  child.trace("named levels stay when logging is directed anew");
  setLevel("warn");
  child.info("until all are set");
  expect(lines.map((line) => line["msg"])).toEqual(["seen", "named levels stay when logging is directed anew"]);
});

test("a child made with a level of its own keeps it", () => {
  const child = logger("orders").child({}, { level: "debug" });
  setLevel("error");
  child.debug("seen");
  expect(lines).toHaveLength(1);
});

test("an unknown level is refused with the ones there are", () => {
  const bad = "verbose" as LogLevel;
  for (const set of [() => setLevel(bad), () => setLevel(bad, "orders"), () => createLogging({ level: bad })]) {
    expect(set).toThrow(
      expect.objectContaining({
        code: "TELLTALE_BAD_LOG_LEVEL",
        message: expect.stringContaining('"verbose"; give one of trace, debug'),
      }),
    );
  }
});

test("a console that is off writes nothing", () => {
  createLogging({ sinks: [] });
  logger("orders").info("unseen");
  expect(lines).toEqual([]);
});

test("levels by pattern: a name is stronger than a pattern, a longer pattern than a shorter one", () => {
  createLogging({
    level: "warn",
    levels: { "http.*": "info", "http.client.*": "debug", "http.client.stripe": "error", "*.noisy": "silent" },
    sinks: [],
  });
  const levels = ["orders", "http.server", "http.client.s3", "http.client.stripe", "kafka.noisy", "http"].map(
    (name) => logger(name).level,
  );
  expect(levels).toEqual(["warn", "info", "debug", "error", "silent", "warn"]);
  setLevel("trace", "http.*");
  expect(logger("http.server").level).toBe("trace");
  expect(logger("http.client.s3").level).toBe("debug");
  expect(logger("http.admin").level).toBe("trace");
});

test("a level that the application has set on a logger stays when other names change", () => {
  logger("orders").level = "trace";
  setLevel("debug", "quotes");
  expect(logger("orders").level).toBe("trace");
});

test("each sink has its own level", () => {
  const [all, severe]: [string[], string[]] = [[], []];
  createLogging({
    level: "debug",
    sinks: [{ write: (line) => all.push(line) }, { level: "error", write: (line) => severe.push(line) }],
  });
  for (const level of ["debug", "info", "error", "fatal"] as const) logger("orders")[level](level);
  expect(all).toHaveLength(4);
  expect(severe.map((line) => JSON.parse(line).level)).toEqual(["error", "fatal"]);
});

test("a sink that throws does not reach the application", () => {
  createLogging({
    sinks: [
      {
        write: () => {
          throw new Error("disk full");
        },
      },
    ],
  });
  expect(() => logger("orders").info("unseen")).not.toThrow();
});
