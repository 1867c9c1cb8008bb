import { badDeclaration } from "./declaration.ts";
import { exponentialIndex } from "./exponential-buckets.ts";
import { checkPercent, type PercentileSummary, type Percentiles } from "./percentiles.ts";

export interface RollingPercentilesOptions {
  /** How far back values count, in seconds. @default 60 */
  readonly windowSeconds?: number;
  /** In how many steps the window moves on; a value may count for one step longer than the window. @default 12 */
  readonly steps?: number;
}

export interface RollingPercentiles extends Percentiles, Disposable {}

/** 64 buckets an octave: each is 1.09 % wide, and its middle is within 0.55 % of all that is in it. */
const SCALE = 6;
/** From 2^-40 to 2^40, which is a picosecond to 34,000 years in seconds; what lies outside counts in the outermost. */
const LOWEST = -40 * 2 ** SCALE - 1;
/** The first is for zero alone. */
const BUCKETS = 80 * 2 ** SCALE + 1;

/**
 * Percentiles of the last seconds, within 0.55 % of the true value, in constant time and memory (20 kB a step) whatever is
 * recorded. Minimum, maximum, mean and count are exact.
 */
export function rollingPercentiles(options: RollingPercentilesOptions = {}): RollingPercentiles {
  const { windowSeconds, steps } = { windowSeconds: 60, steps: 12, ...options };
  if (!(windowSeconds > 0)) throw badDeclaration(`windowSeconds is ${String(windowSeconds)}; give seconds above 0`);
  if (!(Number.isInteger(steps) && steps > 0 && steps <= 600)) {
    throw badDeclaration(`steps is ${String(steps)}; give a whole number from 1 to 600`);
  }
  return new RollingWindow((windowSeconds * 1_000) / steps, steps);
}

/** What was recorded during one step. */
interface Slice {
  readonly counts: Uint32Array;
  count: number;
  sum: number;
  min: number;
  max: number;
}

class RollingWindow implements RollingPercentiles {
  ignored = 0;
  readonly #stepMs: number;
  readonly #slices: Slice[];
  readonly #timer: NodeJS.Timeout;
  /** All slices together, kept up to date so that a read walks one array. */
  readonly #totals = new Float64Array(BUCKETS);
  #current: Slice;
  #step: number;
  /** Of the buckets that were ever used. */
  #low = BUCKETS;
  #high = -1;

  constructor(stepMs: number, steps: number) {
    this.#stepMs = stepMs;
    // One more than the window has: the step in progress is not full yet.
    this.#slices = Array.from({ length: steps + 1 }, emptySlice);
    this.#step = Math.floor(performance.now() / stepMs);
    this.#current = this.#sliceOf(this.#step);
    // Moving on by a timer spares each record a look at the clock, which costs ten times the rest.
    this.#timer = setInterval(() => this.#moveOn(), stepMs).unref();
  }

  // Hot: benchmarks/metrics.
  record(value: number): void {
    if (typeof value === "number" && value >= 0 && value < Number.POSITIVE_INFINITY) {
      let bucket = value === 0 ? 0 : exponentialIndex(value, SCALE) - LOWEST;
      if (bucket < 1 && value !== 0) bucket = 1;
      else if (bucket >= BUCKETS) bucket = BUCKETS - 1;
      const slice = this.#current;
      slice.counts[bucket] = (slice.counts[bucket] as number) + 1;
      this.#totals[bucket] = (this.#totals[bucket] as number) + 1;
      slice.count++;
      slice.sum += value;
      if (value < slice.min) slice.min = value;
      if (value > slice.max) slice.max = value;
      if (bucket < this.#low) this.#low = bucket;
      if (bucket > this.#high) this.#high = bucket;
    } else this.ignored++;
  }

  summary(): PercentileSummary | undefined {
    this.#moveOn();
    const whole = this.#whole();
    if (whole.count === 0) return undefined;
    const { count, min, max, sum } = whole;
    const at = this.#walk([0.5, 0.9, 0.95, 0.99, 0.999], whole);
    const [p50, p90, p95, p99, p999] = at as [number, number, number, number, number];
    return { count, min, max, mean: sum / count, p50, p90, p95, p99, p999 };
  }

  percentile(p: number): number | undefined {
    checkPercent(p);
    this.#moveOn();
    const whole = this.#whole();
    return whole.count === 0 ? undefined : this.#walk([p / 100], whole)[0];
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  /** The values at ascending quantiles: the middle of the bucket that holds the rank. */
  #walk(quantiles: readonly number[], { count, min, max }: Omit<Slice, "counts">): number[] {
    const totals = this.#totals;
    const found: number[] = [];
    let bucket = this.#low - 1;
    let below = 0;
    for (const quantile of quantiles) {
      const rank = Math.min(count, Math.floor(quantile * (count - 1)) + 1);
      while (below < rank && bucket < this.#high) below += totals[++bucket] as number;
      if (rank === 1) found.push(min);
      else if (rank === count) found.push(max);
      else found.push(Math.min(max, Math.max(min, middleOf(bucket))));
    }
    return found;
  }

  #whole(): Omit<Slice, "counts"> {
    const whole = { count: 0, sum: 0, min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY };
    for (const { count, sum, min, max } of this.#slices) {
      whole.count += count;
      whole.sum += sum;
      if (min < whole.min) whole.min = min;
      if (max > whole.max) whole.max = max;
    }
    return whole;
  }

  #moveOn(): void {
    const now = Math.floor(performance.now() / this.#stepMs);
    const steps = Math.min(now - this.#step, this.#slices.length);
    for (let i = 1; i <= steps; i++) this.#empty(this.#sliceOf(now - steps + i));
    this.#step = now;
    this.#current = this.#sliceOf(now);
  }

  #empty(slice: Slice): void {
    if (slice.count === 0) return;
    for (let i = this.#low; i <= this.#high; i++) {
      this.#totals[i] = (this.#totals[i] as number) - (slice.counts[i] as number);
    }
    slice.counts.fill(0);
    Object.assign(slice, { count: 0, sum: 0, min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY });
  }

  #sliceOf(step: number): Slice {
    return this.#slices[step % this.#slices.length] as Slice;
  }
}

function emptySlice(): Slice {
  return {
    counts: new Uint32Array(BUCKETS),
    count: 0,
    // Not a whole number, so that V8 lays the field out for doubles at once.
    sum: -0,
    min: Number.POSITIVE_INFINITY,
    max: Number.NEGATIVE_INFINITY,
  };
}

function middleOf(bucket: number): number {
  if (bucket === 0) return 0;
  const lower = 2 ** ((bucket + LOWEST) / 2 ** SCALE);
  const upper = 2 ** ((bucket + LOWEST + 1) / 2 ** SCALE);
  return (2 * lower * upper) / (lower + upper);
}
