import { context, logs, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { ProtobufLogsSerializer } from "@opentelemetry/otlp-transformer";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from "@opentelemetry/sdk-logs";
import { type OtlpReceiver, otlpReceiver } from "@telltale/testing";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { createLogging, event, type Logger, logger, recordSink, setLevel } from "../index.ts";
import { logRequest } from "./log-request.ts";

const limits = { attributeCountLimit: 128, attributeValueLengthLimit: Number.POSITIVE_INFINITY };
const resource = { "service.name": "desk", "host.cores": 2, "host.ratio": 0.5, tags: ["a", "ü"] };

let receiver: OtlpReceiver;
let memory: InMemoryLogRecordExporter;
let lines: string[] = [];
beforeAll(async () => {
  receiver = await otlpReceiver();
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
});
afterAll(async () => {
  context.disable();
  await receiver.close();
});
beforeEach(() => start(limits));
afterEach(() => logs.disable());

function start(logRecordLimits: typeof limits): void {
  lines = [];
  memory = new InMemoryLogRecordExporter();
  logs.disable();
  logs.setGlobalLoggerProvider(
    new LoggerProvider({
      resource: resourceFromAttributes(resource),
      logRecordLimits,
      processors: [new SimpleLogRecordProcessor({ exporter: memory })],
    }),
  );
  setLevel("trace");
  const service = { "service.name": "desk" };
  createLogging({ level: "trace", resource: service, sinks: [{ write: (line) => lines.push(line) }, recordSink()] });
}

async function received(body: Uint8Array) {
  receiver.clear();
  const headers = { "content-type": "application/x-protobuf" };
  const answer = await fetch(`${receiver.url}/v1/logs`, { method: "POST", headers, body: Buffer.from(body) });
  expect(answer.status).toBe(200);
  expect(receiver.problems()).toEqual([]);
  // Lines have milliseconds and one time; the order of scopes is nobody's.
  return receiver
    .logs()
    .map(({ observedTimeUnixNano: _, timeUnixNano, scope, ...log }) => ({ scope, timeUnixNano, ...log }))
    .sort((a, b) => (a.scope.name < b.scope.name ? -1 : a.scope.name > b.scope.name ? 1 : 0));
}

const bytes = (some: readonly string[]) => Buffer.from(some.join(""));

/** What our encoder makes of the lines is what the SDK makes of the records. */
async function expectSame(recordLimits = limits): Promise<void> {
  const ours = await received(logRequest(bytes(lines), { resource, limits: recordLimits }));
  const theirs = await received(ProtobufLogsSerializer.serializeRequest(memory.getFinishedLogRecords())!);
  expect(ours).toEqual(theirs);
  expect(ours).toHaveLength(lines.length);
}

const spanContext = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331", traceFlags: 1 };
const inSpan = (work: () => void) => context.with(trace.setSpanContext(context.active(), spanContext), work);

const simple: readonly (readonly [string, (log: Logger) => void])[] = [
  ["fields of each kind", (log) => log.info({ a: "x", b: 1, c: -7, d: 1.5, e: true, f: false, g: null }, "placed")],
  ["no fields", (log) => log.warn("placed")],
  ["no message", (log) => log.info({ orderId: 7 })],
  ["nothing at all", (log) => log.info({})],
  ["nested objects and lists", (log) => log.info({ r: { v: "n", hops: [1, "b", null, { fee: 0.1 }, [], {}] } }, "x")],
  ["long texts", (log) => log.info({ a: "y".repeat(200), b: "z".repeat(20_000) }, "w".repeat(130))],
  [
    "large and small numbers",
    (log) => log.info({ a: 2 ** 53 - 1, b: -(2 ** 53 - 1), c: 1e-7, d: 123456789012345, e: 0 }, "x"),
  ],
  ["a number beyond whole ones", (log) => log.info({ a: 1.7976931348623157e308, b: 5e-324 }, "x")],
  ["escapes and other scripts", (log) => log.info({ 'k"ey': 'a"b\\c\n', ключ: "値 🙂" }, "gebühr \u0001 \ud800")],
  ["an error", (log) => log.error(new TypeError("refused", { cause: new Error("late") }), "failed")],
  ["an event", (log) => log.info(event("order.placed", { orderId: 7 }), "placed")],
  ["a child's field given anew", (log) => log.child({ desk: "d1", orderId: 1 }).info({ orderId: 2 }, "placed")],
  [
    "fields of ours given by the application",
    (log) => log.info({ level: "x", time: 5, logger: 7, trace_id: "t" }, "x"),
  ],
  ["a message that is not the last field", (log) => log.info({ msg: "first", a: { msg: "inner" } })],
  ["words that look like fields", (log) => log.info({ a: ',"msg":"no"', b: "}" }, '","msg":"x"}')],
  ["empty keys and texts", (log) => log.info({ "": "", a: "" }, "")],
  [
    "more fields than are told apart",
    (log) => log.info(Object.fromEntries([...Array(90).keys()].map((i) => [`k${i}`, i])), "x"),
  ],
];

test.each(simple)("%s: the record is the SDK's", async (_what, write) => {
  for (const level of ["trace", "debug", "info", "warn", "error", "fatal"] as const) logger("orders")[level](level);
  write(logger("orders"));
  inSpan(() => write(logger('the "other"')));
  await expectSame();
});

test("whatever is logged, the records are the SDK's", async () => {
  const key = fc.oneof(
    fc.constantFrom("a", "orderId", "msg", "err", "time", "event_name"),
    fc.string({ unit: "binary" }),
  );
  // An own property of that name is lost in the SDK, or not, depending on where it is.
  const isNoPrototype = (value: unknown) => !JSON.stringify(value).includes("__proto__");
  const fields = fc
    .dictionary(key, fc.jsonValue({ maxDepth: 3, stringUnit: "binary" }), { maxKeys: 6 })
    .filter(isNoPrototype);
  const call = fc.record({
    name: fc.constantFrom("orders", "quotes", "ünï"),
    fields,
    text: fc.option(fc.string({ unit: "binary" }), { nil: undefined }),
    spanned: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(call, { minLength: 1, maxLength: 20 }), async (calls) => {
      start(limits);
      for (const { name, fields, text, spanned } of calls) {
        const write = () => logger(name).info(fields, text);
        if (spanned) inSpan(write);
        else write();
      }
      await expectSame();
    }),
    { numRuns: 60 },
  );
});

test.each([
  { attributeCountLimit: 2, attributeValueLengthLimit: Number.POSITIVE_INFINITY },
  { attributeCountLimit: 128, attributeValueLengthLimit: 3 },
  { attributeCountLimit: 0, attributeValueLengthLimit: 0 },
])("limits hold: %o", async (some) => {
  start(some);
  logger("orders").info(
    { a: "abcdef", b: 1, c: ["abcdef", "ab"], d: "ü".repeat(5), e: 'x"yz' },
    "a message of some length",
  );
  logger("orders").info({ a: "ab" }, "short");
  await expectSame(some);
});

test("times are read to the millisecond, whichever second the line before was of", async () => {
  const times = [
    "2026-11-22T05:02:58.746Z",
    "2026-11-22T05:02:58.007Z",
    "2026-11-22T05:03:00.000Z",
    "1970-01-01T00:00:00.001Z",
    "2026-11-22T05:03:00.000Z",
  ];
  const logs = await received(logRequest(bytes(times.map((time) => lineAt(time))), { resource, limits }));
  expect(logs.map(({ timeUnixNano }) => String(timeUnixNano))).toEqual(
    times.map((time) => `${Date.parse(time)}000000`),
  );
});

test.each(["2026-11-22T05:02:58.7a6Z", "2026-11-22T05:02:58,746Z", "2026-13-22T05:02:58.746Z"])(
  "%s is no time, also after a time of the same second",
  async (time) => {
    const lines = ["2026-11-22T05:02:58.746Z", time].map((text) => lineAt(text));
    const logs = await received(logRequest(bytes(lines), { resource, limits }));
    expect(logs.map(({ timeUnixNano }) => String(timeUnixNano))).toEqual([
      `${Date.parse("2026-11-22T05:02:58.746Z")}000000`,
      "0",
    ]);
  },
);

function lineAt(time: string): string {
  return `{"level":"info","time":"${time}","logger":"x","msg":"y"}\n`;
}

test("a line costs its bytes once: the request is made anew each time, from one buffer", () => {
  logger("orders").info({ a: 1 }, "x");
  const first = logRequest(bytes(lines), { resource, limits });
  const copy = Buffer.from(first);
  logRequest(bytes([...lines, ...lines, ...lines]), { resource, limits });
  expect(Buffer.from(first)).toEqual(copy);
});

test("what is no line of ours becomes a record as well as it can, and what is no JSON is left out", async () => {
  const odd = [
    '{"level":"info"}\n',
    '{"a":1}\n',
    '{"level":"custom","time":"never","logger":"x","msg":{"a":1}}\n',
    "oops\n",
  ];
  const logs = await received(logRequest(bytes(odd), { resource, limits }));
  expect(logs.map(({ severityText, body, attributes }) => [severityText, body, attributes])).toEqual([
    ["info", null, {}],
    ["", null, { a: 1 }],
    ["custom", { a: 1 }, {}],
  ]);
});
