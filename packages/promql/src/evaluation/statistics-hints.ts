import { hasFallen } from "../histogram/detect-reset.ts";
import { type CounterResetHint, type FloatHistogram, floatHistogram } from "../histogram/float-histogram.ts";
import { HISTOGRAM, type SampleBuffer } from "../store.ts";

/**
 * Histograms of which only count and sum are wanted. Without buckets a counter's reset could not be found any more, so it is
 * found here, and said in the hint, between samples that are read one after the other from `firstRead` on.
 */
export function statisticsAt(buffer: SampleBuffer, index: number, firstRead: number): FloatHistogram {
  const histogram = buffer.histograms[index]!;
  return floatHistogram({
    counterResetHint: hintAt(buffer, index, firstRead),
    schema: histogram.schema,
    count: histogram.count,
    sum: histogram.sum,
  });
}

function hintAt(buffer: SampleBuffer, index: number, firstRead: number): CounterResetHint {
  const current = buffer.histograms[index]!;
  if (current.counterResetHint !== "unknown") return current.counterResetHint;
  for (let i = index - 1; i >= firstRead; i--) {
    if (buffer.kinds[i] === HISTOGRAM) return hasFallen(current, buffer.histograms[i]!) ? "reset" : "not_reset";
  }
  return "unknown";
}
