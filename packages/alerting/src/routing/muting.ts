import type { Route } from "./route.ts";
import type { NamedTimeInterval } from "./time-interval.ts";

/**
 * The time intervals because of which nobody is told by a route now, by their names: those that mute it and have begun, or all
 * that it is active in, when none of them has. As Alertmanager names them.
 */
export function mutedBy(
  { activeTimeIntervals, muteTimeIntervals }: Route,
  intervals: readonly NamedTimeInterval[],
  nowMs: number,
): readonly string[] {
  const isNow = (wanted: string) => intervals.some(({ name, contains }) => name === wanted && contains(nowMs));
  if (activeTimeIntervals.length > 0 && !activeTimeIntervals.some(isNow)) return activeTimeIntervals;
  return muteTimeIntervals.filter(isNow);
}
