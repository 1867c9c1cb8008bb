/** What OpenTelemetry specifies of traces, asked of our engine and of the SDK alike. */
import { inspect } from "node:util";
import {
  type Attributes,
  type Context,
  createTraceState,
  DiagLogLevel,
  diag,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import { suppressTracing } from "@opentelemetry/core";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  AlwaysOffSampler,
  BatchSpanProcessor,
  InMemorySpanExporter,
  ParentBasedSampler,
  type ReadableSpan,
  type Sampler,
  SimpleSpanProcessor,
  type SpanProcessor,
  TraceIdRatioBasedSampler,
  TracerProvider,
  type TracerProviderOptions,
} from "@opentelemetry/sdk-trace";
import { afterEach, describe, expect, test, vi } from "vitest";
import { createTracerProvider } from "./tracer-provider.ts";

const engines = {
  telltale: (options: TracerProviderOptions) => createTracerProvider(options),
  sdk: (options: TracerProviderOptions) => new TracerProvider(options),
};

const remote = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331", isRemote: true };

afterEach(() => diag.disable());

describe.each(Object.entries(engines))("engine %s", (engine, create) => {
  function recorder(options: TracerProviderOptions = {}) {
    const exporter = new InMemorySpanExporter();
    const processor = new SimpleSpanProcessor({ exporter });
    const provider = create({ ...options, spanProcessors: [...(options.spanProcessors ?? []), processor] });
    return { provider, tracer: provider.getTracer("test", "1.0"), ended: () => exporter.getFinishedSpans() };
  }

  function recorded(use: (span: Span, tracer: Tracer) => void, options?: TracerProviderOptions): ReadableSpan {
    const { tracer, ended } = recorder(options);
    const span = tracer.startSpan("work", {}, ROOT_CONTEXT);
    use(span, tracer);
    span.end();
    return ended()[0]!;
  }

  const underParent = (flags: number): Context =>
    trace.setSpanContext(ROOT_CONTEXT, { ...remote, traceFlags: flags, traceState: createTraceState("a=1") });

  test("a span tells its name, kind, attributes, resource and scope", () => {
    const resource = resourceFromAttributes({ "service.name": "shop" });
    const { provider, ended } = recorder({ resource });
    const tracer = provider.getTracer("scope", "2.1", { schemaUrl: "https://example.com/1" });
    tracer.startSpan("GET /", { kind: SpanKind.SERVER, attributes: { a: 1, b: "x", c: true, d: ["y"] } }).end();
    const [span] = ended();
    expect(span).toMatchObject({ name: "GET /", kind: SpanKind.SERVER, ended: true, status: { code: 0 } });
    expect(span!.attributes).toEqual({ a: 1, b: "x", c: true, d: ["y"] });
    expect(span!.resource).toBe(resource);
    expect(span!.instrumentationScope).toMatchObject({
      name: "scope",
      version: "2.1",
      schemaUrl: "https://example.com/1",
    });
    expect(span).toMatchObject({ droppedAttributesCount: 0, droppedEventsCount: 0, droppedLinksCount: 0 });
    expect([span!.events, span!.links]).toEqual([[], []]);
  });

  test("a tracer is made once for each name, version and schema", () => {
    const { provider } = recorder();
    expect(provider.getTracer("a", "1")).toBe(provider.getTracer("a", "1"));
    expect(provider.getTracer("a", "1")).not.toBe(provider.getTracer("a", "2"));
    expect(provider.getTracer("a", "1")).not.toBe(provider.getTracer("a", "1", { schemaUrl: "https://example.com" }));
  });

  describe("identity", () => {
    test("a root has a trace of its own, with valid ids, sampled and without a parent", () => {
      const { tracer } = recorder();
      const [one, two] = [tracer.startSpan("a", {}, ROOT_CONTEXT), tracer.startSpan("b", {}, ROOT_CONTEXT)];
      expect(one.spanContext().traceId).toMatch(/^[0-9a-f]{32}$/);
      expect(one.spanContext().spanId).toMatch(/^[0-9a-f]{16}$/);
      expect(one.spanContext().traceFlags & 1).toBe(1);
      expect(one.spanContext().traceId).not.toBe(two.spanContext().traceId);
      expect((one as unknown as ReadableSpan).parentSpanContext).toBeUndefined();
    });

    test("a child has its parent's trace and its own span id", () => {
      const { tracer, ended } = recorder();
      const parent = tracer.startSpan("parent", {}, ROOT_CONTEXT);
      tracer.startSpan("child", {}, trace.setSpan(ROOT_CONTEXT, parent)).end();
      const [child] = ended();
      expect(child!.parentSpanContext).toEqual(parent.spanContext());
      expect(child!.spanContext().traceId).toBe(parent.spanContext().traceId);
      expect(child!.spanContext().spanId).not.toBe(parent.spanContext().spanId);
    });

    test("a child of a remote parent keeps its trace and its tracestate", () => {
      const { tracer } = recorder();
      const child = tracer.startSpan("child", {}, underParent(1));
      expect(child.spanContext()).toMatchObject({ traceId: remote.traceId, traceFlags: 1 });
      expect(child.spanContext().isRemote).toBeUndefined();
      expect(child.spanContext().traceState?.serialize()).toBe("a=1");
      expect((child as unknown as ReadableSpan).parentSpanContext).toMatchObject({ ...remote, isRemote: true });
    });

    test("a parent with an invalid context is none", () => {
      const { tracer } = recorder();
      const invalid = trace.setSpanContext(ROOT_CONTEXT, { traceId: "nonsense", spanId: "0", traceFlags: 1 });
      const span = tracer.startSpan("child", {}, invalid);
      expect(span.spanContext().traceId).toMatch(/^[0-9a-f]{32}$/);
      expect((span as unknown as ReadableSpan).parentSpanContext).toBeUndefined();
    });

    test("the option root starts a new trace whatever the parent, and processors see a context without it", () => {
      const parents: unknown[] = [];
      const processor = spanProcessor({ onStart: (_span, parent) => parents.push(trace.getSpan(parent)) });
      const { tracer } = recorder({ spanProcessors: [processor] });
      const span = tracer.startSpan("new", { root: true }, underParent(1));
      expect(span.spanContext().traceId).not.toBe(remote.traceId);
      expect((span as unknown as ReadableSpan).parentSpanContext).toBeUndefined();
      expect(parents).toEqual([undefined]);
    });

    test("an IdGenerator of any make gives the ids", () => {
      const idGenerator = { generateTraceId: () => "1".repeat(32), generateSpanId: () => "2".repeat(16) };
      const { tracer } = recorder({ idGenerator });
      expect(tracer.startSpan("a", {}, ROOT_CONTEXT).spanContext()).toMatchObject({
        traceId: "1".repeat(32),
        spanId: "2".repeat(16),
      });
      expect(tracer.startSpan("a", {}, underParent(1)).spanContext().traceId).toBe(remote.traceId);
    });

    test("while tracing is suppressed, spans record nothing and have no valid context", () => {
      const { tracer, ended } = recorder();
      const span = tracer.startSpan("a", {}, suppressTracing(underParent(1)));
      span.end();
      expect(span.isRecording()).toBe(false);
      expect(trace.isSpanContextValid(span.spanContext())).toBe(false);
      expect(ended()).toEqual([]);
    });
  });

  describe("sampling", () => {
    test("a remote parent's decision is followed by default", () => {
      const { tracer, ended } = recorder();
      const dropped = tracer.startSpan("a", {}, underParent(0));
      dropped.end();
      tracer.startSpan("b", {}, underParent(1)).end();
      expect(dropped.isRecording()).toBe(false);
      expect(dropped.spanContext()).toMatchObject({ traceId: remote.traceId, traceFlags: 0 });
      expect(dropped.spanContext().traceState?.serialize()).toBe("a=1");
      expect(ended().map(({ name }) => name)).toEqual(["b"]);
    });

    test("a span that is not sampled has ids all the same, which its children share", () => {
      const sampler = new ParentBasedSampler({ root: new AlwaysOffSampler() });
      const { tracer } = recorder({ sampler });
      const dropped = tracer.startSpan("a", {}, ROOT_CONTEXT);
      const child = tracer.startSpan("b", {}, trace.setSpan(ROOT_CONTEXT, dropped));
      expect(trace.isSpanContextValid(dropped.spanContext())).toBe(true);
      expect(dropped.spanContext()).toBe(dropped.spanContext());
      expect(dropped.spanContext().traceFlags & 1).toBe(0);
      expect(child.spanContext().traceId).toBe(dropped.spanContext().traceId);
      expect(child.spanContext().spanId).not.toBe(dropped.spanContext().spanId);
      expect(child.isRecording()).toBe(false);
    });

    test("a sampler is given the new trace's id, kind, name, valid attributes and links, and the parent's context", () => {
      const asked: unknown[][] = [];
      const sampler: Sampler = {
        shouldSample: (...given) => {
          asked.push(given);
          return { decision: 2 };
        },
        toString: () => "asking",
      };
      const { tracer } = recorder({ sampler });
      const links = [{ context: { ...remote, traceFlags: 1 }, attributes: { l: 1 } }];
      const attributes = { a: 1, bad: Symbol("bad") } as unknown as Attributes;
      const parent = underParent(1);
      tracer.startSpan("a", { kind: SpanKind.CLIENT, attributes, links }, parent);
      const root = tracer.startSpan("b", {}, ROOT_CONTEXT);
      expect(asked[0]!.slice(0, 5)).toEqual([parent, remote.traceId, "a", SpanKind.CLIENT, { a: 1 }]);
      expect(asked[0]![5]).toMatchObject([{ attributes: { l: 1 } }]);
      expect(asked[1]!.slice(1)).toEqual([root.spanContext().traceId, "b", SpanKind.INTERNAL, {}, []]);
    });

    test("a sampler's attributes and tracestate are the span's", () => {
      const traceState = createTraceState("s=1");
      const sampler: Sampler = {
        shouldSample: () => ({ decision: 2, attributes: { "sampler.type": "mine", a: "sampler" }, traceState }),
        toString: () => "mine",
      };
      const { tracer, ended } = recorder({ sampler });
      tracer.startSpan("a", { attributes: { a: "user", b: 1 } }, underParent(1)).end();
      expect(ended()[0]!.attributes).toEqual({ a: "sampler", b: 1, "sampler.type": "mine" });
      expect(ended()[0]!.spanContext().traceState?.serialize()).toBe("s=1");
    });

    test("a span that is only recorded reaches processors and no exporter, and its flag is not set", () => {
      const ends: string[] = [];
      const processor = spanProcessor({ onEnd: ({ name }) => ends.push(name) });
      const sampler: Sampler = { shouldSample: () => ({ decision: 1 }), toString: () => "record" };
      const { tracer, ended } = recorder({ sampler, spanProcessors: [processor] });
      const span = tracer.startSpan("a", {}, ROOT_CONTEXT);
      expect(span.isRecording()).toBe(true);
      expect(span.spanContext().traceFlags & 1).toBe(0);
      span.end();
      expect([ends, ended()]).toEqual([["a"], []]);
    });

    test("the SDK's own ratio sampler decides by the trace's id", () => {
      const sampler = new TraceIdRatioBasedSampler(0.5);
      const { tracer } = recorder({ sampler });
      for (let index = 0; index < 50; index++) {
        const span = tracer.startSpan("a", {}, ROOT_CONTEXT);
        const { decision } = sampler.shouldSample(ROOT_CONTEXT, span.spanContext().traceId);
        expect(span.isRecording()).toBe(decision === 2);
      }
    });
  });

  describe("attributes", () => {
    test("values of every kind that OpenTelemetry knows are kept, all others are dropped", () => {
      const bytes = new Uint8Array([1, 2]);
      const { attributes } = recorded((span) => {
        span.setAttributes({ text: "x", number: 1.5, flag: false, list: [1, "a", null], map: { deep: [true] }, bytes });
        span.setAttribute("none", undefined);
        span.setAttribute("null", null);
        for (const bad of [Symbol("x"), 1n, () => 1, new Date(), /x/]) span.setAttribute("bad", bad as never);
        span.setAttribute("", "no name");
      });
      expect(attributes).toEqual({
        text: "x",
        number: 1.5,
        flag: false,
        list: [1, "a", null],
        map: { deep: [true] },
        bytes,
        null: null,
      });
    });

    test("an object that contains itself is dropped", () => {
      const circle: Record<string, unknown> = {};
      circle["self"] = circle;
      expect(recorded((span) => span.setAttribute("circle", circle as never)).attributes).toEqual({});
    });

    test("what the caller changes later in an object of its own changes nothing", () => {
      const given = { list: ["a"] };
      const { attributes } = recorded((span) => {
        span.setAttributes(given);
        given.list.push("b");
      });
      expect(attributes).toEqual({ list: ["a"] });
    });

    test("a later value replaces the earlier one", () => {
      const { attributes } = recorded((span) => span.setAttribute("a", 1).setAttribute("a", 2));
      expect(attributes).toEqual({ a: 2 });
    });

    test("the first ones up to the limit stay, the others are counted; known ones can still be changed", () => {
      const { tracer, ended } = recorder({ spanLimits: { attributeCountLimit: 2 } });
      const span = tracer.startSpan("a", { attributes: { a: 1, b: 2, c: 3 } }, ROOT_CONTEXT);
      span.setAttribute("d", 4).setAttribute("a", 5).end();
      expect(ended()[0]!.attributes).toEqual({ a: 5, b: 2 });
      expect(ended()[0]!.droppedAttributesCount).toBe(2);
    });

    test("texts are cut at the limit, inside of lists and maps too", () => {
      const options = { spanLimits: { attributeValueLengthLimit: 3 } };
      const { tracer, ended } = recorder(options);
      const span = tracer.startSpan("a", { attributes: { start: "abcdef" } }, ROOT_CONTEXT);
      span.setAttributes({ text: "abcdef", list: ["abcdef", 1], map: { text: "abcdef" } }).end();
      expect(ended()[0]!.attributes).toEqual({ start: "abc", text: "abc", list: ["abc", 1], map: { text: "abc" } });
    });
  });

  describe("events and links", () => {
    test("an event has a name, a time and attributes", () => {
      const span = recorded((one) => {
        one.addEvent("plain");
        one.addEvent("with attributes", { a: 1, list: ["x"], mixed: ["x", 1] as never });
        one.addEvent("at", [1_700_000_000, 5]);
        one.addEvent("both", { b: 2 }, new Date(1_700_000_000_000));
      });
      expect(span.events.map(({ name, attributes }) => [name, attributes])).toEqual([
        ["plain", undefined],
        ["with attributes", { a: 1, list: ["x"] }],
        ["at", undefined],
        ["both", { b: 2 }],
      ]);
      expect(span.events[1]!.droppedAttributesCount).toBe(1);
      expect(span.events[2]!.time).toEqual([1_700_000_000, 5]);
      expect(span.events[3]!.time).toEqual([1_700_000_000, 0]);
    });

    test("the newest events and links stay, the others are counted", () => {
      const link = (spanId: string) => ({ context: { ...remote, spanId, traceFlags: 1 } });
      const ids = ["1", "2", "3"].map((digit) => digit.repeat(16));
      const { tracer, ended } = recorder({ spanLimits: { eventCountLimit: 2, linkCountLimit: 2 } });
      const span = tracer.startSpan("a", { links: ids.map(link) }, ROOT_CONTEXT);
      for (const name of ["x", "y", "z"]) span.addEvent(name);
      span.addLink(link("4".repeat(16))).end();
      expect(ended()[0]!.events.map(({ name }) => name)).toEqual(["y", "z"]);
      expect(ended()[0]!.links.map(({ context: linked }) => linked.spanId)).toEqual([ids[2], "4".repeat(16)]);
      expect(ended()[0]).toMatchObject({ droppedEventsCount: 1, droppedLinksCount: 2 });
    });

    test("attributes of events and links have limits of their own", () => {
      const spanLimits = { attributePerEventCountLimit: 1, attributePerLinkCountLimit: 2 };
      const three = { a: 1, b: 2, c: 3 };
      const span = recorded(
        (one) => one.addEvent("e", three).addLink({ context: { ...remote, traceFlags: 1 }, attributes: three }),
        { spanLimits },
      );
      expect(span.events[0]).toMatchObject({ attributes: { a: 1 }, droppedAttributesCount: 2 });
      expect(span.links[0]).toMatchObject({ attributes: { a: 1, b: 2 }, droppedAttributesCount: 1 });
    });

    test("a limit of 0 keeps none and counts all", () => {
      const spanLimits = { eventCountLimit: 0, linkCountLimit: 0 };
      const span = recorded((one) => one.addEvent("e").addLink({ context: { ...remote, traceFlags: 1 } }), {
        spanLimits,
      });
      expect(span).toMatchObject({ events: [], links: [], droppedEventsCount: 1, droppedLinksCount: 1 });
    });

    test("an exception is an event with type, message and stack", () => {
      const error = new TypeError("broken");
      const [event, text, coded] = recorded((one) => {
        one.recordException(error, [1_700_000_000, 0]);
        one.recordException("only words");
        one.recordException({ code: "ECONNREFUSED", message: "refused" });
        one.recordException({} as never);
      }).events;
      expect(event).toMatchObject({
        name: "exception",
        time: [1_700_000_000, 0],
        attributes: {
          "exception.type": "TypeError",
          "exception.message": "broken",
          "exception.stacktrace": error.stack,
        },
      });
      expect(text!.attributes).toEqual({ "exception.message": "only words" });
      expect(coded!.attributes).toEqual({ "exception.type": "ECONNREFUSED", "exception.message": "refused" });
    });
  });

  describe("status", () => {
    test("unset changes nothing, an error can be replaced, and ok is final", () => {
      const { UNSET, OK, ERROR } = SpanStatusCode;
      const error = recorded((one) => one.setStatus({ code: ERROR, message: "bad" }).setStatus({ code: UNSET }));
      expect(error.status).toEqual({ code: ERROR, message: "bad" });
      const again = recorded((one) =>
        one.setStatus({ code: ERROR, message: "a" }).setStatus({ code: ERROR, message: "b" }),
      );
      expect(again.status).toEqual({ code: ERROR, message: "b" });
      const ok = recorded((one) => one.setStatus({ code: ERROR, message: "a" }).setStatus({ code: OK }));
      expect(ok.status).toEqual({ code: OK });
      const final = recorded((one) => one.setStatus({ code: OK }).setStatus({ code: ERROR, message: "late" }));
      expect(final.status).toEqual({ code: OK });
    });

    test("only an error has a message", () => {
      expect(recorded((one) => one.setStatus({ code: SpanStatusCode.OK, message: "fine" })).status).toEqual({
        code: 1,
      });
    });
  });

  describe("time", () => {
    test("a span lies within the wall-clock time at which it ran, and its duration is its end less its start", () => {
      const before = Date.now();
      const span = recorded(() => {});
      const after = Date.now() + 1;
      expect(milliseconds(span.startTime)).toBeGreaterThanOrEqual(before - 2);
      expect(milliseconds(span.endTime)).toBeLessThanOrEqual(after + 2);
      expect(exactly(span.endTime) - exactly(span.startTime)).toBe(exactly(span.duration));
    });

    test("times may be given as Date, as Unix milliseconds, as HrTime and as performance.now()", () => {
      const unixMs = 1_700_000_000_123;
      const times = [new Date(unixMs), unixMs, [1_700_000_000, 123_000_000] as [number, number]];
      for (const time of times) {
        const { tracer, ended } = recorder();
        tracer.startSpan("a", { startTime: time }, ROOT_CONTEXT).end(unixMs + 1_500);
        expect(ended()[0]).toMatchObject({ startTime: [1_700_000_000, 123_000_000], duration: [1, 500_000_000] });
      }
      const { tracer, ended } = recorder();
      const before = Date.now();
      const now = performance.now();
      const after = Date.now() + 1;
      tracer.startSpan("a", { startTime: now - 5 }, ROOT_CONTEXT).end(now);
      expect(nanoseconds(ended()[0]!.duration) / 1e6).toBeCloseTo(5, 3);
      expect(milliseconds(ended()[0]!.endTime)).toBeGreaterThanOrEqual(before - 2);
      expect(milliseconds(ended()[0]!.endTime)).toBeLessThanOrEqual(after + 2);
    });

    test("HrTime is kept to the nanosecond", () => {
      const { tracer, ended } = recorder();
      tracer.startSpan("a", { startTime: [1_700_000_000, 999_999_999] }, ROOT_CONTEXT).end([1_700_000_001, 1]);
      expect(ended()[0]).toMatchObject({
        startTime: [1_700_000_000, 999_999_999],
        endTime: [1_700_000_001, 1],
        duration: [0, 2],
      });
    });

    test("a span whose start was given and whose end was not ends now", () => {
      const { tracer, ended } = recorder();
      const before = Date.now();
      tracer.startSpan("a", { startTime: before - 1_000 }, ROOT_CONTEXT).end();
      const after = Date.now() + 1;
      const seconds = nanoseconds(ended()[0]!.duration) / 1e9;
      expect(seconds).toBeGreaterThan(0.99);
      expect(seconds).toBeLessThanOrEqual(1 + (after - before + 2) / 1e3);
    });

    test("an end before the start becomes the start", () => {
      const { tracer, ended } = recorder();
      tracer.startSpan("a", { startTime: 1_700_000_000_000 }, ROOT_CONTEXT).end(1_600_000_000_000);
      expect(ended()[0]).toMatchObject({ endTime: [1_700_000_000, 0], duration: [0, 0] });
    });

    test("setting the wall clock in the middle of a span does not change its duration", () => {
      const { tracer, ended } = recorder();
      const span = tracer.startSpan("a", {}, ROOT_CONTEXT);
      const now = vi.spyOn(Date, "now").mockReturnValue(Date.now() + 3_600_000);
      try {
        span.end();
        tracer.startSpan("after", {}, ROOT_CONTEXT).end();
      } finally {
        now.mockRestore();
      }
      const [during, after] = ended();
      expect(during!.duration[0]).toBe(0);
      expect(after!.startTime[0] - during!.startTime[0]).toBeGreaterThan(3_590);
    });
  });

  describe("after its end", () => {
    test("a span does not change, and processors are called once", () => {
      diag.setLogger(silent(), DiagLogLevel.ALL);
      const { tracer, ended } = recorder();
      const span = tracer.startSpan("a", {}, ROOT_CONTEXT);
      span.end();
      const { endTime } = ended()[0]!;
      span.setAttribute("late", 1).setAttributes({ late: 1 }).addEvent("late").updateName("late");
      span.addLink({ context: { ...remote, traceFlags: 1 } }).setStatus({ code: SpanStatusCode.ERROR });
      span.recordException("late");
      span.end();
      expect(ended()).toHaveLength(1);
      expect(ended()[0]).toMatchObject({
        name: "a",
        attributes: {},
        events: [],
        links: [],
        status: { code: 0 },
        endTime,
      });
      expect(span.isRecording()).toBe(false);
    });
  });

  describe("processors", () => {
    test("are called in order at start, before the end and at the end, and may change the span until it has ended", () => {
      const calls: string[] = [];
      const first = spanProcessor({
        onStart: (span) => {
          calls.push(`start ${span.isRecording()} ${span.endTime}`);
          span.setAttribute("start", 1);
        },
        onEnding: (span) => {
          calls.push(`ending ${span.isRecording()} ${span.ended} ${span.duration[0] >= 0}`);
          span.setAttribute("ending", 1).updateName("renamed");
        },
        onEnd: (span) => calls.push(`end ${(span as unknown as Span).isRecording()} ${span.ended}`),
      });
      const second = spanProcessor({
        onStart: () => calls.push("second start"),
        onEnd: () => calls.push("second end"),
      });
      const { tracer, ended } = recorder({ spanProcessors: [first, second] });
      tracer.startSpan("a", {}, ROOT_CONTEXT).end();
      expect(calls).toEqual([
        "start true 0,0",
        "second start",
        "ending true false true",
        "end false true",
        "second end",
      ]);
      expect(ended()[0]).toMatchObject({ name: "renamed", attributes: { start: 1, ending: 1 } });
    });

    test("the SDK's batch processor exports what it is given", async () => {
      const exporter = new InMemorySpanExporter();
      const provider = create({ spanProcessors: [new BatchSpanProcessor({ exporter })] });
      provider.getTracer("t").startSpan("a", {}, ROOT_CONTEXT).end();
      await provider.forceFlush();
      expect(exporter.getFinishedSpans().map(({ name }) => name)).toEqual(["a"]);
      await provider.shutdown();
    });

    test("a flush that fails is told to its caller", async () => {
      const failing = spanProcessor({ forceFlush: () => Promise.reject(new Error("broken")) });
      await expect(create({ spanProcessors: [failing] }).forceFlush()).rejects.toEqual([new Error("broken")]);
    });

    test("a flush that hangs ends in time", async () => {
      const hanging = spanProcessor({ forceFlush: () => new Promise(() => {}) });
      const provider = create({ spanProcessors: [hanging] });
      await expect(provider.forceFlush({ timeoutMillis: 1 })).rejects.toHaveLength(1);
    });
  });

  test("a span prints what it is, and nothing of what is behind it", () => {
    const span = recorded((one) => one.setAttribute("a", 1));
    expect(inspect(span)).toMatch(/name: 'work'/);
    expect(inspect(span)).toMatch(/attributes: \{ a: 1 \}/);
    expect(inspect(span)).not.toMatch(/sampler|rocessor/);
  });

  test("startActiveSpan takes options and a context, or none of them, and returns what its function returns", () => {
    const { tracer } = recorder();
    expect(tracer.startActiveSpan("a", (span) => span.isRecording())).toBe(true);
    const withKind = tracer.startActiveSpan("a", { kind: SpanKind.SERVER }, (span) => span);
    expect((withKind as unknown as ReadableSpan).kind).toBe(SpanKind.SERVER);
    const child = tracer.startActiveSpan("a", {}, underParent(1), (span) => span);
    expect(child.spanContext().traceId).toBe(remote.traceId);
  });

  // The SDK of this release gives no promise about either.
  if (engine === "telltale") {
    test("a processor or a sampler that throws does not disturb the application", () => {
      const errors: unknown[] = [];
      diag.setLogger({ ...silent(), error: (message) => errors.push(message) }, DiagLogLevel.ERROR);
      const broken = (): never => {
        throw new Error("broken");
      };
      const processor = spanProcessor({ onStart: broken, onEnding: broken, onEnd: broken });
      const { tracer, ended } = recorder({ spanProcessors: [processor] });
      tracer.startSpan("a", {}, ROOT_CONTEXT).end();
      expect(ended()).toHaveLength(1);
      expect(errors).toHaveLength(1);
      const sampler: Sampler = { shouldSample: broken, toString: () => "broken" };
      expect(recorder({ sampler }).tracer.startSpan("a", {}, ROOT_CONTEXT).isRecording()).toBe(false);
    });

    test("trace ids are random to the last bit and say so, and children and remote callers' traces keep what they say", () => {
      const { tracer } = recorder();
      const root = tracer.startSpan("a", {}, ROOT_CONTEXT);
      expect(root.spanContext().traceFlags).toBe(3);
      expect(tracer.startSpan("b", {}, trace.setSpan(ROOT_CONTEXT, root)).spanContext().traceFlags).toBe(3);
      expect(tracer.startSpan("c", {}, underParent(1)).spanContext().traceFlags).toBe(1);
      expect(tracer.startSpan("c", {}, underParent(3)).spanContext().traceFlags).toBe(3);
    });

    test("calls on a span that has ended are warned of once", () => {
      const warnings: string[] = [];
      diag.setLogger({ ...silent(), warn: (message) => warnings.push(message) }, DiagLogLevel.WARN);
      const { tracer } = recorder();
      const span = tracer.startSpan("a", {}, ROOT_CONTEXT);
      span.end();
      span.setAttribute("late", 1);
      span.end();
      expect(warnings).toEqual([expect.stringContaining('setAttribute() on span "a"')]);
    });
  }
});

function spanProcessor(parts: {
  readonly onStart?: (...given: Parameters<SpanProcessor["onStart"]>) => unknown;
  readonly onEnding?: (...given: Parameters<NonNullable<SpanProcessor["onEnding"]>>) => unknown;
  readonly onEnd?: (...given: Parameters<SpanProcessor["onEnd"]>) => unknown;
  readonly forceFlush?: () => Promise<void>;
}): SpanProcessor {
  return { onStart() {}, onEnd() {}, forceFlush: async () => {}, shutdown: async () => {}, ...parts } as SpanProcessor;
}

function silent() {
  return { verbose() {}, debug() {}, info() {}, warn(_message: string) {}, error(_message: string) {} };
}

const exactly = ([seconds, rest]: readonly [number, number]): bigint => BigInt(seconds) * 1_000_000_000n + BigInt(rest);
const nanoseconds = ([seconds, rest]: readonly [number, number]): number => seconds * 1e9 + rest;
const milliseconds = (time: readonly [number, number]): number => nanoseconds(time) / 1e6;
