/** What the next sample will be, by several simple forecasts side by side, of which the best one so far is believed. */

import type { Season, Usual } from "./hour-history.ts";
import { medianOf } from "./median.ts";

/**
 * How the level goes on, after what is usual at the hour is taken off: it is the median of few samples, or of many, or goes on in a
 * line, as where it rises and falls for days. Outliers are not among the samples, so that the line may be that of least squares.
 */
const COURSES = [
  (levels: readonly number[]): number => median(levels, 7),
  (levels: readonly number[]): number => median(levels, 31),
  line,
] as const;
const LONGEST = 31;
/** Samples behind the line. */
const LINE = 15;
const ARMED_AT = 4;
/** Samples over which the spread is averaged: how volatile it is now, and how volatile it is at all. */
const NOW = 48;
const ALL = 1_000;
const DAY = 24;
/** Of a normal distribution, the standard deviation over the mean absolute deviation. */
const NORMAL = 1.2533;
/** The greatest error of an hour is far above the spread where there are many samples: a part of it counts. */
const PEAK_SHARE = 0.2;
const PEAK_HOURS = 300;
const PEAK_CLIP = 10;
/** A sample counts at most so many spreads, so that an outlier does not widen the band for those after it. */
const CLIP = 4;

/** Those of a simple forecast: the mean absolute errors. */
interface Spread {
  now: number;
  all: number;
  count: number;
}

export interface SeasonForecast {
  readonly season: Season;
  /** The last samples without what is usual at their hour. */
  readonly levels: number[];
  /** By course. */
  readonly spreads: readonly Spread[];
}

export interface Forecaster {
  readonly seasons: readonly [SeasonForecast, SeasonForecast, SeasonForecast];
  /** Mean absolute error by the hour of the day, of the forecast that was believed. */
  readonly hours: number[];
  /** Mean square of the greatest error of each hour: what seldom stirs has no spread but this. */
  peaks: number;
  peakHours: number;
  peak: number;
  hour: number;
  best: number;
}

export interface Forecast {
  readonly value: number;
  readonly spread: number;
}

export function forecaster(): Forecaster {
  const spread = (): Spread => ({ now: 0, all: 0, count: 0 });
  const of = (season: Season): SeasonForecast => ({ season, levels: [], spreads: COURSES.map(spread) });
  return {
    seasons: [of("none"), of("day"), of("week")],
    hours: new Array<number>(DAY).fill(0),
    peaks: 0,
    peakHours: 0,
    peak: 0,
    hour: 0,
    best: 0,
  };
}

/** By the forecast that is believed; undefined while there are too few samples. `usual` is by season. */
export function forecastOf(
  { seasons, hours, peaks, best }: Forecaster,
  { usual, hour }: { readonly usual: readonly (Usual | undefined)[]; readonly hour: number },
): Forecast | undefined {
  for (const index of [best, 0]) {
    const [season, course] = placeOf(index);
    const { levels, spreads } = seasons[season]!;
    const base = usual[season];
    if (base === undefined || levels.length < ARMED_AT) continue;
    const { now, all } = spreads[course]!;
    const habit = NORMAL * Math.max(now, 0.6 * all, 0.8 * hours[((hour % DAY) + DAY) % DAY]!);
    const spread = base.doubt + Math.max(habit, PEAK_SHARE * Math.sqrt(peaks));
    return { value: base.value + COURSES[course]!(levels), spread };
  }
  return undefined;
}

/** Takes a sample in. One that is an outlier counts for the spreads as the outlier that it is, and not for the level. */
export function recordSample(
  forecaster: Forecaster,
  sample: {
    readonly value: number;
    readonly usual: readonly (Usual | undefined)[];
    readonly hour: number;
    readonly outlier: boolean;
  },
): void {
  for (const [s, { levels, spreads }] of forecaster.seasons.entries()) {
    const base = sample.usual[s];
    if (base === undefined) continue;
    const rest = sample.value - base.value;
    if (levels.length >= ARMED_AT) {
      for (const [c, course] of COURSES.entries()) {
        const error = Math.abs(rest - course(levels));
        const counted = widen(spreads[c]!, error);
        if (s * COURSES.length + c !== forecaster.best) continue;
        widenHour(forecaster, sample.hour, counted);
        recordPeak(forecaster, sample.hour, error);
      }
    }
    if (sample.outlier) continue;
    levels.push(rest);
    if (levels.length > LONGEST) levels.shift();
  }
  choose(forecaster);
}

/** The level is now that of these values, in a season where that is known. */
export function relevel(
  { seasons }: Forecaster,
  { values, usual }: { readonly values: readonly number[]; readonly usual: readonly (Usual | undefined)[] },
): void {
  for (const [s, { levels }] of seasons.entries()) {
    const base = usual[s];
    levels.length = 0;
    if (base !== undefined) levels.push(...values.map((value) => value - base.value));
  }
}

function median(levels: readonly number[], window: number): number {
  return medianOf(levels.length > window ? levels.slice(-window) : levels);
}

function line(levels: readonly number[]): number {
  if (levels.length < LINE) return median(levels, LINE);
  const first = levels.length - LINE;
  const middle = (LINE - 1) / 2;
  let sum = 0;
  let slope = 0;
  for (let i = 0; i < LINE; i++) {
    sum += levels[first + i]!;
    slope += (i - middle) * levels[first + i]!;
  }
  const squares = (LINE * (LINE * LINE - 1)) / 12;
  return sum / LINE + (slope / squares) * (LINE - middle);
}

function placeOf(index: number): readonly [season: number, course: number] {
  return [Math.floor(index / COURSES.length), index % COURSES.length];
}

function widen(spread: Spread, error: number): number {
  spread.count++;
  const known = Math.max(spread.now, spread.all);
  // Up to the first window the spread is not known, and nothing can be told to be an outlier.
  const counted = spread.count <= LONGEST || known === 0 ? error : Math.min(error, CLIP * known);
  spread.now += (counted - spread.now) / Math.min(spread.count, NOW);
  spread.all += (counted - spread.all) / Math.min(spread.count, ALL);
  return counted;
}

function widenHour({ hours }: Forecaster, hour: number, error: number): void {
  const slot = ((hour % DAY) + DAY) % DAY;
  hours[slot]! += (error - hours[slot]!) / NOW;
}

function recordPeak(forecaster: Forecaster, hour: number, error: number): void {
  if (hour !== forecaster.hour) {
    const { peak, peaks, peakHours } = forecaster;
    const known = Math.sqrt(peaks);
    const counted = known > 0 && peakHours > DAY ? Math.min(peak, PEAK_CLIP * known) : peak;
    forecaster.peakHours++;
    forecaster.peaks += (counted * counted - peaks) / Math.min(forecaster.peakHours, PEAK_HOURS);
    forecaster.peak = 0;
    forecaster.hour = hour;
  }
  if (error > forecaster.peak) forecaster.peak = error;
}

/** A forecast has to be better by a tenth to be believed instead. */
function choose(forecaster: Forecaster): void {
  const { seasons } = forecaster;
  const errorOf = (index: number): number => {
    const [season, course] = placeOf(index);
    const { count, all } = seasons[season]!.spreads[course]!;
    return count < LONGEST ? Number.POSITIVE_INFINITY : all;
  };
  let best = forecaster.best;
  for (let index = 0; index < seasons.length * COURSES.length; index++) {
    if (errorOf(index) < 0.9 * errorOf(best)) best = index;
  }
  forecaster.best = best;
}
