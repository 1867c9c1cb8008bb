import { labelsOf } from "@telltale/promql";
import type { IncomingAlert } from "../routing/held-alerts.ts";

/** An alert that fires, or was resolved a short time ago. Times are milliseconds since 1970. */
export interface FiringAlert {
  /** The same for the same labels. */
  readonly key: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAtMs: number;
  /** When it counts as resolved if nobody says otherwise. */
  readonly endsAtMs: number;
  readonly generatorUrl: string;
  /** Nobody was told that it fires: a cooldown holds it back. */
  readonly isHeldBack: boolean;
}

export interface AlertChanges {
  readonly fired: readonly FiringAlert[];
  readonly resolved: readonly FiringAlert[];
}

/** An alert that says no end counts as resolved so long after it was heard of. Alertmanager: resolve_timeout. */
const RESOLVE_TIMEOUT_MS = 5 * 60_000;

/** More than the 15 minutes that rules tell again of what is resolved. */
const END_RESENT_MS = 20 * 60_000;

/** The alerts that fire, by their labels: what rules send again and again becomes beginnings and ends. */
export class FiringAlerts {
  readonly #byKey = new Map<string, FiringAlert>();
  /** Ends of those that nobody heard of, which rules send for a while: until when. */
  readonly #quietEnds = new Map<string, number>();

  /** What fired before a restart fires until `untilMs` at least, so that rules have the time to say so again. */
  constructor(known: readonly FiringAlert[] = [], untilMs = 0) {
    for (const alert of known) {
      this.#byKey.set(alert.key, { ...alert, endsAtMs: Math.max(alert.endsAtMs, untilMs) });
    }
  }

  receive(
    alerts: readonly IncomingAlert[],
    nowMs: number,
    isHeldBack: (key: string, labels: FiringAlert["labels"]) => boolean = () => false,
  ): AlertChanges {
    const fired: FiringAlert[] = [];
    const resolved: FiringAlert[] = [];
    for (const { labels, annotations = {}, startsAtMs, endsAtMs, generatorUrl = "" } of alerts) {
      const given = Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== ""));
      const { key } = labelsOf(given);
      const known = this.#byKey.get(key);
      if (endsAtMs !== undefined && endsAtMs <= nowMs) {
        if (known === undefined) continue;
        this.#end(known, nowMs);
        resolved.push({ ...known, endsAtMs });
        continue;
      }
      const alert = {
        key,
        labels: given,
        annotations,
        // Rules begin anew after a restart, alerts do not.
        startsAtMs: Math.min(known?.startsAtMs ?? Number.POSITIVE_INFINITY, startsAtMs ?? nowMs),
        endsAtMs: endsAtMs ?? nowMs + RESOLVE_TIMEOUT_MS,
        generatorUrl,
        isHeldBack: known?.isHeldBack ?? isHeldBack(key, given),
      };
      this.#byKey.set(key, alert);
      if (known === undefined) fired.push(alert);
    }
    // Two rules may send alerts of the same labels at once, of which one is over: it has not fired.
    const isOver = ({ key }: FiringAlert) => !this.#byKey.has(key);
    const neverFired = new Set(fired.filter(isOver).map(({ key }) => key));
    return {
      fired: fired.filter(({ key }) => !neverFired.has(key)),
      resolved: resolved.filter(({ key }) => !neverFired.has(key)),
    };
  }

  /** All fire until then at least, as nobody could say so in time. */
  prolong(untilMs: number): void {
    for (const [key, alert] of this.#byKey) {
      if (alert.endsAtMs < untilMs) this.#byKey.set(key, { ...alert, endsAtMs: untilMs });
    }
  }

  /** Those that nobody has sent any more in time: they are resolved. */
  due(nowMs: number): readonly FiringAlert[] {
    const over = [...this.#byKey.values()].filter(({ endsAtMs }) => endsAtMs <= nowMs);
    for (const alert of over) this.#end(alert, nowMs);
    for (const [key, untilMs] of this.#quietEnds) if (untilMs <= nowMs) this.#quietEnds.delete(key);
    return over;
  }

  nextDueMs(): number {
    let nextMs = Number.POSITIVE_INFINITY;
    for (const { endsAtMs } of this.#byKey.values()) nextMs = Math.min(nextMs, endsAtMs);
    return nextMs;
  }

  get(key: string): FiringAlert | undefined {
    return this.#byKey.get(key);
  }

  /** Nobody is to hear of it, nor of its end. */
  isHeldBack(key: string): boolean {
    return this.#byKey.get(key)?.isHeldBack ?? this.#quietEnds.has(key);
  }

  /** It is told after all. */
  release(key: string): FiringAlert {
    const alert = { ...this.#byKey.get(key)!, isHeldBack: false };
    this.#byKey.set(key, alert);
    return alert;
  }

  all(): Iterable<FiringAlert> {
    return this.#byKey.values();
  }

  /** When it ends is not in it, or it would be another one whenever an alert is sent. */
  state(): readonly FiringAlert[] {
    return [...this.#byKey.values()].map((alert) => ({ ...alert, endsAtMs: 0 }));
  }

  #end({ key, isHeldBack }: FiringAlert, nowMs: number): void {
    this.#byKey.delete(key);
    if (isHeldBack) this.#quietEnds.set(key, nowMs + END_RESENT_MS);
    else this.#quietEnds.delete(key);
  }
}
