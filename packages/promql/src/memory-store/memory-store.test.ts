import { expect, test } from "vitest";
import { floatHistogram } from "../histogram/float-histogram.ts";
import { LabelMatcher } from "../label-matcher.ts";
import { type Labels, labelsOf } from "../labels.ts";
import { queryInstant } from "../query.ts";
import { SampleBuffer, STALE } from "../store.ts";
import { MemoryStore } from "./memory-store.ts";

const everything = { fromMs: Number.NEGATIVE_INFINITY, toMs: Number.POSITIVE_INFINITY };
const up = labelsOf({ __name__: "up", job: "api" });
const down = labelsOf({ __name__: "down", job: "api" });

test("samples that are older than the latest of their series are refused and counted", () => {
  const store = new MemoryStore();
  const result = store.append([
    { labels: up, timeMs: 1_000, value: 1 },
    { labels: up, timeMs: 3_000, value: 3 },
    { labels: up, timeMs: 2_000, value: 2 },
    { labels: down, timeMs: 2_000, value: 2 },
    { labels: up, timeMs: 3_000, value: 4 },
  ]);
  expect(result).toEqual({ appended: 3, outOfOrder: 2 });
  expect(timesOf(store, "up")).toEqual([1_000, 3_000]);
});

test("the same sample once more is no fault and no second sample", () => {
  const store = new MemoryStore();
  const sample = { labels: up, timeMs: 1_000, value: Number.NaN };
  expect(store.append([sample, sample])).toEqual({ appended: 2, outOfOrder: 0 });
  expect(timesOf(store, "up")).toEqual([1_000]);
});

test("a series that a source has no more ends at its next scrape, once, and may come back", () => {
  const store = new MemoryStore();
  const scrape = (timeMs: number, ...labels: Labels[]) =>
    store.appendScrape(
      "here",
      timeMs,
      labels.map((one) => ({ labels: one, timeMs, value: 1 })),
    );
  store.append([{ labels: labelsOf({ __name__: "elsewhere" }), timeMs: 0, value: 1 }]);
  scrape(0, up, down);
  scrape(15_000, up);
  scrape(30_000, up);
  expect(namesAt(store, 14_000)).toEqual(["down", "elsewhere", "up"]);
  expect(namesAt(store, 31_000)).toEqual(["elsewhere", "up"]);
  expect(timesOf(store, "down")).toEqual([0, 15_000]);
  scrape(45_000, up, down);
  expect(namesAt(store, 46_000)).toEqual(["down", "elsewhere", "up"]);
});

test("a source without any sample ends all series that it had", () => {
  const store = new MemoryStore();
  store.appendScrape("here", 0, [{ labels: up, timeMs: 0, value: 1 }]);
  store.appendScrape("here", 1_000, []);
  store.appendScrape("here", 2_000, []);
  const buffer = read(store, "up");
  expect([...buffer.times.subarray(0, buffer.length)]).toEqual([0, 1_000]);
  expect(buffer.kinds[1]).toBe(STALE);
});

test("a series is appended to by reference as by its labels", () => {
  const store = new MemoryStore();
  const reference = store.reference(up);
  expect(store.size().series).toBe(0);
  expect(store.appendTo(reference, 1_000, 1)).toBe(true);
  expect(store.append([{ labels: up, timeMs: 2_000, value: 2 }])).toEqual({ appended: 1, outOfOrder: 0 });
  expect(store.appendTo(reference, 2_000, 2)).toBe(true);
  expect(store.appendTo(reference, 2_000, 3)).toBe(false);
  expect(store.appendTo(store.reference(up), 1_500, 3)).toBe(false);
  const histogram = floatHistogram({ count: 1, sum: 2 });
  expect(store.appendHistogramTo(reference, 3_000, histogram)).toBe(true);
  expect(store.appendHistogramTo(reference, 2_500, histogram)).toBe(false);
  expect(timesOf(store, "up")).toEqual([1_000, 2_000, 3_000]);
  expect(read(store, "up").histograms[2]).toMatchObject({ count: 1, sum: 2 });
  expect(store.size().series).toBe(1);
});

test("a series ends by reference once, unless it has a sample of that time", () => {
  const store = new MemoryStore();
  const reference = store.reference(up);
  store.endOf(reference, 500);
  store.appendTo(reference, 1_000, 1);
  store.endOf(reference, 1_000);
  expect(namesAt(store, 1_000)).toEqual(["up"]);
  store.endOf(reference, 2_000);
  store.endOf(reference, 3_000);
  expect(namesAt(store, 2_000)).toEqual([]);
  expect(timesOf(store, "up")).toEqual([1_000, 2_000]);
  store.appendTo(reference, 4_000, 1);
  expect(namesAt(store, 4_000)).toEqual(["up"]);
});

test("a reference finds its series again after the store has forgotten it", () => {
  const store = new MemoryStore({ retentionMs: 60_000 });
  const reference = store.reference(up);
  store.appendTo(reference, 0, 1);
  store.append([{ labels: down, timeMs: 600_000, value: 1 }]);
  store.prune();
  expect(store.labelValues("__name__")).toEqual(["down"]);
  store.endOf(reference, 610_000);
  expect(store.labelValues("__name__")).toEqual(["down"]);
  expect(store.appendTo(reference, 620_000, 2)).toBe(true);
  expect(timesOf(store, "up")).toEqual([620_000]);
});

test("samples behind the retention are forgotten by blocks, series without samples altogether", () => {
  const store = new MemoryStore({ retentionMs: 60_000 });
  store.append([{ labels: down, timeMs: 0, value: 1 }]);
  for (let timeMs = 0; timeMs <= 600_000; timeMs += 1_000) store.append([{ labels: up, timeMs, value: timeMs }]);
  const before = store.size();
  store.prune();
  const after = store.size();
  expect(before.series).toBe(2);
  expect(after.series).toBe(1);
  expect(after.bytes).toBeLessThan(before.bytes);
  const times = timesOf(store, "up");
  expect(times[0]).toBeGreaterThan(0);
  expect(times[0]).toBeLessThanOrEqual(540_000);
  expect(times).toHaveLength(after.samples);
  expect(store.labelValues("__name__")).toEqual(["up"]);
  expect(store.append([{ labels: down, timeMs: 1, value: 1 }])).toEqual({ appended: 1, outOfOrder: 0 });
});

test("the oldest samples go until the store is as small as it may be", () => {
  const maxBytes = 40_000;
  const store = new MemoryStore({ maxBytes });
  for (let i = 0; i < 10_000; i++) {
    store.append([
      { labels: up, timeMs: i * 1_000, value: i },
      { labels: down, timeMs: i * 1_000, value: i },
    ]);
  }
  expect(store.size().bytes).toBeGreaterThan(maxBytes);
  store.prune();
  expect(store.size().bytes).toBeLessThanOrEqual(maxBytes);
  expect(timesOf(store, "up").at(-1)).toBe(9_999_000);
  expect(timesOf(store, "up")).toEqual(timesOf(store, "down"));
});

test("the starts of counters stay with their samples when older ones are forgotten", () => {
  const store = new MemoryStore({ retentionMs: 10_000 });
  for (let i = 0; i < 1_000; i++) store.append([{ labels: up, timeMs: i * 1_000, value: i, startMs: 1 }]);
  store.prune();
  const buffer = read(store, "up");
  expect(buffer.startTimes).toHaveLength(buffer.length);
  expect(buffer.values[buffer.length - 1]).toBe(999);
});

test("gaps of years and steps of a millisecond keep their exact times", () => {
  const store = new MemoryStore();
  const times = [0, 1, 2, 86_400_000, 86_400_001, 3e12, 3e12 + 1];
  store.append(times.map((timeMs) => ({ labels: up, timeMs, value: timeMs })));
  expect(timesOf(store, "up")).toEqual(times);
});

test("a selection sees the series that came after it was made before", () => {
  const store = new MemoryStore();
  const matchers = [new LabelMatcher("job", "=", "api")];
  store.append([{ labels: up, timeMs: 0, value: 1 }]);
  expect(store.select(matchers)).toHaveLength(1);
  store.append([{ labels: down, timeMs: 0, value: 1 }]);
  expect(store.select(matchers)).toHaveLength(2);
});

test.each([
  [[["job", "=", "api"]], ["down", "up"]],
  [[["job", "!=", "api"]], ["bare", "db"]],
  [[["job", "=", ""]], ["bare"]],
  [[["job", "=~", "api|d.*"]], ["db", "down", "up"]],
  [[["job", "=~", ".*"]], ["bare", "db", "down", "up"]],
  [[["job", "=~", ".+"]], ["db", "down", "up"]],
  [[["job", "!~", "a.*"]], ["bare", "db"]],
  [[["job", "=", "nobody"]], []],
  [
    [
      ["job", "=", "api"],
      ["__name__", "!=", "up"],
    ],
    ["down"],
  ],
] as const)("the conditions %j select %j", (conditions, names) => {
  const store = new MemoryStore();
  const db = labelsOf({ __name__: "db", job: "db" });
  const bare = labelsOf({ __name__: "bare" });
  store.append([up, down, db, bare].map((labels) => ({ labels, timeMs: 0, value: 1 })));
  const found = store.select(conditions.map(([name, operator, value]) => new LabelMatcher(name, operator, value)));
  expect(found.map(({ labels }) => labels.pairs[1]).sort()).toEqual(names);
});

function read(store: MemoryStore, name: string): SampleBuffer {
  const buffer = new SampleBuffer();
  for (const series of store.select([new LabelMatcher("__name__", "=", name)])) series.read(everything, buffer);
  return buffer;
}

function timesOf(store: MemoryStore, name: string): readonly number[] {
  const buffer = read(store, name);
  return [...buffer.times.subarray(0, buffer.length)];
}

function namesAt(store: MemoryStore, timeMs: number): readonly unknown[] {
  const { value } = queryInstant(store, '{__name__=~".+"}', { timeMs });
  return value.type === "vector" ? value.samples.map(({ labels }) => labels.pairs[1]).sort() : [];
}

test("the latest sample of a range is the last of its samples, wherever the range ends", () => {
  const store = new MemoryStore();
  for (let i = 0; i < 100; i++) {
    const stale = i % 37 === 36;
    const histogram = i % 41 === 40 ? { histogram: floatHistogram({ count: i, sum: i }) } : {};
    store.append([{ labels: up, timeMs: i * 1_000, value: i, stale, ...histogram }]);
  }
  const [series] = store.select([new LabelMatcher("__name__", "=", "up")]);
  const all = new SampleBuffer();
  const last = new SampleBuffer();
  for (let toMs = -500; toMs < 101_000; toMs += 250) {
    for (const fromMs of [toMs - 3_000, toMs - 100, toMs - 100_000.5]) {
      all.clear();
      last.clear();
      series!.read({ fromMs, toMs }, all);
      series!.readLatest!({ fromMs, toMs }, last);
      expect(sampleAt(last, last.length - 1)).toEqual(sampleAt(all, all.length - 1));
      expect(last.length).toBe(Math.min(all.length, 1));
    }
  }
});

function sampleAt({ times, values, kinds, histograms, plain }: SampleBuffer, i: number): unknown {
  if (i < 0) return undefined;
  return [times[i], values[i], plain ? 0 : kinds[i], plain ? undefined : histograms[i]];
}
