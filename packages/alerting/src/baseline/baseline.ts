/** What is usual of one series, and how unusual each sample is. */
import { type BaselineState, newState, restoredState, savedState } from "./baseline-state.ts";
import { acceptRun, flatLineScore } from "./flat-line.ts";
import { forecastOf, recordSample, relevel } from "./forecast.ts";
import { knownHours, recordHour, SEASONS, usualAt } from "./hour-history.ts";
import { forgetHabit, MAX_DEVIATION, recordDeviation } from "./rank-calibration.ts";
import { settle } from "./settle.ts";
import { forgetRecent, recordSlowHour, slowArmed, slowDeviationOf } from "./slow-deviation.ts";

export interface BaselineOptions {
  /** No sample is anomalous before as many were seen. @default 100 */
  readonly warmUpSamples?: number;
  /** Nor before so much time has passed. @default one hour */
  readonly warmUpMs?: number;
  /** What stays anomalous for so long, and for 12 samples, is the new level. @default one hour */
  readonly adaptAfterMs?: number;
  /** After an anomaly the next one has to be twice as strong for so long. @default one hour */
  readonly coolDownMs?: number;
  /** Deviation below which nothing is anomalous, in standard deviations. @default 4.5 */
  readonly leastDeviation?: number;
}

const defaults: Required<BaselineOptions> = {
  warmUpSamples: 100,
  warmUpMs: 3_600_000,
  adaptAfterMs: 3_600_000,
  coolDownMs: 3_600_000,
  leastDeviation: 4.5,
};

export interface BaselineSample {
  /** Milliseconds since 1970. */
  readonly timeMs: number;
  readonly value: number;
}

export interface BaselineReading {
  readonly timeMs: number;
  /** What was expected. */
  readonly baseline: number;
  readonly lower: number;
  readonly upper: number;
  /** Above 1 means anomalous. 0 while too little is known. */
  readonly score: number;
}

const HOUR_MS = 3_600_000;
/** No band is narrower, by the value: what is constant may differ in its last digits. */
const LEAST_SPREAD = 0.000_25;
/** What counts as a gap, after which the level has to be learned again. */
const GAP_INTERVALS = 10;
const GAP_MS = 1_800_000;
/** Series that stand still at night or over a weekend do so in their first days. */
const FLAT_AFTER_HOURS = 48;

/**
 * The seasonal baseline of one series: by hour of the day and of the week (UTC) where it has such seasons, by its level where
 * it has not. All times are those of the samples. Memory is bounded, however long and fast the series is.
 */
export class Baseline {
  readonly #options: Required<BaselineOptions>;
  readonly #state: BaselineState;

  /** `saved` is what `save()` gave before a restart. */
  constructor(options: BaselineOptions = {}, saved?: string) {
    this.#options = { ...defaults, ...options };
    this.#state = (saved !== undefined && restoredState(saved)) || newState(this.#options.leastDeviation);
  }

  /** Undefined for what is no number, is not later than the last sample, or comes before a forecast is possible. */
  feed({ timeMs, value }: BaselineSample): BaselineReading | undefined {
    const state = this.#state;
    if (!Number.isFinite(value) || !(timeMs > state.lastMs)) return undefined;
    this.#passTo(timeMs);
    const hour = Math.floor(timeMs / HOUR_MS);
    const { history } = state;
    const lastHour = history.hour;
    const median = recordHour(history, timeMs, value);
    if (median !== undefined && recordSlowHour(state.slow, { history, hour: lastHour, median })) {
      forgetHabit(state.slowRank);
    }
    const usual = SEASONS.map((season) => usualAt(history, timeMs, season));
    const forecast = forecastOf(state.forecaster, { usual, hour });
    const seasonal = usual[SEASONS.indexOf(state.slow.season)];
    const least = Math.max(LEAST_SPREAD * Math.abs(value), Number.MIN_VALUE);
    const slow = Math.min(
      MAX_DEVIATION,
      slowDeviationOf(state.slow, { value, usual: seasonal, least, intervalMs: state.intervalMs }),
    );
    const flat = flatLineScore(state.flat, value);
    if (forecast === undefined) {
      recordSample(state.forecaster, { value, usual, hour, outlier: false });
      return undefined;
    }
    const spread = Math.max(forecast.spread, LEAST_SPREAD * Math.abs(forecast.value), Number.MIN_VALUE);
    const deviation = Math.min(MAX_DEVIATION, Math.abs(value - forecast.value) / spread);
    const reach = spread * state.fastRank.threshold;
    const reading = { timeMs, baseline: forecast.value, lower: forecast.value - reach, upper: forecast.value + reach };
    if (!this.#isWarm(timeMs)) {
      recordSample(state.forecaster, { value, usual, hour, outlier: false });
      return { ...reading, score: 0 };
    }
    const fastScore = deviation / state.fastRank.threshold;
    const slowScore = slowArmed(state.slow) ? slow / state.slowRank.threshold : 0;
    const flatScore = knownHours(history) < FLAT_AFTER_HOURS ? 0 : flat;
    // An anomaly counts as one, not once for each of its hours.
    const [fastSinceMs, slowSinceMs] = state.alarm.sinceMs;
    if (isOfHour(fastSinceMs, hour)) recordDeviation(state.fastRank, hour, deviation);
    if (slow > 0 && isOfHour(slowSinceMs, hour)) recordDeviation(state.slowRank, hour, slow);
    recordSample(state.forecaster, { value, usual, hour, outlier: fastScore > 1 });
    const options = { ...this.#options, intervalMs: state.intervalMs };
    const { score, accepted } = settle(state.alarm, {
      timeMs,
      value,
      scores: [fastScore, slowScore, flatScore],
      options,
    });
    if (accepted.fast.length > 0) relevel(state.forecaster, { values: accepted.fast, usual });
    if (accepted.flat) acceptRun(state.flat);
    return { ...reading, score };
  }

  /** All that it knows, as text. */
  save(): string {
    return savedState(this.#state);
  }

  #passTo(timeMs: number): void {
    const state = this.#state;
    const passedMs = timeMs - state.lastMs;
    if (state.samples === 0) state.firstMs = timeMs;
    else if (state.samples === 1) state.intervalMs = passedMs;
    else {
      if (passedMs > Math.max(GAP_MS, GAP_INTERVALS * state.intervalMs)) {
        relevel(state.forecaster, { values: [], usual: [] });
        forgetRecent(state.slow);
      }
      const near = Math.min(Math.max(passedMs, state.intervalMs / 2), state.intervalMs * 2);
      state.intervalMs += (near - state.intervalMs) / 20;
    }
    state.lastMs = timeMs;
    state.samples++;
  }

  #isWarm(timeMs: number): boolean {
    const { samples, firstMs } = this.#state;
    return samples > this.#options.warmUpSamples && timeMs - firstMs >= this.#options.warmUpMs;
  }
}

/** Whether an anomaly began in that hour; also when there is none. */
function isOfHour(sinceMs: number, hour: number): boolean {
  return sinceMs === 0 || Math.floor(sinceMs / HOUR_MS) === hour;
}
