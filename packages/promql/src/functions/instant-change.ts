import { mixedFloatsAndHistograms, notACounter, notAGauge } from "../annotations.ts";
import { subtractHistograms } from "../histogram/add-histograms.ts";
import { isReset } from "../histogram/detect-reset.ts";
import { compact, divide, type FloatHistogram } from "../histogram/float-histogram.ts";
import { combined } from "./histogram-rate.ts";
import type { RangeFunction, RangeWindow } from "./range-window.ts";
import { isStartTimeReset } from "./start-time.ts";

/** irate or idelta: the change between the last two samples. */
export function instantChange({ counter }: { readonly counter: boolean }): RangeFunction {
  return (window) => {
    if (window.floats + window.histograms < 2) return window.nothing();
    const { samples, metric, position } = window;
    const last = lastSamples(window);
    const [before, after] = last as [LastSample, LastSample];
    const intervalMs = after.timeMs - before.timeMs;
    if (intervalMs === 0) return window.nothing();
    const restarted = isStartTimeReset(before.startMs, before.timeMs, after.startMs, after.timeMs);
    const a = before.histogram === -1 ? undefined : samples.histograms[before.histogram]!;
    const b = after.histogram === -1 ? undefined : samples.histograms[after.histogram]!;
    if (a === undefined && b === undefined) {
      const reset = counter && (after.value < before.value || restarted);
      const change = reset ? after.value : after.value - before.value;
      return window.float(counter ? change / (intervalMs / 1000) : change);
    }
    if (a === undefined || b === undefined) {
      window.annotate(mixedFloatsAndHistograms(metric, position));
      return window.nothing();
    }
    const gauges = [a, b].filter((one) => one.counterResetHint === "gauge").length;
    if (counter && gauges > 0) window.annotate(notACounter(metric, position));
    if (!counter && gauges < 2) window.annotate(notAGauge(metric, position));
    let change: FloatHistogram | undefined = b;
    if (!counter || !(restarted || isReset(b, a))) change = combined(window, b, a, subtractHistograms);
    if (change === undefined) return window.nothing();
    change = compact({ ...change, counterResetHint: "gauge" });
    return window.native(counter ? divide(change, intervalMs / 1000) : change);
  };
}

interface LastSample {
  readonly timeMs: number;
  readonly value: number;
  /** The index of the histogram, -1 for a float. */
  readonly histogram: number;
  readonly startMs: number;
}

function lastSamples({ samples, firstFloat, endFloat, firstHistogram, endHistogram }: RangeWindow): LastSample[] {
  const last: LastSample[] = [];
  for (let i = Math.max(firstFloat, endFloat - 2); i < endFloat; i++) {
    const timeMs = samples.floatTimes[i]!;
    last.push({ timeMs, value: samples.floatValues[i]!, histogram: -1, startMs: samples.floatStarts[i] ?? 0 });
  }
  for (let i = Math.max(firstHistogram, endHistogram - 2); i < endHistogram; i++) {
    const timeMs = samples.histogramTimes[i]!;
    last.push({ timeMs, value: 0, histogram: i, startMs: samples.histogramStarts[i] ?? 0 });
  }
  return last.sort((a, b) => a.timeMs - b.timeMs).slice(-2);
}
