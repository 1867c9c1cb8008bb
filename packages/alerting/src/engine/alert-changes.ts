import { labelsOf } from "@telltale/promql";
import type { HeldAlert } from "../routing/held-alerts.ts";
import type { SentAlert } from "../rule-group/alert.ts";

/** An alert that begins to fire, or is resolved: each is told once. */
export interface AlertChange {
  readonly state: "firing" | "resolved";
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAtMs: number;
  readonly timeMs: number;
}

/** Tells the beginning and the end of alerts from what rules send again and again. */
export class AlertChanges {
  readonly #firing = new Map<string, Pick<HeldAlert, "labels" | "annotations" | "startsAtMs" | "endsAtMs">>();

  constructor(known: readonly HeldAlert[], nowMs: number) {
    for (const alert of known) if (alert.endsAtMs > nowMs) this.#firing.set(alert.key, alert);
  }

  take(alerts: readonly SentAlert[], timeMs: number): readonly AlertChange[] {
    return alerts.flatMap((alert): readonly AlertChange[] => {
      const { key } = labelsOf(alert.labels);
      const wasFiring = this.#firing.has(key);
      if (alert.resolved) this.#firing.delete(key);
      else this.#firing.set(key, alert);
      if (alert.resolved !== wasFiring) return [];
      return [changeOf(alert, alert.resolved ? "resolved" : "firing", timeMs)];
    });
  }

  /** Alerts that nobody sends any more, as their rule is gone. */
  expire(timeMs: number): readonly AlertChange[] {
    const gone = [...this.#firing].filter(([, { endsAtMs }]) => endsAtMs <= timeMs);
    for (const [key] of gone) this.#firing.delete(key);
    return gone.map(([, alert]) => changeOf(alert, "resolved", timeMs));
  }
}

function changeOf(
  { labels, annotations, startsAtMs }: Pick<HeldAlert, "labels" | "annotations" | "startsAtMs">,
  state: AlertChange["state"],
  timeMs: number,
): AlertChange {
  return { state, labels, annotations, startsAtMs, timeMs };
}
