/**
 * Consistent probability sampling: a trace is kept when its 56 random bits are not below a threshold, so that whatever one
 * service keeps at 10 %, another keeps at 20 % as well. Thresholds travel in the tracestate, as `ot=th:…`.
 * @see https://opentelemetry.io/docs/specs/otel/trace/tracestate-probability-sampling/
 */

/** 56 bits in two numbers: the upper 24 and the lower 32. */
export interface SamplingThreshold {
  readonly high: number;
  readonly low: number;
  /** As in `th:`, without trailing zeros; `undefined` when nothing is kept. */
  readonly text: string | undefined;
}

const DIGITS = 14;
const ALL = 2 ** 56;
/** OpenTelemetry's default precision, in hexadecimal digits beyond leading `f`s. */
const PRECISION = 4;

/** The threshold that keeps `ratio` of all traces, 0 to 1. */
export function samplingThreshold(ratio: number): SamplingThreshold {
  if (ratio <= 0) return { high: 2 ** 24, low: 0, text: undefined };
  const digits = Math.min(DIGITS, Math.max(PRECISION + leadingZeros(ratio), PRECISION + leadingZeros(1 - ratio)));
  // Multiples of a power of two below 2^53: exact as numbers.
  const unit = 16 ** (DIGITS - digits);
  const threshold = Math.round((ALL - Math.round(ratio * ALL)) / unit) * unit;
  const text = threshold.toString(16).padStart(DIGITS, "0").replace(/0+$/, "");
  return { high: Math.floor(threshold / 2 ** 32), low: threshold % 2 ** 32, text: text === "" ? "0" : text };
}

/** Hexadecimal zeros after the point. */
function leadingZeros(fraction: number): number {
  return fraction <= 0 || fraction >= 1 ? 0 : Math.floor(-Math.log2(fraction) / 4);
}

/** Whether a trace is kept whose last two words, as signed integers, are these. Hot: benchmarks/tracing.ts. */
export function isKept({ high, low }: SamplingThreshold, third: number, fourth: number): boolean {
  const upper = third & 0xffffff;
  return upper > high || (upper === high && fourth >>> 0 >= low);
}

/** The last 14 digits of a trace id, or an explicit `rv`, as two words. */
export function randomWords(hexadecimal: string): readonly [third: number, fourth: number] {
  const digits = hexadecimal.slice(-DIGITS);
  return [Number.parseInt(digits.slice(0, 6), 16) | 0, Number.parseInt(digits.slice(6), 16) | 0];
}
