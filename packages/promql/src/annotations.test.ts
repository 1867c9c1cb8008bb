import { beforeAll, expect, test } from "vitest";
import { formatLabels, labelsOf } from "./labels.ts";
import { MemoryStore } from "./memory-store/memory-store.ts";
import { queryInstant, queryRange } from "./query.ts";
import { parseTestScript } from "./test-script/parse-script.ts";

const store = new MemoryStore();

beforeAll(() => {
  const script = `load 1m
    requests_total{job="a"} 0+1x10
    temperature{job="a"} 20+1x10
    bucketless{job="a"} 1x10
    falling_bucket{le="1"} 10x10
    falling_bucket{le="2"} 8x10
    falling_bucket{le="+Inf"} 10x10
    both_bucket{le="1"} 1x10
    both_bucket{le="+Inf"} 2x10
    both_bucket {{schema:0 sum:1 count:1 buckets:[1]}}x10
    counter {{schema:0 sum:1 count:1 buckets:[1]}}+{{schema:0 sum:1 count:1 buckets:[1]}}x10
    gauge {{schema:0 sum:1 count:1 buckets:[1] counter_reset_hint:gauge}}x10
    custom{b="1"} {{schema:-53 sum:1 count:1 custom_values:[1 2] buckets:[1]}}x10
    custom{b="2"} {{schema:-53 sum:1 count:1 custom_values:[1 3] buckets:[1]}}x10
    turning {{schema:0 sum:1 count:1 buckets:[1]}}x4 {{schema:-53 sum:1 count:1 custom_values:[1 2] buckets:[1]}}x6
    turned 1x4 {{schema:0 sum:1 count:1 buckets:[1]}}x6
    unmeasured {{schema:0 sum:NaN count:3 buckets:[1 1]}}x10
    restarted {{schema:0 sum:1 count:5 buckets:[5]}}x6 {{schema:0 sum:1 count:1 buckets:[1]}}x3
  `;
  for (const command of parseTestScript(script)) if (command.kind === "load") store.append(command.samples);
});

test.each([
  ["quantile(2, temperature)", "quantile value should be between 0 and 1, got 2 (1:10)"],
  ["limit_ratio(-1.5, temperature)", "ratio value should be between -1 and 1, got -1.5, capping to -1 (1:13)"],
  ["histogram_quantile(0.5, bucketless)", 'bucket label "le" is missing or has a malformed value of "" (1:25)'],
  ["sum_over_time(turned[5m])", 'encountered a mix of histograms and floats for metric name "turned" (1:15)'],
  ['sum({__name__=~"counter|temperature"})', "encountered a mix of histograms and floats for aggregation (1:5)"],
  ["histogram_quantile(0.5, both_bucket)", "vector contains a mix of classic and native histograms (1:25)"],
  ["rate(gauge[5m])", 'this native histogram metric is not a counter: "gauge" (1:6)'],
  ["delta(counter[5m])", 'this native histogram metric is not a gauge: "counter" (1:7)'],
  [
    "rate(turning[9m])",
    'vector contains a mix of histograms with exponential and custom buckets schemas for metric name "turning" (1:6)',
  ],
  ["counter + on () custom{b='1'}", "incompatible bucket layout encountered for binary operator + (1:1)"],
  ["histogram_count(sum_over_time(restarted[5m]))", "conflicting counter resets during histogram aggregation (1:31)"],
  ["integral(temperature[5m], 7)", "strategy should be 0, 1, or 2 (default), using 2, got 7 (1:27)"],
])("%s warns: %s", (query, message) => {
  const { warnings } = queryInstant(store, query, { timeMs: 480_000, experimentalFunctions: true });
  expect(warnings).toContain(`PromQL warning: ${message}`);
});

test.each([
  [
    "rate(temperature[5m])",
    'metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "temperature" (1:6)',
  ],
  ["counter > temperature", undefined],
  [
    "counter > on () temperature",
    'incompatible sample types encountered for binary operator ">": histogram > float (1:1)',
  ],
  ["max(counter)", "ignored histogram in max aggregation (1:5)"],
  [
    "max_over_time(turned[9m])",
    'ignored histograms in a range containing both floats and histograms for metric name "turned" (1:15)',
  ],
  [
    "histogram_quantile(0.5, unmeasured)",
    "input to histogram_quantile has NaN observations, result is skewed higher (1:25)",
  ],
  ["histogram_quantile(1, unmeasured)", "input to histogram_quantile has NaN observations, result is NaN (1:23)"],
  [
    "histogram_fraction(0, 1, unmeasured)",
    "input to histogram_fraction has NaN observations, which are excluded from all fractions (1:26)",
  ],
  ["sum(custom)", "mismatched custom buckets were reconciled during aggregation (1:5)"],
  ['custom{b="1"} + on () custom{b="2"}', "mismatched custom buckets were reconciled during addition (1:1)"],
])("%s informs: %s", (query, message) => {
  const { infos } = queryInstant(store, query, { timeMs: 480_000 });
  expect(infos).toEqual(message === undefined ? [] : [`PromQL info: ${message}`]);
});

test("where types are labels, a counter is known by its type and not by its name", () => {
  const typed = new MemoryStore();
  const labels = labelsOf({ __name__: "work_total", __type__: "gauge" });
  typed.append([0, 60_000].map((timeMs) => ({ labels, timeMs, value: timeMs })));
  const options = { timeMs: 60_000, typeAndUnitLabels: true };
  expect(queryInstant(typed, "rate(work_total[5m])", options).infos).toEqual([
    'PromQL info: metric might not be a counter, __type__ label is not set to "counter" or "histogram", got "gauge": "work_total" (1:6)',
  ]);
  expect(queryInstant(typed, "rate(work_total[5m])", { timeMs: 60_000 }).infos).toEqual([]);
});

test("a counter that started anew before its last sample was taken is warned of", () => {
  const counters = new MemoryStore();
  for (const job of ["a", "b"]) {
    const labels = labelsOf({ __name__: "work_total", job });
    const starts = [-60_000, 30_000, -30_000];
    counters.append(starts.map((startMs, i) => ({ labels, timeMs: i * 60_000, value: i, startMs })));
  }
  const { warnings } = queryInstant(counters, "rate(work_total[5m])", { timeMs: 120_000 });
  expect(warnings).toEqual([
    'PromQL warning: sample has start time that overlaps with previous sample timestamp for metric "work_total" (2 occurrences) (1:6)',
  ]);
});

test("buckets that fall are repaired, and the info says which, by how much and when", () => {
  const { infos } = queryInstant(store, "histogram_quantile(0.5, falling_bucket)", { timeMs: 480_000 });
  expect(infos).toEqual([
    "PromQL info: input to histogram_quantile needed to be fixed for monotonicity " +
      "(see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile), " +
      "from buckets 2 to 2, with a max diff of 2, over 1 samples from 1970-01-01T00:08:00Z to 1970-01-01T00:08:00Z (1:25)",
  ]);
});

test("sorting warns in a range only, where the order is that of the labels", () => {
  const range = { startMs: 0, endMs: 60_000, stepMs: 60_000 };
  const message = "sort is ineffective for range queries since results are always ordered by labels (1:1)";
  expect(queryRange(store, "sort_desc(temperature)", range).warnings).toEqual([`PromQL warning: ${message}`]);
  expect(queryInstant(store, "sort_desc(temperature)", { timeMs: 0 }).warnings).toEqual([]);
});

test("an annotation is told once, whatever the number of steps", () => {
  const range = { startMs: 300_000, endMs: 480_000, stepMs: 60_000 };
  expect(queryRange(store, "rate(temperature[5m])", range).infos).toHaveLength(1);
});

test("a faultless query says nothing", () => {
  const { value, warnings, infos } = queryInstant(store, "rate(requests_total[5m])", { timeMs: 480_000 });
  expect(value.type === "vector" && value.samples.map(({ labels }) => formatLabels(labels))).toEqual(['{job="a"}']);
  expect([...warnings, ...infos]).toEqual([]);
});
