/** What was usual at an hour: the medians of the last four weeks' hours, in a ring. */
import { medianOf } from "./median.ts";

const HOUR_MS = 3_600_000;
const DAY = 24;
const WEEK = 7 * DAY;
const KEPT_HOURS = 4 * WEEK;
/** Of an hour with more samples every second one is dropped, again and again. */
const MAX_SAMPLES = 64;

/** Which hours are like the one that is asked for: none, the same of other days, the same of other weeks. */
export type Season = "none" | "day" | "week";

export const SEASONS: readonly Season[] = ["none", "day", "week"];

export interface Usual {
  readonly value: number;
  /** How far off it may be, where one hour is quite another than the next: at what minute it changes is not known. */
  readonly doubt: number;
}

/** Of a season, around the hour that was asked for last. */
interface UsualHours {
  hour: number;
  nowHour: number;
  values: readonly (number | undefined)[];
}

const LEVEL: Usual = { value: 0, doubt: 0 };
/** Of a step between two hours, by how much it bends the line. */
const DOUBT = 0.12;

export interface HourHistory {
  /** Median of the hour at its number modulo the length; NaN where it had no sample. */
  readonly medians: Float32Array;
  readonly usual: { readonly day: UsualHours; readonly week: UsualHours };
  hour: number;
  firstHour: number;
  readonly samples: number[];
  stride: number;
  skipped: number;
}

export function hourHistory(): HourHistory {
  return {
    medians: new Float32Array(KEPT_HOURS).fill(Number.NaN),
    usual: { day: unknownHours(), week: unknownHours() },
    hour: -1,
    firstHour: -1,
    samples: [],
    stride: 1,
    skipped: 0,
  };
}

/** Takes a sample in; the median of the hour before it, once that is over. */
export function recordHour(history: HourHistory, timeMs: number, value: number): number | undefined {
  const hour = Math.floor(timeMs / HOUR_MS);
  let ended: number | undefined;
  if (hour !== history.hour) {
    if (history.samples.length > 0) ended = endHour(history);
    startHour(history, hour);
  }
  history.skipped++;
  if (history.skipped >= history.stride) {
    history.skipped = 0;
    history.samples.push(value);
    if (history.samples.length > MAX_SAMPLES) thinOut(history);
  }
  return ended;
}

/** What is usual at a time above its level, by the hours around it; undefined while too little is known. */
export function usualAt(history: HourHistory, timeMs: number, season: Season): Usual | undefined {
  if (season === "none") return LEVEL;
  // The median of an hour stands for its middle; between two of them the value is on the line.
  const position = timeMs / HOUR_MS - 0.5;
  const hour = Math.floor(position);
  const [earlier, before, after, later] = hoursAround(history, hour, season);
  if (before === undefined || after === undefined) return undefined;
  const step = after - before;
  const bend = Math.abs(step - (earlier === undefined ? step : before - earlier));
  const nextBend = Math.abs(step - (later === undefined ? step : later - after));
  return { value: before + step * (position - hour), doubt: DOUBT * Math.min(bend, nextBend) };
}

/**
 * What an hour usually is above the level of its day or week, which is that of the hours from it on: a trend is the same in
 * all of them, and takes no part.
 */
export function usualOfHour(history: HourHistory, hour: number, season: "day" | "week"): number | undefined {
  const period = season === "day" ? DAY : WEEK;
  const count = season === "day" ? 7 : 4;
  const values: number[] = [];
  for (let i = 1; i <= count; i++) {
    const past = hour - i * period;
    const median = medianOfHour(history, past);
    if (median === undefined) continue;
    values.push(median - levelOf(history, past, period));
  }
  return values.length === 0 ? undefined : medianOf(values);
}

/** The median of an hour that is over; undefined where it had no sample or is forgotten. */
export function medianOfHour(history: HourHistory, hour: number): number | undefined {
  if (hour >= history.hour || hour <= history.hour - KEPT_HOURS || hour < history.firstHour) return undefined;
  const median = history.medians[hour % KEPT_HOURS]!;
  return Number.isNaN(median) ? undefined : median;
}

/** Whole hours since the first sample. */
export function knownHours(history: HourHistory): number {
  return history.firstHour < 0 ? 0 : history.hour - history.firstHour;
}

/**
 * Of a day the median, as the next ones outvote it where it jumps. Of a week the mean: there are few of them, and a new level
 * has to come into it little by little.
 */
function levelOf(history: HourHistory, first: number, period: number): number {
  const medians: number[] = [];
  for (let hour = first; hour < first + period; hour++) {
    const median = medianOfHour(history, hour);
    if (median !== undefined) medians.push(median);
  }
  return period === DAY ? medianOf(medians) : medians.reduce((sum, one) => sum + one, 0) / medians.length;
}

/** What is usual at the hours from one before to two after; found once an hour. */
function hoursAround(history: HourHistory, hour: number, season: "day" | "week"): readonly (number | undefined)[] {
  const known = history.usual[season];
  if (known.hour !== hour || known.nowHour !== history.hour) {
    known.hour = hour;
    known.nowHour = history.hour;
    known.values = [-1, 0, 1, 2].map((offset) => usualOfHour(history, hour + offset, season));
  }
  return known.values;
}

function unknownHours(): UsualHours {
  return { hour: -1, nowHour: -1, values: [] };
}

function endHour(history: HourHistory): number {
  const median = medianOf(history.samples);
  history.medians[history.hour % KEPT_HOURS] = median;
  return median;
}

function startHour(history: HourHistory, hour: number): void {
  if (history.hour < 0) history.firstHour = hour;
  else {
    const gap = Math.min(hour - history.hour - 1, KEPT_HOURS);
    for (let i = 0; i < gap; i++) history.medians[(hour - 1 - i) % KEPT_HOURS] = Number.NaN;
  }
  history.medians[hour % KEPT_HOURS] = Number.NaN;
  history.hour = hour;
  history.samples.length = 0;
  history.stride = 1;
  history.skipped = 0;
}

function thinOut(history: HourHistory): void {
  const kept = history.samples.filter((_, i) => i % 2 === 0);
  history.samples.length = 0;
  history.samples.push(...kept);
  history.stride *= 2;
}
