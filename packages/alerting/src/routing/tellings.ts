import type { DirectTelling, Notification, NotifiedAlert } from "./dispatcher.ts";
import { type NotificationLog, type NotificationLogEntry, needsTelling } from "./notification-log.ts";
import type { ReceiverDefinition } from "./receiver-definition.ts";

/** What a receiver is to be told of a group, if it does not know yet. */
export interface GroupTelling extends Required<DirectTelling> {
  /** How long the notification log keeps it. */
  readonly keptMs: number;
  readonly timeoutMs: number;
}

/** What one integration is told, and what is written down when it has accepted. */
export interface Telling {
  readonly notification: Notification;
  readonly entry: NotificationLogEntry;
}

/** What the integrations of a receiver are to be told, each as far as the log does not say that it knows. */
export function tellingsOf(
  telling: GroupTelling,
  {
    receiver,
    log,
    nowMs,
  }: { readonly receiver: ReceiverDefinition | undefined; readonly log: NotificationLog; readonly nowMs: number },
): readonly Telling[] {
  const { groupKey, groupLabels, alerts, repeatIntervalMs, keptMs, timeoutMs } = telling;
  const firing = alerts.filter(({ resolved }) => !resolved);
  const keys = (some: readonly NotifiedAlert[]) => some.map(({ key }) => key);
  const state = {
    firing: keys(firing),
    resolved: keys(alerts.filter(({ resolved }) => resolved)),
    repeatIntervalMs,
    nowMs,
  };
  return (receiver?.integrations ?? []).flatMap((integration) => {
    const { sendResolved } = integration;
    const [key] = logKeys(groupKey, { name: receiver!.name, integrations: [integration] }) as [string];
    const last = log.get(key);
    if (!needsTelling(last, { ...state, sendResolved })) return [];
    const entry = { key, firing: state.firing, resolved: state.resolved, timeMs: nowMs, expiresAtMs: nowMs + keptMs };
    // Who does not want to hear of resolved alerts counts as told of them.
    if (!sendResolved && firing.length === 0) {
      log.set(entry);
      return [];
    }
    const lastTold = last === undefined || last.timeMs === 0 ? {} : { lastToldMs: last.timeMs };
    const told = { groupKey, groupLabels, alerts: sendResolved ? news(alerts, last) : firing, ...lastTold };
    return [
      { notification: { receiver: telling.receiver, integration, deadlineMs: nowMs + timeoutMs, ...told }, entry },
    ];
  });
}

/** Without what this one knows to be over, and is there for others only that do not know yet. */
function news(alerts: readonly NotifiedAlert[], last: NotificationLogEntry | undefined): readonly NotifiedAlert[] {
  const some = alerts.filter(({ key, resolved }) => !resolved || !last?.resolved.includes(key));
  return some.length > 0 ? some : alerts;
}

/** Where the log has what the integrations of a receiver were told of a group. */
export function logKeys(
  groupKey: string,
  { name, integrations }: Pick<ReceiverDefinition, "name" | "integrations">,
): readonly string[] {
  return integrations.map(({ kind, index }) => `${groupKey}:${name}/${kind}/${index}`);
}
