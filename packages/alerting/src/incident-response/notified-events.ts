import { HEARTBEAT_GROUP } from "../heartbeat/heartbeat.ts";
import type { IncidentEvent } from "../incidents/incident-event.ts";
import type { Notification } from "../routing/dispatcher.ts";
import { ESCALATION_GROUP } from "./escalation-telling.ts";

/** What a notification that was accepted is in the histories of the incidents that it is about. */
export function notifiedEvents(
  { groupKey, receiver, integration, alerts }: Notification,
  incidentOf: (key: string) => string | undefined,
  timeMs: number,
): readonly IncidentEvent[] {
  if (groupKey.startsWith(ESCALATION_GROUP) || groupKey.startsWith(HEARTBEAT_GROUP)) return [];
  const ids = new Set(alerts.flatMap(({ key }) => incidentOf(key) ?? []));
  return [...ids].map((incidentId) => {
    const about = alerts.filter(({ key }) => incidentOf(key) === incidentId);
    const over = about.filter(({ resolved }) => resolved).length;
    const parts = [`${about.length - over} firing`, `${over} resolved`].filter((part) => !part.startsWith("0 "));
    return {
      incidentId,
      timeMs,
      kind: "notified",
      text: `${receiver} (${integration.kind}) was told: ${parts.join(", ")}`,
    };
  });
}
