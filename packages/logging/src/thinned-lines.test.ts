import { context, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { createLogging, type LoggingOptions, logger, setLevel } from "./index.ts";

type Line = Record<string, unknown>;

let lines: Line[] = [];
const start = (options: LoggingOptions) =>
  createLogging({ ...options, sinks: [{ write: (line) => lines.push(JSON.parse(line)) }] });
const messages = () => lines.map((line) => line["msg"]);

beforeAll(() => context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable()));
afterAll(() => context.disable());
beforeEach(() => {
  lines = [];
  setLevel("info");
  vi.useFakeTimers();
});
afterEach(() => {
  start({});
  vi.useRealTimers();
});

test("of a repeated line the first ones are written, and how many followed is told when the interval is over", () => {
  const logging = start({ repeats: { limit: 3, intervalMs: 1_000 } });
  const log = logger("quotes");
  for (let i = 0; i < 10; i++) log.child({ request: i }).warn({ i }, "venue %s is slow", `v${i}`);
  log.warn("something else");
  expect(messages()).toEqual(["venue v0 is slow", "venue v1 is slow", "venue v2 is slow", "something else"]);
  vi.advanceTimersByTime(1_000);
  expect(lines[4]).toEqual({
    level: "warn",
    time: expect.any(String),
    logger: "quotes",
    repeated: 7,
    msg: "venue %s is slow (repeated 7 times in 1 s)",
  });
  log.warn("venue %s is slow", "again");
  expect(messages().at(-1)).toBe("venue again is slow");
  expect(logging.status().repeatedOut).toBe(7);
});

test("the same words at another level, lines without words and fatal lines are not the same line", () => {
  start({ repeats: { limit: 1 } });
  const log = logger("quotes");
  for (let i = 0; i < 2; i++) {
    log.info("late");
    log.warn("late");
    log.info({ i });
    log.fatal("gone");
    log.error(new Error("refused"));
  }
  expect(messages()).toEqual(["late", "late", undefined, "gone", "refused", undefined, "gone"]);
});

test("a flush tells of repeated lines at once", async () => {
  const logging = start({ repeats: { limit: 1 } });
  for (let i = 0; i < 5; i++) logger("quotes").info("tick");
  await logging.flush();
  expect(messages()).toEqual(["tick", "tick (repeated 4 times in 1 s)"]);
  vi.advanceTimersByTime(5_000);
  expect(lines).toHaveLength(2);
});

test("of more messages than are watched the rest is not limited", () => {
  start({ repeats: { limit: 1, maxMessages: 2 } });
  for (let i = 0; i < 2; i++) for (const text of ["a", "b", "c"]) logger("quotes").info(text);
  expect(messages()).toEqual(["a", "b", "c", "c"]);
});

test("the share of a sampled level is kept, and all above it", () => {
  const logging = start({ sampling: { ratio: 0.25 } });
  for (let i = 0; i < 4_000; i++) logger("quotes").info("tick");
  for (let i = 0; i < 10; i++) logger("quotes").warn("late");
  const kept = lines.filter((line) => line["level"] === "info").length;
  // Ten standard deviations.
  expect(Math.abs(kept - 1_000)).toBeLessThan(275);
  expect(lines.length - kept).toBe(10);
  expect(logging.status().sampledOut).toBe(4_000 - kept);
});

test("a trace's lines are kept or left out together", () => {
  start({ sampling: { ratio: 0.5 } });
  const inTrace = (last8: string, work: () => void) => {
    const spanContext = { traceId: `${"1".repeat(24)}${last8}`, spanId: "2".repeat(16), traceFlags: 1 };
    context.with(trace.setSpanContext(context.active(), spanContext), work);
  };
  for (const last8 of ["00000000", "7fffffff", "80000000", "ffffffff"]) {
    inTrace(last8, () => {
      for (let i = 0; i < 3; i++) logger("quotes").info(last8);
    });
  }
  expect(messages()).toEqual(["00000000", "00000000", "00000000", "7fffffff", "7fffffff", "7fffffff"]);
});

test("loggers, children and levels made before are thinned out as those made later, until it is switched off", () => {
  const log = logger("made before");
  const child = log.child({ desk: "d1" });
  start({ level: "debug", repeats: { limit: 1 } });
  for (const each of [log, child, logger("made after")]) each.debug("same");
  expect(messages()).toEqual(["same"]);
  start({ level: "debug" });
  for (const each of [log, child, logger("made after")]) each.debug("same");
  expect(messages()).toEqual(["same", "same (repeated 2 times in 1 s)", "same", "same", "same"]);
});
