import type { Notifier } from "../delivery/notifier.ts";
import type { FiringAlert } from "../incidents/firing-alerts.ts";
import { Silences } from "../routing/silences.ts";

/**
 * Whether nobody is to hear of an alert now. Its own acknowledgement, which is a silence too, does not count. The dispatcher is
 * asked once, and only when somebody wants to know.
 */
export function suppressedAlerts(
  notifier: () => Notifier,
  { nowMs, silenceOf }: { readonly nowMs: number; readonly silenceOf: (key: string) => string | undefined },
): (alert: FiringAlert) => boolean {
  let inhibited: ReadonlySet<string> | undefined;
  let silences: Silences | undefined;
  return ({ key, labels, isHeldBack }) => {
    if (isHeldBack) return true;
    const { dispatcher } = notifier();
    // By its labels: the dispatcher does not have what an Alertmanager was given.
    silences ??= new Silences(dispatcher.silences());
    const own = silenceOf(key);
    if (silences.matching(labels, nowMs).some((id) => id !== own)) return true;
    inhibited ??= new Set(
      dispatcher.alerts(nowMs).flatMap(({ key, inhibitedBy }) => (inhibitedBy.length > 0 ? key : [])),
    );
    return inhibited.has(key);
  };
}
