import type { Instrument } from "./instrument.ts";
import { observedGauge } from "./observed.ts";

/** What a window of values looks like, in the unit in which they were recorded. */
export interface PercentileSummary {
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p95: number;
  readonly p99: number;
  readonly p999: number;
}

/** A window of recent values. */
export interface Percentiles {
  /** Takes a finite number that is not negative; anything else is ignored and counted in `ignored`. */
  record(value: number): void;
  /** Undefined when the window is empty. */
  summary(): PercentileSummary | undefined;
  /**
   * The value below which `p` percent of the window lie; undefined when it is empty.
   * @throws RangeError when `p` is outside 0 to 100
   */
  percentile(p: number): number | undefined;
  readonly ignored: number;
}

export interface PercentileGaugeDeclaration {
  readonly name: string;
  readonly unit?: string;
  readonly description?: string;
}

/** Exports a window as a gauge, one series for each of 0.5, 0.9, 0.95, 0.99 and 0.999 in `telltale.quantile`. */
export function percentileGauge(declaration: PercentileGaugeDeclaration, percentiles: Percentiles): Instrument {
  return observedGauge<Record<string, string>>(declaration, (observe) => {
    const summary = percentiles.summary();
    if (summary === undefined) return;
    for (const [quantile, key] of quantiles) observe(summary[key], { "telltale.quantile": quantile });
  });
}

const quantiles = [
  ["0.5", "p50"],
  ["0.9", "p90"],
  ["0.95", "p95"],
  ["0.99", "p99"],
  ["0.999", "p999"],
] as const;

/** @throws RangeError */
export function checkPercent(p: number): void {
  if (p >= 0 && p <= 100) return;
  throw Object.assign(new RangeError(`percentile(${String(p)}) cannot be; give a number from 0 to 100, such as 99`), {
    code: "TELLTALE_BAD_PERCENTILE",
  });
}
