import { setImmediate } from "node:timers/promises";
import { beforeAll, expect, test } from "vitest";
import { PromqlEvaluationError } from "./evaluation/evaluation-error.ts";
import { POINTS_PER_TURN } from "./evaluation/turn.ts";
import { labelsOf } from "./labels.ts";
import { MemoryStore } from "./memory-store/memory-store.ts";
import { parse } from "./parser.ts";
import { queryInstant, queryRange, queryRangeInTurns } from "./query.ts";

const STEP_MS = 15_000;

/** Of 1,000 series at 240 steps. */
const POINTS = 240_000;

const hour = { startMs: 0, endMs: 239 * STEP_MS, stepMs: STEP_MS };
const store = new MemoryStore();

beforeAll(() => {
  const series = Array.from({ length: 1_000 }, (_, i) =>
    labelsOf({ __name__: "requests_total", job: `job-${i % 10}`, instance: `${i}` }),
  );
  for (let i = 0; i < 240; i++) {
    store.append(series.map((labels, index) => ({ labels, timeMs: i * STEP_MS, value: i * index })));
  }
});

test("a query that holds more samples than it may says which limit that is", () => {
  const error = faultOf(() => queryRange(store, "rate(requests_total[5m])", { ...hour, maxSamples: 10_000 }));
  expect(error.code).toBe("TELLTALE_PROMQL_TOO_MANY_SAMPLES");
  expect(error.message).toContain("limit: maxSamples, 10000");
});

test("a range with more steps than it may have says which limit that is", () => {
  const error = faultOf(() => queryRange(store, "1", { startMs: 0, endMs: 1e9, stepMs: 1 }));
  expect(error.code).toBe("TELLTALE_PROMQL_TOO_MANY_STEPS");
  expect(error.message).toContain("maxSteps of 11000");
});

test.each([
  [{ startMs: 1, endMs: 0, stepMs: 1 }, /ends at 0, before its start/],
  [{ startMs: 0, endMs: 1, stepMs: 0 }, /step of a range is 0 ms/],
  [{ startMs: 0, endMs: 1, stepMs: Number.NaN }, /step of a range is NaN ms/],
])("the range %o is refused", (range, message) => {
  const error = faultOf(() => queryRange(store, "1", range));
  expect(error.code).toBe("TELLTALE_PROMQL_BAD_RANGE");
  expect(error.message).toMatch(message);
});

test("a query ends when its time is up by the clock that it was given", () => {
  let timeMs = 0;
  const now = (): number => (timeMs += 10);
  const error = faultOf(() => queryRange(store, "sum(requests_total)", { ...hour, timeoutMs: 100, now }));
  expect(error.code).toBe("TELLTALE_PROMQL_TIMEOUT");
  expect(error.message).toContain("limit: timeoutMs, 100");
});

test("a query that is aborted between its turns ends, and says why", async () => {
  const controller = new AbortController();
  const reason = new Error("nobody waits for it any more");
  const pause = (): Promise<unknown> => {
    controller.abort(reason);
    return setImmediate();
  };
  const options = { ...hour, pause, turnMs: 1, signal: controller.signal };
  const error = await queryRangeInTurns(store, "sum(rate(requests_total[5m]))", options).catch((e: unknown) => e);
  expect(error).toMatchObject({ code: "TELLTALE_PROMQL_ABORTED", cause: reason });
});

test.each([
  "sum by (job) (rate(requests_total[5m]))",
  "avg by (instance) (requests_total)",
  "requests_total * 2 > 3",
  "requests_total / on (instance, job) requests_total",
  "requests_total and (requests_total > 5)",
  "requests_total or sum by (instance) (requests_total)",
  "quantile by (job) (0.9, requests_total)",
  "topk by (job) (3, requests_total)",
  'histogram_quantile(0.9, label_replace(requests_total, "le", "$1", "instance", "(.*)"))',
  "max_over_time(requests_total[10m:1m])",
  'label_replace(abs(requests_total), "x", "$1", "instance", "(.*)")',
])("%s in turns gives what it gives at once, and can be interrupted every few thousand points", async (query) => {
  let pauses = 0;
  const pause = async (): Promise<void> => {
    pauses++;
  };
  const result = await queryRangeInTurns(store, query, { ...hour, turnMs: 0, pause });
  expect(result).toEqual(queryRange(store, query, hour));
  expect(pauses).toBeGreaterThanOrEqual(Math.floor(POINTS / POINTS_PER_TURN));
});

test("a turn ends when its time is up by the clock that was given, and before a piece of work that may take longer", async () => {
  let timeMs = 0;
  const pausedMs: number[] = [];
  const pause = async (): Promise<void> => {
    pausedMs.push(timeMs);
    timeMs += 1_000;
  };
  // Every look at the clock is 1 ms later than the one before.
  await queryRangeInTurns(store, "requests_total * 2", { ...hour, turnMs: 10, pause, now: () => timeMs++ });
  const turnsMs = pausedMs.slice(1).map((at, i) => at - pausedMs[i]! - 1_000);
  expect(turnsMs.length).toBeGreaterThan(3);
  expect(Math.max(...turnsMs)).toBeLessThanOrEqual(10);
});

test("to find series can be interrupted too", async () => {
  const many = new MemoryStore();
  many.append(Array.from({ length: 10_000 }, (_, i) => ({ labels: labelsOf({ id: `${i}` }), timeMs: 0, value: i })));
  let pauses = 0;
  const pause = async (): Promise<void> => {
    pauses++;
  };
  const once = { startMs: 0, endMs: 0, stepMs: 1, turnMs: 0, pause };
  const { value } = await queryRangeInTurns(many, 'absent({id=~"x.*"})', once);
  expect(value.type === "matrix" && value.series).toHaveLength(1);
  expect(pauses).toBeGreaterThanOrEqual(4);
});

test("a series that comes while others are being found is found by the next question", async () => {
  const many = new MemoryStore();
  const sample = (id: number) => ({ labels: labelsOf({ id: `${id}` }), timeMs: 0, value: 1 });
  many.append(Array.from({ length: 10_000 }, (_, i) => sample(i)));
  const query = parse('count({id=~".*0"})');
  let next = 10_000;
  const pause = async (): Promise<void> => {
    many.append([sample(next)]);
    next += 10;
  };
  await queryRangeInTurns(many, query, { startMs: 0, endMs: 0, stepMs: 1, turnMs: 0, pause });
  const { value } = queryInstant(many, query, { timeMs: 0 });
  expect(value.type === "vector" && value.samples[0]!.value).toBe(next / 10);
});

test("an expired signal ends a query before it starts", () => {
  const error = faultOf(() => queryInstant(store, "1", { timeMs: 0, signal: AbortSignal.abort() }));
  expect(error.code).toBe("TELLTALE_PROMQL_ABORTED");
});

function faultOf(run: () => unknown): PromqlEvaluationError {
  try {
    run();
  } catch (error) {
    if (error instanceof PromqlEvaluationError) return error;
    throw error;
  }
  throw new Error("no fault");
}
