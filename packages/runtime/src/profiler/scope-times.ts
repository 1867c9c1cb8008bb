/**
 * How long the calls of one scope took. Hot: benchmarks/runtime.ts. A time is counted in the bucket that the upper bits of its
 * floating-point number name: 32 for each power of two, so that a percentile is within 1.6 % of the true value.
 */
export class ScopeTimes {
  count = 0;
  totalSeconds = 0;
  selfSeconds = 0;
  maxSeconds = 0;
  readonly #buckets = new Uint32Array(BUCKETS);

  record(seconds: number, selfSeconds: number): void {
    this.count++;
    this.totalSeconds += seconds;
    this.selfSeconds += selfSeconds;
    if (seconds > this.maxSeconds) this.maxSeconds = seconds;
    number[0] = seconds;
    const bucket = (halves[HIGH]! >>> MANTISSA_SHIFT) - FIRST;
    this.#buckets[bucket < 0 ? 0 : bucket >= BUCKETS ? BUCKETS - 1 : bucket]!++;
  }

  /** The time that a share `q` of the calls did not exceed; undefined when there were none. */
  quantile(q: number): number | undefined {
    if (this.count === 0) return undefined;
    let left = Math.max(1, Math.ceil(q * this.count));
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      left -= this.#buckets[bucket]!;
      if (left <= 0) return Math.min((limitOf(bucket) + limitOf(bucket + 1)) / 2, this.maxSeconds);
    }
    return this.maxSeconds;
  }
}

const number = new Float64Array(1);
const halves = new Uint32Array(number.buffer);
number[0] = 1;
/** Which half has the exponent depends on the machine. */
const HIGH = halves[1] === 0 ? 0 : 1;
/** Leaves eleven bits of exponent and five of the mantissa. */
const MANTISSA_SHIFT = 15;
/** From 2^-30 s, a nanosecond, to 2^17 s, a day and a half. */
const FIRST = indexOf(2 ** -30);
const BUCKETS = indexOf(2 ** 17) - FIRST;

function indexOf(seconds: number): number {
  number[0] = seconds;
  return halves[HIGH]! >>> MANTISSA_SHIFT;
}

function limitOf(bucket: number): number {
  halves[HIGH] = (bucket + FIRST) << MANTISSA_SHIFT;
  halves[1 - HIGH] = 0;
  return number[0]!;
}
