/** What the next sample will be, by several simple forecasts side by side, of which the best one so far is believed. */

import type { Season, Usual } from "./hour-history.ts";
import { medianOf } from "./median.ts";

/** The level is the median of so many samples, after what is usual at the hour is taken off. */
const WINDOWS = [7, 31] as const;
const LONGEST = 31;
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
  readonly spreads: readonly [Spread, Spread];
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
  const of = (season: Season): SeasonForecast => ({ season, levels: [], spreads: [spread(), spread()] });
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
    const { levels, spreads } = seasons[index >> 1]!;
    const base = usual[index >> 1];
    if (base === undefined || levels.length < ARMED_AT) continue;
    const { now, all } = spreads[index & 1]!;
    const habit = NORMAL * Math.max(now, 0.6 * all, 0.8 * hours[((hour % DAY) + DAY) % DAY]!);
    const spread = base.doubt + Math.max(habit, PEAK_SHARE * Math.sqrt(peaks));
    return { value: base.value + level(levels, WINDOWS[index & 1]!), spread };
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
      for (let w = 0; w < WINDOWS.length; w++) {
        const error = Math.abs(rest - level(levels, WINDOWS[w]!));
        const counted = widen(spreads[w]!, error);
        if (s * 2 + w !== forecaster.best) continue;
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

function level(levels: readonly number[], window: number): number {
  return medianOf(levels.length > window ? levels.slice(-window) : levels);
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
    const { count, all } = seasons[index >> 1]!.spreads[index & 1]!;
    return count < LONGEST ? Number.POSITIVE_INFINITY : all;
  };
  let best = forecaster.best;
  for (let index = 0; index < 6; index++) {
    if (errorOf(index) < 0.9 * errorOf(best)) best = index;
  }
  forecaster.best = best;
}
