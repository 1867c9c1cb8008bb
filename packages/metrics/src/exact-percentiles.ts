import { badDeclaration } from "./declaration.ts";
import { checkPercent, type PercentileSummary, type Percentiles } from "./percentiles.ts";

export interface ExactPercentilesOptions {
  /** How many of the latest values are kept. @default 1000 */
  readonly maxSamples?: number;
  /** Values older than this count no more, in milliseconds. @default never */
  readonly maxAgeMs?: number;
}

/**
 * Percentiles of the latest values themselves, interpolated as most statistics programs do (type 7). Sorted once a read, and
 * not again before something changed.
 */
export function exactPercentiles(options: ExactPercentilesOptions = {}): Percentiles {
  const { maxSamples, maxAgeMs } = { maxSamples: 1_000, maxAgeMs: Number.POSITIVE_INFINITY, ...options };
  if (!(Number.isInteger(maxSamples) && maxSamples > 0)) {
    throw badDeclaration(`maxSamples is ${String(maxSamples)}; give a whole number above 0`);
  }
  if (!(maxAgeMs > 0)) throw badDeclaration(`maxAgeMs is ${String(maxAgeMs)}; give milliseconds above 0`);
  const values = new Float64Array(maxSamples);
  const times = new Float64Array(maxSamples);
  let next = 0;
  let kept = 0;
  let ignored = 0;
  let sorted: Float64Array | undefined;

  return {
    record(value) {
      if (typeof value !== "number" || !(value >= 0 && value < Number.POSITIVE_INFINITY)) {
        ignored++;
        return;
      }
      values[next] = value;
      times[next] = performance.now();
      next = (next + 1) % maxSamples;
      if (kept < maxSamples) kept++;
      sorted = undefined;
    },
    summary() {
      const all = read();
      if (all.length === 0) return undefined;
      return {
        count: all.length,
        min: all[0] as number,
        max: all.at(-1) as number,
        mean: all.reduce((sum, value) => sum + value, 0) / all.length,
        p50: interpolated(all, 0.5),
        p90: interpolated(all, 0.9),
        p95: interpolated(all, 0.95),
        p99: interpolated(all, 0.99),
        p999: interpolated(all, 0.999),
      } satisfies PercentileSummary;
    },
    percentile(p) {
      checkPercent(p);
      const all = read();
      return all.length === 0 ? undefined : interpolated(all, p / 100);
    },
    get ignored(): number {
      return ignored;
    },
  };

  function read(): Float64Array {
    const oldest = performance.now() - maxAgeMs;
    const before = kept;
    while (kept > 0 && (times[(next - kept + maxSamples) % maxSamples] as number) < oldest) kept--;
    if (sorted === undefined || kept !== before) {
      sorted = Float64Array.from(
        { length: kept },
        (_, i) => values[(next - 1 - i + maxSamples) % maxSamples] as number,
      );
      sorted.sort();
    }
    return sorted;
  }
}

/** Hyndman and Fan, "Sample Quantiles in Statistical Packages", definition 7. */
function interpolated(sorted: Float64Array, quantile: number): number {
  const position = quantile * (sorted.length - 1);
  const lower = Math.floor(position);
  const value = sorted[lower] as number;
  return lower === position ? value : value + (position - lower) * ((sorted[lower + 1] as number) - value);
}
