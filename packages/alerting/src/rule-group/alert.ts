import { type Labels, labelsOf, toRecord } from "@telltale/promql";
import { queryEscape } from "../go-template/builtins.ts";

export type AlertState = "inactive" | "pending" | "firing";

/** One alert of a rule, by its labels. Times are milliseconds since 1970. */
export interface Alert {
  readonly labels: Labels;
  readonly annotations: Readonly<Record<string, string>>;
  readonly state: AlertState;
  /** Of the expression at the last evaluation that had one; NaN for a native histogram. */
  readonly value: number;
  readonly activeAtMs: number;
  readonly firedAtMs: number | undefined;
  readonly resolvedAtMs: number | undefined;
  readonly lastSentAtMs: number | undefined;
  readonly keepFiringSinceMs: number | undefined;
}

/** What an alert is while its rule holds it. */
export type HeldAlert = { -readonly [K in keyof Alert]: Alert[K] };

/** An alert as it goes to the notifier or an Alertmanager. */
export interface SentAlert {
  /** The external labels among them. */
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAtMs: number;
  /** When it was resolved; while it fires, until when it counts as firing without another word. */
  readonly endsAtMs: number;
  readonly resolved: boolean;
  readonly generatorUrl: string;
}

/** How long a resolved alert is told again. Prometheus: resolvedRetention. */
export const RESOLVED_RETENTION_MS = 15 * 60_000;

export function needsSending(
  alert: Alert,
  { timeMs, resendDelayMs }: { timeMs: number; resendDelayMs: number },
): boolean {
  if (alert.state === "pending") return false;
  const lastSentAtMs = alert.lastSentAtMs ?? Number.NEGATIVE_INFINITY;
  if ((alert.resolvedAtMs ?? Number.NEGATIVE_INFINITY) > lastSentAtMs) return true;
  return lastSentAtMs + resendDelayMs < timeMs;
}

export function sentAlert(
  alert: Alert,
  more: {
    readonly validUntilMs: number;
    readonly externalLabels: Readonly<Record<string, string>>;
    readonly externalUrl: string;
    readonly query: string;
  },
): SentAlert {
  return {
    // What the alert says itself wins; an empty value is none.
    labels: toRecord(labelsOf({ ...more.externalLabels, ...toRecord(alert.labels) })),
    annotations: alert.annotations,
    startsAtMs: alert.firedAtMs ?? alert.activeAtMs,
    endsAtMs: alert.resolvedAtMs ?? more.validUntilMs,
    resolved: alert.resolvedAtMs !== undefined,
    generatorUrl: `${more.externalUrl}/graph?g0.expr=${queryEscape(more.query)}&g0.tab=1`,
  };
}
