import { FLOAT, LabelMatcher, SampleBuffer, type SeriesStore, STALE, type StoredSeries } from "@telltale/promql";
import type { AlertingRule } from "./alerting-rule.ts";

export interface RestoreOptions {
  readonly timeMs: number;
  /** How old the state may be. */
  readonly outageToleranceMs: number;
  /** How long an alert that was restored is pending at least; alerts with a shorter `for` start anew. */
  readonly forGracePeriodMs: number;
}

/** Sets since when the alerts of a rule are active, from what the series ALERTS_FOR_STATE say of the time before. */
export function restoreForState(rule: AlertingRule, store: SeriesStore, options: RestoreOptions): void {
  const { timeMs, outageToleranceMs, forGracePeriodMs } = options;
  const range = { fromMs: timeMs - outageToleranceMs, toMs: timeMs };
  const known = new Map(store.select(matchersOf(rule), range).map((series) => [series.labels.key, series]));
  rule.restore((alert) => {
    const series = known.get(rule.forStateLabels(alert).key);
    const last = series === undefined ? undefined : lastSample(series, range);
    if (last === undefined) return undefined;
    const { forMs } = rule.definition;
    const activeAtMs = last.value * 1000;
    const remainingMs = forMs - (last.timeMs - activeAtMs);
    if (remainingMs <= 0) return activeAtMs;
    if (forMs < forGracePeriodMs) return undefined;
    if (remainingMs < forGracePeriodMs) return timeMs + forGracePeriodMs - forMs;
    // Nobody knows what was while the process was down; that time does not count.
    return activeAtMs + (timeMs - last.timeMs);
  });
}

function matchersOf({ definition }: AlertingRule): readonly LabelMatcher[] {
  const fixed = { ...definition.labels, __name__: "ALERTS_FOR_STATE", alertname: definition.name };
  return Object.entries(fixed)
    .filter(([, value]) => value !== "" && !value.includes("{{"))
    .map(([name, value]) => new LabelMatcher(name, "=", value));
}

/** None when the series ended: the alert was not active. */
function lastSample(
  series: StoredSeries,
  range: { fromMs: number; toMs: number },
): { timeMs: number; value: number } | undefined {
  const buffer = new SampleBuffer();
  series.read(range, buffer);
  const at = buffer.length - 1;
  if (at < 0) return undefined;
  const kind = buffer.plain ? FLOAT : buffer.kinds[at];
  return kind === STALE ? undefined : { timeMs: buffer.times[at]!, value: buffer.values[at]! };
}
