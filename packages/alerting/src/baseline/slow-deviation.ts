/**
 * What creeps up, or stays away when it usually comes: the median of the last samples against what is usual at this hour.
 * A forecast that follows the level sees neither.
 */
import { type HourHistory, medianOfHour, type Usual, usualOfHour } from "./hour-history.ts";
import { medianOf } from "./median.ts";

const SMOOTHED = 12;
/** The level may drift from week to week: that of two days is taken off. */
const DRIFT_HOURS = 48;
const ARMED_AT_HOURS = 7 * 24;
/** How far it strays is learned from then on. */
const LEARNED_AT_HOURS = 48;
/** Of a normal distribution, the standard deviation over the mean absolute deviation. */
const NORMAL = 1.2533;
const CLIP = 4;

export interface SlowDeviation {
  /** What the last samples were above what was usual then. */
  readonly recent: number[];
  /** What the hours of the last two days were above what was usual. */
  readonly errors: number[];
  /** Which of them foretells an hour better. */
  season: "day" | "week";
  hours: number;
  /** Mean absolute errors by the day and by the week. */
  dayError: number;
  weekError: number;
  weeks: number;
  drift: number;
  spread: number;
}

export function slowDeviation(): SlowDeviation {
  return { recent: [], errors: [], season: "day", hours: 0, dayError: 0, weekError: 0, weeks: 0, drift: 0, spread: 0 };
}

/** Takes in what a whole hour was; true when another season is compared with from now on. */
export function recordSlowHour(
  slow: SlowDeviation,
  { history, hour, median }: { readonly history: HourHistory; readonly hour: number; readonly median: number },
): boolean {
  const [day, week] = [usualOfHour(history, hour, "day"), usualOfHour(history, hour, "week")];
  slow.hours++;
  if (day !== undefined) slow.dayError += (Math.abs(median - day) - slow.dayError) / DRIFT_HOURS;
  if (week !== undefined) {
    slow.weeks++;
    slow.weekError += (Math.abs(median - week) - slow.weekError) / Math.min(slow.weeks, DRIFT_HOURS);
  }
  const season = betterSeason(slow);
  if (season !== slow.season) {
    changeSeason(slow, { history, hour, season });
    return true;
  }
  const usual = season === "week" ? week : day;
  if (usual !== undefined) recordError(slow, median - usual);
  return false;
}

/** In standard deviations; 0 while it is not known what is usual. `least` is the least that counts as one of them. */
export function slowDeviationOf(
  slow: SlowDeviation,
  { value, usual, least }: { readonly value: number; readonly usual: Usual | undefined; readonly least: number },
): number {
  if (usual === undefined) return 0;
  slow.recent.push(value - usual.value);
  if (slow.recent.length > SMOOTHED) slow.recent.shift();
  if (slow.recent.length < SMOOTHED || slow.errors.length < LEARNED_AT_HOURS) return 0;
  return Math.abs(medianOf(slow.recent) - slow.drift) / (usual.doubt + Math.max(slow.spread, least));
}

/** Whether it has seen each day of the week: before that, a Saturday would be an anomaly. */
export function slowArmed({ hours }: SlowDeviation): boolean {
  return hours >= ARMED_AT_HOURS;
}

function betterSeason({ season, dayError, weekError, weeks }: SlowDeviation): "day" | "week" {
  if (weeks < DRIFT_HOURS) return "day";
  return weekError < (season === "week" ? 1.2 : 0.8) * dayError ? "week" : "day";
}

/** The errors that this season would have had. */
function changeSeason(
  slow: SlowDeviation,
  { history, hour, season }: { readonly history: HourHistory; readonly hour: number; readonly season: "day" | "week" },
): void {
  slow.season = season;
  slow.recent.length = 0;
  slow.errors.length = 0;
  slow.drift = 0;
  slow.spread = 0;
  for (let past = hour - DRIFT_HOURS + 1; past <= hour; past++) {
    const [median, usual] = [medianOfHour(history, past), usualOfHour(history, past, season)];
    if (median !== undefined && usual !== undefined) recordError(slow, median - usual);
  }
}

function recordError(slow: SlowDeviation, error: number): void {
  slow.errors.push(error);
  if (slow.errors.length > DRIFT_HOURS) slow.errors.shift();
  const stray = NORMAL * Math.abs(error - slow.drift);
  const counted = slow.errors.length < DRIFT_HOURS || slow.spread === 0 ? stray : Math.min(stray, CLIP * slow.spread);
  slow.spread += (counted - slow.spread) / Math.min(slow.errors.length, DRIFT_HOURS);
  slow.drift = medianOf(slow.errors);
}
