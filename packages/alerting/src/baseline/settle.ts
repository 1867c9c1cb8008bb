/** From how unusual a sample is to one alarm an incident: it ends in time, and echoes of it are not told. */

export interface Alarm {
  /** Since when each of the deviations has been too large without a break; 0 when it is not. */
  readonly sinceMs: [fast: number, slow: number, flat: number];
  /** The last samples that were outliers in a row. */
  readonly outliers: number[];
  count: number;
  on: boolean;
  coolUntilMs: number;
  /** What strays slowly has strayed for so long that it is told no longer, until it comes back. */
  slowMuted: boolean;
}

export interface SettleOptions {
  readonly adaptAfterMs: number;
  readonly coolDownMs: number;
  readonly intervalMs: number;
}

export interface Settled {
  readonly score: number;
  /** What is taken as usual from now on. */
  readonly accepted: { readonly fast: readonly number[]; readonly flat: boolean };
}

const KEPT_OUTLIERS = 7;
const LEAST_SAMPLES = 12;
/** A slow deviation says less, and is given more time to go by itself. */
const SLOW_FACTOR = 6;
const COOL_DOWN_SAMPLES = 6;
/** In the cool-down only what is so many times beyond the band is told. */
const ECHO = 2;

export function alarm(): Alarm {
  return { sinceMs: [0, 0, 0], outliers: [], count: 0, on: false, coolUntilMs: 0, slowMuted: false };
}

export function settle(
  alarm: Alarm,
  sample: {
    readonly timeMs: number;
    readonly value: number;
    readonly scores: readonly [fast: number, slow: number, flat: number];
    readonly options: SettleOptions;
  },
): Settled {
  const { timeMs, scores, options } = sample;
  track(alarm, sample);
  const longEnough = (which: 0 | 1 | 2, ms: number): boolean => {
    const sinceMs = alarm.sinceMs[which];
    return sinceMs > 0 && timeMs - sinceMs >= Math.max(ms, (LEAST_SAMPLES - 1) * options.intervalMs);
  };
  const fast = longEnough(0, options.adaptAfterMs) && alarm.count >= LEAST_SAMPLES ? [...alarm.outliers] : [];
  // A new level that is taken as usual is one for the season, too.
  const isUsual = fast.length > 0 || longEnough(1, SLOW_FACTOR * options.adaptAfterMs);
  alarm.slowMuted = alarm.sinceMs[1] > 0 && (alarm.slowMuted || isUsual);
  const flat = longEnough(2, options.adaptAfterMs);
  if (fast.length > 0) endOutliers(alarm);
  if (flat) alarm.sinceMs[2] = 0;
  const raw = Math.max(scores[0], alarm.slowMuted ? 0 : scores[1], scores[2]);
  return { score: told(alarm, { timeMs, raw, options }), accepted: { fast, flat } };
}

function track(
  alarm: Alarm,
  {
    timeMs,
    value,
    scores,
  }: { readonly timeMs: number; readonly value: number; readonly scores: readonly [number, number, number] },
): void {
  for (const which of [0, 1, 2] as const) {
    if (scores[which] <= 1) alarm.sinceMs[which] = 0;
    else if (alarm.sinceMs[which] === 0) alarm.sinceMs[which] = timeMs;
  }
  if (alarm.sinceMs[0] === 0) {
    endOutliers(alarm);
    return;
  }
  alarm.count++;
  alarm.outliers.push(value);
  if (alarm.outliers.length > KEPT_OUTLIERS) alarm.outliers.shift();
}

function endOutliers(alarm: Alarm): void {
  alarm.sinceMs[0] = 0;
  alarm.count = 0;
  alarm.outliers.length = 0;
}

function told(
  alarm: Alarm,
  { timeMs, raw, options }: { readonly timeMs: number; readonly raw: number; readonly options: SettleOptions },
): number {
  if (raw <= 1) {
    if (alarm.on) alarm.coolUntilMs = timeMs + Math.max(options.coolDownMs, COOL_DOWN_SAMPLES * options.intervalMs);
    alarm.on = false;
    return raw;
  }
  if (!alarm.on && timeMs < alarm.coolUntilMs && raw <= ECHO) return 1;
  alarm.on = true;
  return raw;
}
