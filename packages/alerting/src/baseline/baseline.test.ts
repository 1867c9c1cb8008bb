import { expect, test } from "vitest";
import { Baseline, type BaselineReading } from "./baseline.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const STEP = 5 * MINUTE;
/** A Monday. */
const START = Date.UTC(2026, 0, 5);

interface Point {
  readonly day: number;
  readonly reading: BaselineReading | undefined;
}

/** Feeds values by the day, a sample every five minutes, with noise of 1 at most; NaN is a sample that is missing. */
function run(days: number, valueAt: (day: number) => number, baseline = new Baseline()): Point[] {
  const points: Point[] = [];
  for (let i = 0; i < (days * DAY) / STEP; i++) {
    const day = (i * STEP) / DAY;
    points.push({ day, reading: baseline.feed({ timeMs: START + i * STEP, value: valueAt(day) }) });
  }
  return points;
}

const noise = (day: number): number => Math.sin(day * 7_919) * Math.cos(day * 104_729);
const season = (day: number): number => 100 + 50 * Math.sin(day * 2 * Math.PI) + noise(day);

/** From when to when it was anomalous; what is within two hours is one alarm. */
function alarms(points: readonly Point[]): { from: number; to: number }[] {
  const found: { from: number; to: number }[] = [];
  for (const { day } of points.filter(({ reading }) => reading !== undefined && reading.score > 1)) {
    const last = found.at(-1);
    if (last !== undefined && day - last.to < 2 / 24) last.to = day;
    else found.push({ from: day, to: day });
  }
  return found;
}

const within = (day: number, from: number, to: number): boolean => day >= from && day < to;

test("nothing is anomalous before it knows something", () => {
  const baseline = new Baseline();
  const first = [1, 1_000, -5, 1e9, 0].map(
    (value, i) => baseline.feed({ timeMs: START + i * STEP, value })?.score ?? 0,
  );
  expect(first).toEqual([0, 0, 0, 0, 0]);
});

test("a season of a day is no anomaly, and its band is as narrow as its noise once it is known", () => {
  const points = run(14, season);
  expect(alarms(points.filter(({ day }) => day > 2))).toEqual([]);
  for (const { day, reading } of points.filter((point) => point.day > 10)) {
    expect(Math.abs(reading!.baseline - season(day))).toBeLessThan(8);
    expect(reading!.upper - reading!.lower).toBeLessThan(40);
  }
});

test("a weekend is no anomaly once it has seen one", () => {
  const weekly = (day: number): number => (day % 7 < 5 ? season(day) : season(day) / 4);
  expect(alarms(run(28, weekly).filter(({ day }) => day > 14))).toEqual([]);
});

test("a spike is anomalous at once and only while it lasts", () => {
  const points = run(12, (day) => season(day) + (within(day, 10.5, 10.51) ? 60 : 0));
  const [alarm, ...more] = alarms(points.filter(({ day }) => day > 2));
  expect(more).toEqual([]);
  expect(alarm!.from).toBeCloseTo(10.5, 2);
  expect(alarm!.to).toBeLessThan(10.52);
});

test("the score is above 1 exactly where the value is outside the band, as long as nothing lasts", () => {
  const baseline = new Baseline();
  run(12, season, baseline);
  const timeMs = START + 12 * DAY;
  const { lower, upper } = new Baseline({}, baseline.save()).feed({ timeMs, value: 100 })!;
  const scoreOf = (value: number): number => new Baseline({}, baseline.save()).feed({ timeMs, value })!.score;
  expect(scoreOf(upper + 0.01)).toBeGreaterThan(1);
  expect(scoreOf(upper - 0.01)).toBeLessThan(1);
  expect(scoreOf(lower - 0.01)).toBeGreaterThan(1);
  expect(scoreOf(lower + 0.01)).toBeLessThan(1);
});

test("a new level is one alarm, and after an hour it is what is usual", () => {
  const points = run(14, (day) => 100 + noise(day) + (day >= 10 ? 40 : 0));
  const [alarm, ...more] = alarms(points);
  expect(more).toEqual([]);
  expect(alarm!.from).toBeCloseTo(10, 1);
  expect(alarm!.to - alarm!.from).toBeLessThan(2 / 24);
  expect(points.at(-1)!.reading!.baseline).toBeCloseTo(140, -1);
});

test("a season that stays away is anomalous though no sample jumps", () => {
  const points = run(12, (day) => (within(day, 10.1, 10.6) ? season(10.1) + noise(day) : season(day)));
  expect(alarms(points.filter(({ day }) => within(day, 10.1, 10.6)))).not.toEqual([]);
});

test("a slow leak is anomalous though no sample jumps", () => {
  const points = run(12, (day) => season(day) + (day > 10 ? (day - 10) * 40 : 0));
  expect(alarms(points.filter(({ day }) => day > 2 && day < 10))).toEqual([]);
  expect(alarms(points.filter(({ day }) => within(day, 10, 11.5)))).not.toEqual([]);
});

test("a value that stands still and never did is anomalous", () => {
  const points = run(8, (day) => (within(day, 6, 6.5) ? 100 : 100 + noise(day)));
  expect(alarms(points)[0]!.from).toBeGreaterThan(6);
  expect(alarms(points)[0]!.from).toBeLessThan(6.3);
});

test("a constant series has no anomaly, and any step of it is one", () => {
  const points = run(7, (day) => (within(day, 5, 5.01) ? 43 : 42));
  expect(alarms(points).map(({ from }) => from.toFixed(1))).toEqual(["5.0"]);
});

test("what happens every night at another minute is no anomaly after some nights", () => {
  const job = (day: number): boolean =>
    within(day % 1, 0.1 + (Math.floor(day) % 5) * 0.004, 0.11 + (Math.floor(day) % 5) * 0.004);
  const points = run(28, (day) => 20 + noise(day) + (job(day) ? 50 : 0));
  expect(alarms(points.filter(({ day }) => day > 10))).toEqual([]);
});

test("a trend is no anomaly", () => {
  expect(alarms(run(21, (day) => 100 + 10 * day + noise(day)))).toEqual([]);
});

test("missing samples and times in the wrong order are passed over", () => {
  const points = run(12, (day) => (within(day, 10, 10.3) ? Number.NaN : season(day)));
  expect(alarms(points.filter(({ day }) => day > 2))).toEqual([]);
  expect(points.find(({ day }) => day > 10.1)!.reading).toBeUndefined();
  const baseline = new Baseline();
  run(1, season, baseline);
  expect(baseline.feed({ timeMs: START, value: 1 })).toBeUndefined();
});

test("the band is wider at an hour that is always volatile", () => {
  const points = run(14, (day) => 100 + noise(day) * (within(day % 1, 9 / 24, 10 / 24) ? 10 : 1));
  const width = (hour: number): number => {
    const { lower, upper } = points.find(({ day }) => day > 12 + (hour + 0.5) / 24)!.reading!;
    return upper - lower;
  };
  expect(width(9)).toBeGreaterThan(2 * width(5));
});

test("after a restart it goes on as if there had been none", () => {
  const baseline = new Baseline();
  run(9, season, baseline);
  const restored = new Baseline({}, baseline.save());
  for (let i = 0; i < 300; i++) {
    const sample = { timeMs: START + 9 * DAY + i * STEP, value: season(9 + (i * STEP) / DAY) + (i === 150 ? 80 : 0) };
    expect(restored.feed(sample)).toEqual(baseline.feed(sample));
  }
});

test("what cannot be read is learned anew", () => {
  for (const saved of ["", "{}", "null", "[1]", '{"version":99}', '{"version":1,"history":{}}']) {
    expect(new Baseline({}, saved).feed({ timeMs: START, value: 1 })).toBeUndefined();
  }
});

test("it takes no more memory after a year than after four weeks", () => {
  const baseline = new Baseline();
  const bytes: number[] = [];
  for (let hour = 0; hour < 365 * 24; hour++) {
    baseline.feed({ timeMs: START + hour * HOUR, value: season(hour / 24) });
    if (hour === 28 * 24) bytes.push(baseline.save().length);
  }
  expect(baseline.save().length).toBeLessThan(bytes[0]! * 1.1);
});
