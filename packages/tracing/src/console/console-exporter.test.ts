import { stripVTControlCharacters } from "node:util";
import { type Context, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type ConsoleExporterConfiguration, createConsoleExporter } from "./console-exporter.ts";

const memory = new InMemorySpanExporter();
const tracer = new TracerProvider({
  resource: resourceFromAttributes({ "service.name": "desk" }),
  spanProcessors: [new SimpleSpanProcessor({ exporter: memory })],
}).getTracer("desk");

beforeEach(() => memory.reset());
afterEach(() => {
  vi.useRealTimers();
});

const START_MS = 1_700_000_000_000;

/** A span from `from` to `to` milliseconds after the start; the context is for its children. */
function span(name: string, [from, to]: readonly [number, number], parent: Context = ROOT_CONTEXT, options = {}) {
  const one = tracer.startSpan(name, { startTime: START_MS + from, ...options }, parent);
  return { context: trace.setSpan(parent, one), span: one, end: () => one.end(START_MS + to) };
}

/** The spans that have ended since this was asked last. */
function ended(): ReadableSpan[] {
  const spans = [...memory.getFinishedSpans()];
  memory.reset();
  return spans;
}

function exporterTo(options: Partial<ConsoleExporterConfiguration> = {}, columns = 100) {
  let printed = "";
  const output = { columns, write: (text: string) => (printed += text) };
  const exporter = createConsoleExporter({ type: "console", attributes: false, colors: "never", ...options }, output);
  return {
    exporter,
    print: () => exporter.export(ended(), () => {}),
    printed: () => {
      const text = printed;
      printed = "";
      return text.replaceAll(/trace [0-9a-f]{32}/g, "trace T").replaceAll(/ +$/gm, "");
    },
  };
}

/** A server's span with two children and a grandchild. */
function endOrder(): void {
  const root = span("GET /orders/:id", [0, 100], ROOT_CONTEXT, { kind: SpanKind.SERVER, attributes: { id: 7 } });
  const select = span("SELECT orders", [10, 60], root.context, { kind: SpanKind.CLIENT });
  const row = span("row", [50, 50.25], select.context, {
    attributes: { venue: { name: "north" }, "two\nlines": "a\tb" },
  });
  row.span.addEvent("found", { shares: 3 }, START_MS + 50.1);
  const cache = span("SET order:7", [60, 95.5], root.context, { kind: SpanKind.CLIENT });
  cache.span.setStatus({ code: SpanStatusCode.ERROR, message: "connection refused" });
  for (const one of [row, select, cache, root]) one.end();
}

test("a trace is printed as a tree with its times when its root has ended, in one piece", () => {
  const { print, printed } = exporterTo();
  const root = span("GET /", [0, 10]);
  span("inside", [2, 4], root.context).end();
  print();
  expect(printed()).toBe("");
  root.end();
  endOrder();
  print();
  expect(printed()).toBe(`\
desk 22:13:20.000  trace T  2 spans
GET /                             ████████████████████████   10.0 ms
└─ inside                             ██████                 2.00 ms

desk 22:13:20.000  trace T  4 spans
GET /orders/:id          server   ████████████████████████    100 ms
├─ SELECT orders         client     █████████████            50.0 ms
│  └─ row                                     █               250 µs
└─ SET order:7           client                 █████████    35.5 ms  ✗ connection refused

`);
});

test("attributes and events stand under their span, on demand", () => {
  const { print, printed } = exporterTo({ attributes: true });
  endOrder();
  print();
  expect(printed()).toBe(`\
desk 22:13:20.000  trace T  4 spans
GET /orders/:id          server   ████████████████████████    100 ms
│   id: 7
├─ SELECT orders         client     █████████████            50.0 ms
│  └─ row                                     █               250 µs
│         venue: {"name":"north"}
│         two lines: a b
│         +0.1 ms found  shares: 3
└─ SET order:7           client                 █████████    35.5 ms  ✗ connection refused

`);
});

test("a stack trace has lines of its own", () => {
  const { print, printed } = exporterTo({ attributes: true });
  const span = tracer.startSpan("settle", { startTime: [1_700_000_000, 0] });
  span.addEvent(
    "exception",
    { "exception.type": "Error", "exception.stacktrace": "Error: no\n    at a.js:1\n    at b.js:2\n" },
    [1_700_000_000, 1e6],
  );
  span.end([1_700_000_000, 2e6]);
  print();
  expect(printed()).toContain(`
    +1.0 ms exception  exception.type: Error
        exception.stacktrace: Error: no
          at a.js:1
          at b.js:2
`);
});

test("colours are there when they are wanted, and change nothing else", () => {
  const [plain, coloured] = [exporterTo(), exporterTo({ colors: "always" })];
  endOrder();
  const spans = ended();
  for (const { exporter } of [plain, coloured]) exporter.export(spans, () => {});
  const text = coloured.printed();
  expect(text).toContain("\u001b[31mSET order:7\u001b[39m");
  expect(stripVTControlCharacters(text).replaceAll(/ +$/gm, "")).toBe(plain.printed());
});

test("nothing in a name commands the terminal", () => {
  const { print, printed } = exporterTo();
  span("\u001b[2Jclear\u0007\u202e", [0, 1]).end();
  print();
  expect(printed()).toContain("\n [2Jclear");
});

test("long names are cut to the terminal's width", () => {
  const { print, printed } = exporterTo({}, 80);
  span("x".repeat(100), [0, 1]).end();
  print();
  const [, line] = printed().split("\n");
  expect(line).toHaveLength(79);
  expect(line).toContain(`${"x".repeat(34)}… `);
});

test("two requests of one trace that came from elsewhere are two trees", () => {
  const { print, printed } = exporterTo();
  const remote = { traceId: "a".repeat(32), spanId: "b".repeat(16), traceFlags: 1, isRemote: true };
  const caller = trace.setSpanContext(ROOT_CONTEXT, remote);
  const [first, second] = [span("first", [0, 2], caller), span("second", [1, 3], caller)];
  span("below first", [1, 2], first.context).end();
  first.end();
  print();
  expect(printed()).toContain("└─ below first");
  second.end();
  print();
  expect(printed()).toMatch(/1 span\nsecond/);
});

test("a span that ends after its trace was printed is printed for itself", () => {
  const { print, printed } = exporterTo();
  const root = span("root", [0, 1]);
  const late = span("late", [0, 9], root.context);
  const deeper = span("deeper", [1, 2], late.context);
  root.end();
  print();
  deeper.end();
  print();
  printed();
  late.end();
  print();
  expect(printed()).toMatch(/2 spans, ended after their trace was printed\nlate .*\n└─ deeper/);
});

test("spans whose root does not end are printed after half a minute, or at shutdown", async () => {
  vi.useFakeTimers();
  const { exporter, print, printed } = exporterTo();
  const root = span("root", [0, 1]);
  span("child", [0, 1], root.context).end();
  print();
  vi.advanceTimersByTime(29_000);
  expect(printed()).toBe("");
  vi.advanceTimersByTime(1_000);
  expect(printed()).toMatch(/1 span, the root has not ended\nchild/);
  span("other child", [0, 1], root.context).end();
  print();
  await exporter.shutdown?.();
  expect(printed()).toMatch(/the root has not ended\nother child/);
});

test("however many traces stay open, only so many spans wait", () => {
  const { print, printed } = exporterTo();
  for (let i = 0; i < 5_000; i++) span(`child ${i}`, [0, 1], span("root", [0, 1]).context).end();
  print();
  const text = printed();
  expect(text.match(/the root has not ended/g)).toHaveLength(5_000 - 4_096);
  expect(text).toContain("\nchild 0 ");
  expect(text).not.toContain("child 904 ");
});

test("a chain of ten thousand spans is printed", () => {
  const { print, printed } = exporterTo();
  const chain = [span("root", [0, 1])];
  for (let i = 0; i < 10_000; i++) chain.push(span("deeper", [0, 1], chain.at(-1)!.context));
  for (const one of chain.reverse()) one.end();
  memory.getFinishedSpans();
  print();
  expect(printed().match(/deeper|…/g)).toHaveLength(10_000);
});
