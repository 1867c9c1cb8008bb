import type { Notification, NotifiedAlert } from "../routing/dispatcher.ts";
import { fingerprint } from "../routing/held-alerts.ts";

type Texts = Readonly<Record<string, string>>;

/** What a webhook receives: version 4 of Alertmanager's body. */
export interface WebhookBody {
  readonly receiver: string;
  readonly status: "firing" | "resolved";
  readonly alerts: readonly WebhookAlert[];
  readonly groupLabels: Texts;
  readonly commonLabels: Texts;
  readonly commonAnnotations: Texts;
  readonly externalURL: string;
  readonly version: "4";
  readonly groupKey: string;
  readonly truncatedAlerts: number;
}

export interface WebhookAlert {
  readonly status: "firing" | "resolved";
  readonly labels: Texts;
  readonly annotations: Texts;
  /** RFC 3339. */
  readonly startsAt: string;
  /** `0001-01-01T00:00:00Z` while the alert fires. */
  readonly endsAt: string;
  readonly generatorURL: string;
  readonly fingerprint: string;
}

/** The body for a notification, with so many alerts at most where there is a limit. */
export function webhookBody(
  { receiver, groupKey, groupLabels, alerts, integration }: Notification,
  { externalUrl }: { readonly externalUrl: string },
): WebhookBody {
  const maxAlerts = integration.kind === "webhook" ? integration.maxAlerts : 0;
  const told = maxAlerts > 0 ? alerts.slice(0, maxAlerts) : alerts;
  return {
    // As Alertmanager does it, so that receivers see the same.
    receiver: receiver.replace(/[\\.+*?()|[\]{}^$]/g, "\\$&"),
    status: told.some(({ resolved }) => !resolved) ? "firing" : "resolved",
    alerts: told.map(webhookAlert),
    groupLabels,
    commonLabels: common(told.map(({ labels }) => labels)),
    commonAnnotations: common(told.map(({ annotations }) => annotations)),
    externalURL: externalUrl,
    version: "4",
    groupKey,
    truncatedAlerts: alerts.length - told.length,
  };
}

function webhookAlert({
  resolved,
  labels,
  annotations,
  startsAtMs,
  endsAtMs,
  generatorUrl,
}: NotifiedAlert): WebhookAlert {
  return {
    status: resolved ? "resolved" : "firing",
    labels,
    annotations,
    startsAt: rfc3339(startsAtMs),
    endsAt: resolved ? rfc3339(endsAtMs) : "0001-01-01T00:00:00Z",
    generatorURL: generatorUrl,
    fingerprint: fingerprint(labels),
  };
}

function common([first = {}, ...others]: readonly Texts[]): Texts {
  return Object.fromEntries(
    Object.entries(first).filter(([name, value]) => others.every((one) => one[name] === value)),
  );
}

function rfc3339(timeMs: number): string {
  return new Date(timeMs).toISOString().replace(".000Z", "Z");
}
