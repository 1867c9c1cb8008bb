/**
 * What creeps up, or stays away when it usually comes: the median of the last samples against what is usual at this hour.
 * A forecast that follows the level sees neither.
 */
import { type HourHistory, medianOfHour, type Usual, usualOfHour } from "./hour-history.ts";
import { medianOf } from "./median.ts";

/** The median is of so many samples, but of two hours at most, as long as three samples are left. */
const MOST_SAMPLES = 12;
const LEAST_SAMPLES = 3;
const SMOOTHED_MS = 7_200_000;
/** The level may drift from week to week: that of two days is taken off. */
const DRIFT_HOURS = 48;
/** Which season is the better one is seen at the weekend. */
const SEASON_HOURS = 7 * 24;
const ARMED_AT_HOURS = 7 * 24;
/** How far it strays is learned from then on. */
const LEARNED_AT_HOURS = 48;
/** Of a normal distribution, the standard deviation over the mean absolute deviation. */
const NORMAL = 1.2533;
const CLIP = 4;

/** How well a season foretells the hours. */
interface SeasonFit {
  mean: number;
  error: number;
  count: number;
}

export interface SlowDeviation {
  /** What the last samples were above what was usual then. */
  readonly recent: number[];
  /** How far off that may be, for each of them. */
  readonly doubts: number[];
  /** What the hours of the last two days were above what was usual. */
  readonly errors: number[];
  /** Which of them foretells an hour better. */
  season: "day" | "week";
  hours: number;
  readonly day: SeasonFit;
  readonly week: SeasonFit;
  drift: number;
  spread: number;
}

export function slowDeviation(): SlowDeviation {
  return {
    recent: [],
    doubts: [],
    errors: [],
    season: "day",
    hours: 0,
    day: { mean: 0, error: 0, count: 0 },
    week: { mean: 0, error: 0, count: 0 },
    drift: 0,
    spread: 0,
  };
}

/** Takes in what a whole hour was; true when another season is compared with from now on. */
export function recordSlowHour(
  slow: SlowDeviation,
  { history, hour, median }: { readonly history: HourHistory; readonly hour: number; readonly median: number },
): boolean {
  const [day, week] = [usualOfHour(history, hour, "day"), usualOfHour(history, hour, "week")];
  slow.hours++;
  if (day !== undefined) recordFit(slow.day, median - day);
  if (week !== undefined) recordFit(slow.week, median - week);
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
  {
    value,
    usual,
    least,
    intervalMs,
  }: {
    readonly value: number;
    readonly usual: Usual | undefined;
    readonly least: number;
    readonly intervalMs: number;
  },
): number {
  if (usual === undefined) return 0;
  const samples = Math.max(LEAST_SAMPLES, Math.min(MOST_SAMPLES, Math.floor(SMOOTHED_MS / intervalMs)));
  slow.recent.push(value - usual.value);
  slow.doubts.push(usual.doubt);
  while (slow.recent.length > samples) {
    slow.recent.shift();
    slow.doubts.shift();
  }
  if (slow.recent.length < samples || slow.errors.length < LEARNED_AT_HOURS) return 0;
  return Math.abs(medianOf(slow.recent) - slow.drift) / (Math.max(...slow.doubts) + Math.max(slow.spread, least));
}

/** After a gap the last samples say nothing of now. */
export function forgetRecent({ recent, doubts }: SlowDeviation): void {
  recent.length = 0;
  doubts.length = 0;
}

/** Whether it has seen each day of the week: before that, a Saturday would be an anomaly. */
export function slowArmed({ hours }: SlowDeviation): boolean {
  return hours >= ARMED_AT_HOURS;
}

/** How far the hours are from what they usually are above their level, which is the mean. */
function recordFit(fit: SeasonFit, error: number): void {
  fit.count++;
  const count = Math.min(fit.count, SEASON_HOURS);
  fit.mean += (error - fit.mean) / count;
  fit.error += (Math.abs(error - fit.mean) - fit.error) / count;
}

function betterSeason({ season, day, week }: SlowDeviation): "day" | "week" {
  if (week.count < DRIFT_HOURS) return "day";
  return week.error < (season === "week" ? 1.2 : 0.8) * day.error ? "week" : "day";
}

/** The errors that this season would have had. */
function changeSeason(
  slow: SlowDeviation,
  { history, hour, season }: { readonly history: HourHistory; readonly hour: number; readonly season: "day" | "week" },
): void {
  slow.season = season;
  forgetRecent(slow);
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
