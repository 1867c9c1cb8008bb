import type { Notifier } from "../delivery/notifier.ts";
import type { FiringAlert } from "../incidents/firing-alerts.ts";

/** Whether nobody is to hear of an alert now. The dispatcher is asked once, and only when somebody wants to know. */
export function suppressedAlerts(notifier: () => Notifier, nowMs: number): (alert: FiringAlert) => boolean {
  let keys: ReadonlySet<string> | undefined;
  return ({ key, isHeldBack }) => {
    if (isHeldBack) return true;
    keys ??= new Set(
      notifier()
        .dispatcher.alerts(nowMs)
        .flatMap((alert) => (alert.state === "suppressed" ? alert.key : [])),
    );
    return keys.has(key);
  };
}
