/**
 * How far a series strays by its own habit: the greatest deviation of each hour, in a histogram that forgets. What it does
 * every day or two is no anomaly, however far out a normal distribution would have it.
 */

const FIRST = 0.5;
const GROWTH = 1.2;
const BINS = 64;
const HALF_LIFE_HOURS = 14 * 24;
const DECAY = 0.5 ** (1 / HALF_LIFE_HOURS);
/** One hour in so many may go beyond. */
const RANK = 0.98;
const MARGIN = 1.2;
/** A deviation counts at most so many thresholds: one great anomaly does not hide the next. */
const CLIP = 2;

/** More than this is not told apart. */
export const MAX_DEVIATION = 40_000;

export interface RankCalibration {
  bins: number[];
  hour: number;
  greatest: number;
  total: number;
  threshold: number;
  readonly least: number;
}

/** `least` is the deviation below which nothing is ever anomalous, in standard deviations. */
export function rankCalibration(least: number): RankCalibration {
  return { bins: new Array<number>(BINS).fill(0), hour: -1, greatest: 0, total: 0, threshold: least * 1.5, least };
}

/** Forgets the habit: what is measured is another thing from now on. */
export function forgetHabit(calibration: RankCalibration): void {
  Object.assign(calibration, rankCalibration(calibration.least));
}

/** Takes a deviation in, in standard deviations. */
export function recordDeviation(calibration: RankCalibration, hour: number, deviation: number): void {
  if (hour !== calibration.hour) {
    if (calibration.hour >= 0) endHour(calibration);
    calibration.hour = hour;
    calibration.greatest = 0;
  }
  const counted = Math.min(deviation, CLIP * calibration.threshold);
  if (counted > calibration.greatest) calibration.greatest = counted;
}

function endHour(calibration: RankCalibration): void {
  const { bins, greatest, least } = calibration;
  for (let i = 0; i < BINS; i++) bins[i]! *= DECAY;
  calibration.total = calibration.total * DECAY + 1;
  bins[binOf(greatest)]! += 1;
  let above = (1 - RANK) * calibration.total;
  let bin = BINS - 1;
  while (bin > 0 && above >= bins[bin]!) above -= bins[bin--]!;
  // With few hours behind it the rank says little: the threshold comes down from above within a day or two.
  const caution = 1 + 0.5 / (1 + calibration.total / 12);
  calibration.threshold = caution * Math.max(least, MARGIN * FIRST * GROWTH ** bin);
}

function binOf(deviation: number): number {
  if (!(deviation > FIRST)) return 0;
  return Math.min(BINS - 1, Math.ceil(Math.log(deviation / FIRST) / Math.log(GROWTH)));
}
