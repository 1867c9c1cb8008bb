/** Alarms against faults: each fault is found once or not at all, each alarm elsewhere is a false one. */
import type { Detector } from "./detectors.ts";
import type { FaultKind, LabelledSeries } from "./shapes.ts";

export interface Verdict {
  readonly found: number;
  readonly missed: number;
  readonly falseAlarms: number;
  readonly days: number;
  readonly delaysMs: readonly number[];
  readonly byFault: readonly { readonly kind: FaultKind; readonly found: boolean }[];
}

const HOUR = 3_600_000;
/** Samples above the threshold within an hour are one alarm. */
const SAME_ALARM_MS = HOUR;
/** The end of a fault is a change as well: alarms up to then are not counted, neither way. */
const AFTERMATH_MS = 6 * HOUR;

export function judge({ samples, faults }: LabelledSeries, detector: Detector): Verdict {
  const alarms = alarmsOf(samples.map((sample) => ({ timeMs: sample.timeMs, above: detector(sample) > 1 })));
  const byFault = faults.map(({ kind, startMs, endMs }) => {
    const alarm = alarms.find(({ fromMs, toMs }) => toMs >= startMs && fromMs <= endMs);
    return { kind, found: alarm !== undefined, delayMs: Math.max(0, (alarm?.fromMs ?? 0) - startMs) };
  });
  const found = byFault.filter((fault) => fault.found);
  const falseAlarms = alarms.filter(
    ({ fromMs, toMs }) => !faults.some(({ startMs, endMs }) => toMs >= startMs && fromMs <= endMs + AFTERMATH_MS),
  );
  const days = (samples.at(-1)!.timeMs - samples[0]!.timeMs) / (24 * HOUR);
  return {
    found: found.length,
    missed: byFault.length - found.length,
    falseAlarms: falseAlarms.length,
    days,
    delaysMs: found.map(({ delayMs }) => delayMs),
    byFault,
  };
}

export function sumOf(verdicts: readonly Verdict[]): Verdict & { precision: number; recall: number; f1: number } {
  const total = (pick: (verdict: Verdict) => number): number => verdicts.reduce((sum, one) => sum + pick(one), 0);
  const [found, missed, falseAlarms] = [total((v) => v.found), total((v) => v.missed), total((v) => v.falseAlarms)];
  const precision = found / Math.max(1, found + falseAlarms);
  const recall = found / Math.max(1, found + missed);
  const f1 = (2 * found) / Math.max(1, 2 * found + missed + falseAlarms);
  const delaysMs = verdicts.flatMap((verdict) => verdict.delaysMs);
  const byFault = verdicts.flatMap((verdict) => verdict.byFault);
  return { found, missed, falseAlarms, days: total((v) => v.days), delaysMs, byFault, precision, recall, f1 };
}

function alarmsOf(
  points: readonly { readonly timeMs: number; readonly above: boolean }[],
): { fromMs: number; toMs: number }[] {
  const alarms: { fromMs: number; toMs: number }[] = [];
  for (const { timeMs } of points.filter(({ above }) => above)) {
    const last = alarms.at(-1);
    if (last !== undefined && timeMs - last.toMs <= SAME_ALARM_MS) last.toMs = timeMs;
    else alarms.push({ fromMs: timeMs, toMs: timeMs });
  }
  return alarms;
}
