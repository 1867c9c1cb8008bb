import type { EscalationStep } from "../escalation/escalations.ts";
import type { DirectTelling } from "../routing/dispatcher.ts";

/** What the groups of escalations are told by. */
export const ESCALATION_GROUP = "telltale/escalation";

/** What one receiver is told of a step. */
export function escalationTelling(step: EscalationStep, receiver: string, nowMs: number): DirectTelling {
  const { toldAs, name, level, resolved, repeatMs } = step;
  return {
    receiver,
    groupKey: `${ESCALATION_GROUP}/${name}/${level}:{incident="${toldAs}"}`,
    groupLabels: { escalation: name, incident: toldAs, level: String(level) },
    alerts: step.alerts.map((alert) => ({
      ...alert,
      endsAtMs: resolved ? nowMs : nowMs + 3_600_000,
      updatedAtMs: nowMs,
      timeout: !resolved,
      resolved,
    })),
    ...(repeatMs !== undefined && { repeatIntervalMs: repeatMs / 2 }),
  };
}
