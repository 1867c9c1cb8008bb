import { limitText } from "../prometheus/text-format.ts";

/** `le` of a histogram's buckets as Prometheus stores it: in the form of OpenMetrics, which it asks for. */
export function limitTexts(limits: readonly number[]): readonly string[] {
  return [...limits, Number.POSITIVE_INFINITY].map((limit) => limitText(limit, "openmetrics"));
}
